/* Why something is absent: from errno to the status and reason of the record. */
#ifndef HZ_COLLECTOR_ABSENCE_H
#define HZ_COLLECTOR_ABSENCE_H

#include <stdbool.h>

#include "formats/write/record.h"

/* vanished: no such entry any more; denied: permission; unavailable: the thing or its file system does not offer what
 * was asked (or not now); io-error: all else. */
enum w_absent_status absence_status(int sys_errno);
/* English, for the record; never NULL. */
const char *absence_reason(int sys_errno);
/* true when it is our own shortage (memory, descriptors): no statement about the evidence, the run must end. */
bool absence_is_ours(int sys_errno);
/* "denied", as in the record. */
const char *absence_name(enum w_absent_status status);
#define ABSENCE_STATUSES (W_IO_ERROR + 1)

#endif

/* Recovery data beside a copy, through the program par2. What it repairs is believed only after the digest and the
 * signatures were checked. */
#ifndef HZ_CUSTODY_ARCHIVE_PARITY_H
#define HZ_CUSTODY_ARCHIVE_PARITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/archive_pace.h"

enum archive_parity { ARCHIVE_PARITY_WHOLE, ARCHIVE_PARITY_CAN, ARCHIVE_PARITY_CANNOT };

/* FILE.par2 and its volumes in the folder, with so many percent of recovery data; bundle: where FILE itself lies.
 * HZ_E_NOTFOUND: there is no par2 on this machine. */
int archive_parity_make(const char *folder, const char *file, const char *bundle, unsigned percent,
                        struct hz_error *err);
/* Can FILE, of so many bytes, be mended with what lies beside it? Both it and FILE.par2 are regular files.
 * HZ_E_TIMEOUT: somebody asked for an end, or it took an hour and a second more for each MiB. */
int archive_parity_look(const char *folder, const char *file, uint64_t size, struct archive_pace *pace,
                        enum archive_parity *out, struct hz_error *err);
/* Mends FILE in place. HZ_E_INVALID: the damage is greater than the recovery data. */
int archive_parity_mend(const char *folder, const char *file, struct hz_error *err);

#endif

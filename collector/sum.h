/* SHA-256 of what lies behind a descriptor. */
#ifndef HZ_COLLECTOR_SUM_H
#define HZ_COLLECTOR_SUM_H

#include "base/error.h"
#include "formats/write/digest.h"

/* From where the descriptor stands to its end, in lower-case hexadecimal. */
int sum_fd(int fd, char hex[W_DIGEST_HEX], struct hz_error *err);

#endif

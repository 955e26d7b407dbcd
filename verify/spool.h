/* A temporary file without a name, in $TMPDIR or /var/tmp, for this user alone. */
#ifndef HZ_VERIFY_SPOOL_H
#define HZ_VERIFY_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* *fd is the caller's. */
int spool_open(int *fd, struct hz_error *err);
/* The folder stands in the error. */
int spool_write(int fd, uint64_t offset, const void *bytes, size_t len, struct hz_error *err);

#endif

/* Random bytes, for salts and the blind file. */
#ifndef HZ_FORMATS_WRITE_RANDOM_H
#define HZ_FORMATS_WRITE_RANDOM_H

#include <stddef.h>

#include "base/error.h"

/* Writes 2 * count lower-case digits of count random bytes (at most 32) and a NUL. */
int w_random_hex(char *out, size_t count, struct hz_error *err);

#endif

/* Random bytes, for salts and the blind file. */
#ifndef HZ_FORMATS_WRITE_RANDOM_H
#define HZ_FORMATS_WRITE_RANDOM_H

#include <stddef.h>

#include "base/error.h"

#define W_RANDOM_MAX 32    /* bytes of one value */
#define W_RANDOM_POOL 2048 /* bytes fetched at a time where many values are made */

struct w_random { /* fetched and not yet used; begins zeroed; for one thread at a time */
    unsigned char bytes[W_RANDOM_POOL];
    size_t left;
};

/* Writes 2 * count lower-case digits of count random bytes (at most W_RANDOM_MAX) and a NUL. HZ_E_CRYPTO */
int w_random_hex(char *out, size_t count, struct hz_error *err);
/* The same from a pool, which is filled when it holds too little; no byte is given twice. NULL: w_random_hex. */
int w_random_take(struct w_random *pool, char *out, size_t count, struct hz_error *err);

#endif

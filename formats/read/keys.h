/* Public keys that signatures were read with lately: a blob that is the same, byte for byte, is not taken apart again,
 * and what a library made of the point is kept beside it. Nothing is trusted by being kept. For one thread at a time;
 * must stay where it is while a signature that was read with it is in use. */
#ifndef HZ_FORMATS_READ_KEYS_H
#define HZ_FORMATS_READ_KEYS_H

#include <stddef.h>

#include "formats/read/pubkey.h"

#define R_KEYS 8
#define R_KEYS_BLOB                                                                                                    \
    ((size_t)256) /* of the known types all but the longest names of tokens; what is longer is read anew */

struct r_key_met {
    unsigned char blob[R_KEYS_BLOB];
    size_t len; /* 0: an empty place */
    struct r_pubkey key;
    struct {
        void *made; /* owned; NULL: nothing was made of it yet */
        void (*drop)(void *made);
    } handle;
};

struct r_keys { /* zeroed: empty */
    struct r_key_met met[R_KEYS];
    size_t next; /* the place that the next one takes */
};

void r_keys_free(struct r_keys *keys); /* legal on a zeroed struct, which it leaves */
/* As r_pubkey_read. *met: where the key is kept, until further keys were read; NULL: nowhere. keys may be NULL. */
int r_keys_read(struct r_keys *keys, const void *blob, size_t len, struct r_pubkey *out, struct r_key_met **met);

#endif

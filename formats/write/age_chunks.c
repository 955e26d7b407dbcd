#include "formats/write/age_chunks.h"

#include <stdbool.h>
#include <string.h>

int w_age_chunks_begin(struct w_age_chunks *c, const unsigned char file_key[W_AGE_FILE_KEY],
                       const unsigned char nonce[W_AGE_CHUNKS_NONCE], w_age_sink *sink, void *context,
                       struct hz_error *err)
{
    c->sink = sink;
    c->context = context;
    c->number = 0;
    c->len = 0;
    int rc = w_age_crypt_derive(file_key, W_AGE_FILE_KEY, nonce, W_AGE_CHUNKS_NONCE, "payload", c->key, err);
    return rc == HZ_OK ? sink(context, nonce, W_AGE_CHUNKS_NONCE, err) : rc;
}

/* The nonce is the number in eleven bytes, big-endian, and one byte that says whether it is the last. */
static int seal(struct w_age_chunks *c, bool last, struct hz_error *err)
{
    unsigned char nonce[W_AGE_NONCE] = { 0 };
    for (unsigned i = 0; i < 8; i++)
        nonce[W_AGE_NONCE - 2 - i] = (unsigned char)(c->number >> 8 * i);
    nonce[W_AGE_NONCE - 1] = last;
    int rc = w_age_crypt_seal(c->key, nonce, c->plain, c->len, c->sealed, err);
    if (rc == HZ_OK)
        rc = c->sink(c->context, c->sealed, c->len + W_AGE_TAG, err);
    c->number++;
    c->len = 0;
    return rc;
}

/* A full chunk waits until more comes: it may be the last. */
int w_age_chunks_put(struct w_age_chunks *c, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    int rc = HZ_OK;
    while (rc == HZ_OK && len > 0) {
        if (c->len == W_AGE_CHUNK)
            rc = seal(c, false, err);
        size_t part = len < W_AGE_CHUNK - c->len ? len : W_AGE_CHUNK - c->len;
        memcpy(c->plain + c->len, p, part);
        c->len += part;
        p += part;
        len -= part;
    }
    return rc;
}

int w_age_chunks_end(struct w_age_chunks *c, struct hz_error *err)
{
    return seal(c, true, err);
}

void w_age_chunks_wipe(struct w_age_chunks *c)
{
    w_age_crypt_wipe(c, sizeof *c);
}

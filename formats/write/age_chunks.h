/* The payload of an age file: chunks of 64 KiB, each sealed with its number and with whether it is the last
 * (https://age-encryption.org/v1, "Payload"). So none can be changed, moved, repeated or left out unseen. */
#ifndef HZ_FORMATS_WRITE_AGE_CHUNKS_H
#define HZ_FORMATS_WRITE_AGE_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/age_crypt.h"

#define W_AGE_CHUNK ((size_t)64 << 10)
#define W_AGE_CHUNKS_NONCE 16

/* Takes the bytes of the file in their order. */
typedef int w_age_sink(void *context, const void *bytes, size_t len, struct hz_error *err);

struct w_age_chunks {
    w_age_sink *sink;
    void *context;
    uint64_t number;
    size_t len;
    unsigned char key[W_AGE_KEY];
    unsigned char plain[W_AGE_CHUNK];
    unsigned char sealed[W_AGE_CHUNK + W_AGE_TAG];
};

/* The nonce goes into the sink first; it is never used twice with a file key. HZ_E_CRYPTO, what the sink fails with. */
int w_age_chunks_begin(struct w_age_chunks *c, const unsigned char file_key[W_AGE_FILE_KEY],
                       const unsigned char nonce[W_AGE_CHUNKS_NONCE], w_age_sink *sink, void *context,
                       struct hz_error *err);
int w_age_chunks_put(struct w_age_chunks *c, const void *bytes, size_t len, struct hz_error *err);
/* The last chunk: empty only when nothing was put. */
int w_age_chunks_end(struct w_age_chunks *c, struct hz_error *err);
void w_age_chunks_wipe(struct w_age_chunks *c);

#endif

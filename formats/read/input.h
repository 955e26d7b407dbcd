/* The bytes of a bundle file, in order, from anywhere, with their offset and the digest of all of them. */
#ifndef HZ_FORMATS_READ_INPUT_H
#define HZ_FORMATS_READ_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/read/hash.h"

/* Gives up to len bytes, *got 0 at the end. HZ_OK or an error that ends the reading. */
typedef int r_input_read(void *context, void *bytes, size_t len, size_t *got, struct hz_error *err);

struct r_input {
    r_input_read *read;
    void *context;
    unsigned char *block; /* owned */
    size_t at, len;       /* unread part of block */
    uint64_t offset;      /* of the byte at `at` */
    bool ended;
    struct r_hash digest;
};

int r_input_open(struct r_input *in, r_input_read *read, void *context, struct hz_error *err);
void r_input_close(struct r_input *in);
/* Some bytes, at most max: *bytes points into the buffer until the next call, *len is 0 at the end of the file. */
int r_input_some(struct r_input *in, size_t max, const unsigned char **bytes, size_t *len, struct hz_error *err);
/* Copies exactly len bytes unless the file ends; *got says how many. */
int r_input_take(struct r_input *in, void *out, size_t len, size_t *got, struct hz_error *err);
/* Reads to the end and writes the digest of the whole file. */
int r_input_drain(struct r_input *in, unsigned char sha256[R_SHA256_SIZE], struct hz_error *err);

#endif

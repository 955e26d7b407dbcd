/* The other side of an age file, for tests: what its owner's program does. Any failure fails the test, except where a
 * function answers. */
#ifndef HZ_TESTS_WRITE_AGE_READER_H
#define HZ_TESTS_WRITE_AGE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define AGE_KEY 32
#define AGE_FILE_KEY 16

/* Appends bytes in Bech32, with its checksum. */
void age_bech32(struct buf *out, const char *prefix, const unsigned char *bytes, size_t len);
/* The same from groups of five bits. */
void age_bech32_groups(struct buf *out, const char *prefix, const unsigned char *groups, size_t count);
/* The secret of AGE-SECRET-KEY-1..., whose checksum is not looked at. */
void age_secret(const char *identity, unsigned char secret[AGE_KEY]);
void age_public(const unsigned char secret[AGE_KEY], unsigned char public[AGE_KEY]);
/* X25519; false: the result is zero. */
bool age_shared(const unsigned char secret[AGE_KEY], const unsigned char public[AGE_KEY],
                unsigned char shared[AGE_KEY]);
void age_unbase64(const char *text, size_t len, unsigned char *out, size_t out_len);
/* Opens the header with one secret. false: no stanza is for it, or the code is wrong. *payload: where it begins. */
bool age_open_header(const struct buf *file, const unsigned char secret[AGE_KEY], unsigned char file_key[AGE_FILE_KEY],
                     size_t *payload);
/* Opens nonce and chunks from `payload` on, and appends what is in them. false: they do not hold. */
bool age_open_payload(const struct buf *file, size_t payload, const unsigned char file_key[AGE_FILE_KEY],
                      struct buf *out);
/* Both. */
bool age_open(const struct buf *file, const unsigned char secret[AGE_KEY], struct buf *out);

/* A vector of CCTV (age-testdata): what stands before the empty line, and the age file. */
struct age_vector {
    char payload[65]; /* SHA-256 of the plain text */
    unsigned char file_key[AGE_FILE_KEY], secret[AGE_KEY];
    struct buf file;
};
void age_vector_read(struct age_vector *v, const char *name); /* skips the test when it is not there */
void age_vector_free(struct age_vector *v);

#endif

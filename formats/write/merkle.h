/* Merkle tree hash of RFC 9162 section 2.1.1 with SHA-256, computed leaf by leaf in memory for 64 digests. */
#ifndef HZ_FORMATS_WRITE_MERKLE_H
#define HZ_FORMATS_WRITE_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/digest.h"

struct w_merkle {
    uint64_t count;
    struct w_digest *digest;                /* owned */
    unsigned char stack[64][W_DIGEST_SIZE]; /* roots of the full subtrees, largest first: one per set bit of count */
};

int w_merkle_open(struct w_merkle *m, struct hz_error *err);
void w_merkle_close(struct w_merkle *m); /* legal on a zeroed struct */
/* SHA-256(0x00 || bytes) with a digest of the caller's: callable on any thread. */
int w_merkle_leaf(struct w_digest *d, const void *bytes, size_t len, unsigned char out[W_DIGEST_SIZE],
                  struct hz_error *err);
/* Adds a leaf. */
int w_merkle_add(struct w_merkle *m, const unsigned char leaf[W_DIGEST_SIZE], struct hz_error *err);
/* The root over what was added so far (of nothing: SHA-256 of the empty string); more may follow. */
int w_merkle_root(struct w_merkle *m, unsigned char out[W_DIGEST_SIZE], struct hz_error *err);

#endif

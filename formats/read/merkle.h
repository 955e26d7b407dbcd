/* The RFC 9162 section 2.1.1 tree hash with SHA-256, one leaf at a time: at most 64 digests are held. */
#ifndef HZ_FORMATS_READ_MERKLE_H
#define HZ_FORMATS_READ_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "formats/read/hash.h"

struct r_merkle {
    uint64_t count;
    unsigned char stack[64][R_SHA256_SIZE]; /* roots of full subtrees, largest first: one for each 1 bit of count */
};

void r_merkle_begin(struct r_merkle *m);
/* A leaf's bytes: SHA-256(0x00 || bytes) is added. Uses `h`, an open and empty SHA-256. */
void r_merkle_add(struct r_merkle *m, struct r_hash *h, const void *bytes, size_t len);
/* The same where the leaf's digest is known. */
void r_merkle_add_leaf(struct r_merkle *m, const unsigned char leaf[R_SHA256_SIZE]);
/* The same, and says which full subtrees above the leaves are complete with it: made[i] is the root of the one of
 * 2^(i+1) leaves. Gives how many. */
size_t r_merkle_grow(struct r_merkle *m, const unsigned char leaf[R_SHA256_SIZE],
                     unsigned char made[64][R_SHA256_SIZE]);
void r_merkle_root(const struct r_merkle *m, struct r_hash *h, unsigned char root[R_SHA256_SIZE]);
/* SHA-256(0x01 || left || right) */
void r_merkle_node(const unsigned char *left, const unsigned char *right, unsigned char *out);

#endif

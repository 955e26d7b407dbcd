/* Roots and proofs of an RFC 9162 Merkle tree (sections 2.1.1, 2.1.3.1 and 2.1.4.1) whose full subtrees are kept
 * somewhere: each answer asks for about as many of them as the size has binary digits. */
#ifndef HZ_FORMATS_WRITE_PROOF_H
#define HZ_FORMATS_WRITE_PROOF_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/digest.h"

#define W_PROOF_MAX 64 /* digests in one proof, at most */

/* Gives the hash over leaves [position << level, (position + 1) << level); level 0: the leaf hash. HZ_OK or a failure,
 * which ends the computation. */
typedef int w_proof_node(void *context, unsigned level, uint64_t position, unsigned char out[W_DIGEST_SIZE],
                         struct hz_error *err);

struct w_proof_tree {
    w_proof_node *node;
    void *context;
};

struct w_proof {
    size_t count;
    unsigned char digest[W_PROOF_MAX][W_DIGEST_SIZE];
};

/* SHA-256(0x00 || bytes) and SHA-256(0x01 || left || right). out may be one of the inputs. */
int w_proof_leaf(const void *bytes, size_t len, unsigned char out[W_DIGEST_SIZE], struct hz_error *err);
int w_proof_join(const unsigned char left[W_DIGEST_SIZE], const unsigned char right[W_DIGEST_SIZE],
                 unsigned char out[W_DIGEST_SIZE], struct hz_error *err);

/* Over the first size leaves; size >= 1, else HZ_E_LIMIT. */
int w_proof_root(const struct w_proof_tree *tree, uint64_t size, unsigned char out[W_DIGEST_SIZE],
                 struct hz_error *err);
/* That leaf `index` is in the tree of the first size leaves; index < size. */
int w_proof_inclusion(const struct w_proof_tree *tree, uint64_t index, uint64_t size, struct w_proof *out,
                      struct hz_error *err);
/* That the tree of size `from` is a prefix of that of `size`; 1 <= from <= size. Empty when they are equal. */
int w_proof_consistency(const struct w_proof_tree *tree, uint64_t from, uint64_t size, struct w_proof *out,
                        struct hz_error *err);

#endif

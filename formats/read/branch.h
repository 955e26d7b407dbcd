/* Makes the inclusion proof of one leaf (RFC 9162 section 2.1.3.1) while the leaves of its tree pass by. formats/read/
 * proof checks such proofs. */
#ifndef HZ_FORMATS_READ_BRANCH_H
#define HZ_FORMATS_READ_BRANCH_H

#include "formats/read/merkle.h"
#include "formats/read/proof.h"

struct r_branch {
    struct r_merkle left, right; /* the tree before the leaf; the subtree that gathers beside what is settled */
    size_t lefts;                /* roots on left's stack that are not yet in the proof */
    uint64_t index, size;        /* of the leaf; leaves of the settled subtree that holds it */
    struct r_proof proof;
};

/* tree: just before the leaf is added to it. */
void r_branch_begin(struct r_branch *b, const struct r_merkle *tree);
/* Each leaf behind it. Uses `h`, an open and empty SHA-256. */
void r_branch_add(struct r_branch *b, struct r_hash *h, const unsigned char leaf[R_SHA256_SIZE]);
/* The proof in the tree of all leaves so far. */
void r_branch_proof(const struct r_branch *b, struct r_hash *h, struct r_proof *out);

#endif

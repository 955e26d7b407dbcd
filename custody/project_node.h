/* The ledger's Merkle tree: full subtrees above the leaves are kept in the table `node`. */
#ifndef HZ_CUSTODY_PROJECT_NODE_H
#define HZ_CUSTODY_PROJECT_NODE_H

#include <stdint.h>

#include "base/error.h"
#include "custody/store.h"
#include "formats/write/proof.h"

/* Stores the subtrees that entry `sequence` completes. left: leaf of the entry before, NULL for entry 0. */
int project_node(struct store *s, uint64_t sequence, const unsigned char leaf[W_DIGEST_SIZE], const unsigned char *left,
                 struct hz_error *err);
/* The tree of a ledger, for w_proof_*. */
struct w_proof_tree project_tree(struct store *s);

#endif

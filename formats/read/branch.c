#include "formats/read/branch.h"

#include <string.h>

static void put(struct r_proof *proof, const unsigned char *node)
{
    memcpy(proof->digest[proof->count++], node, R_SHA256_SIZE);
}

/* Subtrees of the same size on the left were complete before */
static void join_left(struct r_branch *b)
{
    for (; b->index / b->size & 1; b->size *= 2)
        put(&b->proof, b->left.stack[--b->lefts]);
}

void r_branch_begin(struct r_branch *b, const struct r_merkle *tree)
{
    b->left = *tree;
    b->lefts = (size_t)__builtin_popcountll(tree->count);
    b->index = tree->count;
    b->size = 1;
    b->proof.count = 0;
    r_merkle_begin(&b->right);
    join_left(b);
}

void r_branch_add(struct r_branch *b, struct r_hash *h, const unsigned char leaf[R_SHA256_SIZE])
{
    unsigned char root[R_SHA256_SIZE];

    r_merkle_add_leaf(&b->right, leaf);
    if (b->right.count < b->size)
        return;
    r_merkle_root(&b->right, h, root);
    put(&b->proof, root);
    r_merkle_begin(&b->right);
    b->size *= 2;
    join_left(b);
}

void r_branch_proof(const struct r_branch *b, struct r_hash *h, struct r_proof *out)
{
    unsigned char root[R_SHA256_SIZE];
    size_t i;

    *out = b->proof;
    if (b->right.count) { /* what is on the right is not a full subtree */
        r_merkle_root(&b->right, h, root);
        put(out, root);
    }
    for (i = b->lefts; i--;)
        put(out, b->left.stack[i]);
}

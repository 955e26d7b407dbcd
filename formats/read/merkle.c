#include "formats/read/merkle.h"

#include <string.h>

void r_merkle_begin(struct r_merkle *m)
{
    memset(m, 0, sizeof *m);
}

void r_merkle_node(const unsigned char *left, const unsigned char *right, unsigned char *out)
{
    unsigned char both[2 * R_SHA256_SIZE];

    memcpy(both, left, R_SHA256_SIZE);
    memcpy(both + R_SHA256_SIZE, right, R_SHA256_SIZE);
    r_hash_sha256_behind(out, 1, both, sizeof both);
}

static size_t depth(uint64_t count)
{
    return (size_t)__builtin_popcountll(count);
}

void r_merkle_add(struct r_merkle *m, struct r_hash *h, const void *bytes, size_t len)
{
    unsigned char leaf[R_SHA256_SIZE];

    r_hash_put(h, "", 1);
    r_hash_put(h, bytes, len);
    r_hash_finish(h, leaf);
    r_merkle_add_leaf(m, leaf);
}

size_t r_merkle_grow(struct r_merkle *m, const unsigned char leaf[R_SHA256_SIZE], unsigned char made[64][R_SHA256_SIZE])
{
    size_t top = depth(m->count), count = 0;
    uint64_t full = m->count;

    memcpy(m->stack[top], leaf, R_SHA256_SIZE);
    for (; full & 1; full >>= 1) { /* two subtrees of one size become one */
        r_merkle_node(m->stack[top - 1], m->stack[top], m->stack[top - 1]);
        top--;
        memcpy(made[count++], m->stack[top], R_SHA256_SIZE);
    }
    m->count++;
    return count;
}

void r_merkle_add_leaf(struct r_merkle *m, const unsigned char leaf[R_SHA256_SIZE])
{
    unsigned char made[64][R_SHA256_SIZE];

    r_merkle_grow(m, leaf, made);
}

void r_merkle_root(const struct r_merkle *m, struct r_hash *h, unsigned char root[R_SHA256_SIZE])
{
    size_t top = depth(m->count);

    if (!top) {
        r_hash_finish(h, root);
        return;
    }
    memcpy(root, m->stack[--top], R_SHA256_SIZE);
    while (top--)
        r_merkle_node(m->stack[top], root, root);
}

#include "formats/write/merkle.h"

#include <string.h>

#include "base/lang.h"

int w_merkle_open(struct w_merkle *m, struct hz_error *err)
{
    memset(m, 0, sizeof *m);
    return w_digest_new(&m->digest, err);
}

void w_merkle_close(struct w_merkle *m)
{
    w_digest_free(m->digest);
    memset(m, 0, sizeof *m);
}

static int hash_two(struct w_digest *d, const void *a, size_t a_len, const void *b, size_t b_len,
                    unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    int rc = w_digest_start(d, err);
    if (rc == HZ_OK)
        rc = w_digest_update(d, a, a_len, err);
    if (rc == HZ_OK)
        rc = w_digest_update(d, b, b_len, err);
    return rc == HZ_OK ? w_digest_end(d, out, err) : rc;
}

static int hash_node(struct w_merkle *m, const unsigned char *left, const unsigned char *right,
                     unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    unsigned char first[1 + W_DIGEST_SIZE] = { 1 };
    memcpy(first + 1, left, W_DIGEST_SIZE);
    return hash_two(m->digest, first, sizeof first, right, W_DIGEST_SIZE, out, err);
}

int w_merkle_leaf(struct w_digest *d, const void *bytes, size_t len, unsigned char out[W_DIGEST_SIZE],
                  struct hz_error *err)
{
    return hash_two(d, "", 1, bytes, len, out, err);
}

int w_merkle_add(struct w_merkle *m, const unsigned char leaf[W_DIGEST_SIZE], struct hz_error *err)
{
    if (m->count == UINT64_MAX)
        return hz_error_set(err, HZ_E_LIMIT, "%s", _("too many records"));
    unsigned top = (unsigned)__builtin_popcountll(m->count);
    unsigned char hash[W_DIGEST_SIZE];
    int rc = HZ_OK;
    memcpy(hash, leaf, sizeof hash);
    /* as in binary counting: each trailing one bit is a full subtree that this leaf completes into a larger one */
    for (uint64_t bits = m->count; rc == HZ_OK && (bits & 1) != 0; bits >>= 1)
        rc = hash_node(m, m->stack[--top], hash, hash, err);
    if (rc != HZ_OK)
        return rc;
    memcpy(m->stack[top], hash, sizeof hash);
    m->count++;
    return HZ_OK;
}

int w_merkle_root(struct w_merkle *m, unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    unsigned top = (unsigned)__builtin_popcountll(m->count);
    if (top == 0)
        return w_digest_of("", 0, out, err);
    unsigned char hash[W_DIGEST_SIZE];
    memcpy(hash, m->stack[--top], sizeof hash);
    int rc = HZ_OK;
    while (rc == HZ_OK && top > 0)
        rc = hash_node(m, m->stack[--top], hash, hash, err);
    if (rc == HZ_OK)
        memcpy(out, hash, sizeof hash);
    return rc;
}

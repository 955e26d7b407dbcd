#include "formats/write/proof.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"

static void digest_free(struct w_digest **d)
{
    w_digest_free(*d);
}

int w_proof_leaf(const void *bytes, size_t len, unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    HZ_CLEANUP(digest_free) struct w_digest *d = NULL;
    int rc = w_digest_new(&d, err);

    if (rc == HZ_OK)
        rc = w_digest_start(d, err);
    if (rc == HZ_OK)
        rc = w_digest_update(d, "\x00", 1, err);
    if (rc == HZ_OK)
        rc = w_digest_update(d, bytes, len, err);
    return rc == HZ_OK ? w_digest_end(d, out, err) : rc;
}

int w_proof_join(const unsigned char left[W_DIGEST_SIZE], const unsigned char right[W_DIGEST_SIZE],
                 unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    unsigned char bytes[1 + 2 * W_DIGEST_SIZE] = { 0x01 };

    memcpy(bytes + 1, left, W_DIGEST_SIZE);
    memcpy(bytes + 1 + W_DIGEST_SIZE, right, W_DIGEST_SIZE);
    return w_digest_of(bytes, sizeof bytes, out, err);
}

static unsigned log2_floor(uint64_t n)
{
    return 63U - (unsigned)__builtin_clzll(n);
}

/* The largest power of two below n, for n >= 2. */
static uint64_t split(uint64_t n)
{
    return (uint64_t)1 << log2_floor(n - 1);
}

/* MTH(D[begin:begin+n]); begin is a multiple of every power of two that is asked for. */
static int range(const struct w_proof_tree *tree, uint64_t begin, uint64_t n, unsigned char out[W_DIGEST_SIZE],
                 struct hz_error *err)
{
    unsigned char left[W_DIGEST_SIZE], right[W_DIGEST_SIZE];
    int rc;

    if ((n & (n - 1)) == 0)
        return tree->node(tree->context, log2_floor(n), begin >> log2_floor(n), out, err);
    rc = range(tree, begin, split(n), left, err);
    if (rc == HZ_OK)
        rc = range(tree, begin + split(n), n - split(n), right, err);
    return rc == HZ_OK ? w_proof_join(left, right, out, err) : rc;
}

static int outside(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_LIMIT, _("a proof was asked for that lies outside the log"));
}

int w_proof_root(const struct w_proof_tree *tree, uint64_t size, unsigned char out[W_DIGEST_SIZE], struct hz_error *err)
{
    return size == 0 ? outside(err) : range(tree, 0, size, out, err);
}

static int append(const struct w_proof_tree *tree, uint64_t begin, uint64_t n, struct w_proof *proof,
                  struct hz_error *err)
{
    int rc = range(tree, begin, n, proof->digest[proof->count], err);

    if (rc == HZ_OK)
        proof->count++;
    return rc;
}

/* PATH(m, D[begin:begin+n]): digests from the leaf up. */
static int path(const struct w_proof_tree *tree, uint64_t m, uint64_t begin, uint64_t n, struct w_proof *proof,
                struct hz_error *err)
{
    uint64_t k;
    int rc;

    if (n == 1)
        return HZ_OK;
    k = split(n);
    if (m < k) {
        rc = path(tree, m, begin, k, proof, err);
        return rc == HZ_OK ? append(tree, begin + k, n - k, proof, err) : rc;
    }
    rc = path(tree, m - k, begin + k, n - k, proof, err);
    return rc == HZ_OK ? append(tree, begin, k, proof, err) : rc;
}

int w_proof_inclusion(const struct w_proof_tree *tree, uint64_t index, uint64_t size, struct w_proof *out,
                      struct hz_error *err)
{
    struct w_proof proof = { 0 };
    int rc = index < size ? path(tree, index, 0, size, &proof, err) : outside(err);

    if (rc == HZ_OK)
        *out = proof;
    return rc;
}

/* SUBPROOF(m, D[begin:begin+n], whole): `whole` while the old tree is the receiver's known root itself. */
static int subproof(const struct w_proof_tree *tree, uint64_t m, uint64_t begin, uint64_t n, bool whole,
                    struct w_proof *proof, struct hz_error *err)
{
    uint64_t k;
    int rc;

    if (m == n)
        return whole ? HZ_OK : append(tree, begin, n, proof, err);
    k = split(n);
    if (m <= k) {
        rc = subproof(tree, m, begin, k, whole, proof, err);
        return rc == HZ_OK ? append(tree, begin + k, n - k, proof, err) : rc;
    }
    rc = subproof(tree, m - k, begin + k, n - k, false, proof, err);
    return rc == HZ_OK ? append(tree, begin, k, proof, err) : rc;
}

int w_proof_consistency(const struct w_proof_tree *tree, uint64_t from, uint64_t size, struct w_proof *out,
                        struct hz_error *err)
{
    struct w_proof proof = { 0 };
    int rc = from >= 1 && from <= size ? subproof(tree, from, 0, size, true, &proof, err) : outside(err);

    if (rc == HZ_OK)
        *out = proof;
    return rc;
}

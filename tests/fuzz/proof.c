/* Merkle proofs: of what the bytes make of the true proof, only the true proof is accepted. */
#include "formats/read/proof.h"
#include "formats/read/merkle.h"
#include "formats/write/proof.h"
#include "tests/fuzz/fuzz.h"

#define LEAVES ((size_t)64)
#define LEVELS 7 /* of full subtrees */

/* The tree that all proofs are about, and what is true of it: made once. */
struct tree {
    unsigned char full[LEVELS][LEAVES][R_SHA256_SIZE]; /* of level 0 the leaves */
    unsigned char root[LEAVES + 1][R_SHA256_SIZE];     /* of the first so many */
};

static int node(void *context, unsigned level, uint64_t position, unsigned char out[W_DIGEST_SIZE],
                struct hz_error *err)
{
    const struct tree *t = context;

    (void)err;
    FUZZ_HOLDS(level < LEVELS && position < LEAVES >> level);
    memcpy(out, t->full[level][position], W_DIGEST_SIZE);
    return HZ_OK;
}

static void root_of(struct w_proof_tree *tree, uint64_t size)
{
    struct tree *t = tree->context;
    unsigned char twin[R_SHA256_SIZE];
    struct r_hash h = { NULL };
    struct r_merkle m;

    r_merkle_begin(&m);
    FUZZ_HOLDS(r_hash_open(&h, R_SHA256, NULL) == HZ_OK && w_proof_root(tree, size, twin, NULL) == HZ_OK);
    for (uint64_t i = 0; i < size; i++)
        r_merkle_add_leaf(&m, t->full[0][i]);
    r_merkle_root(&m, &h, t->root[size]);
    r_hash_close(&h);
    FUZZ_HOLDS(memcmp(t->root[size], twin, sizeof twin) == 0);
}

static struct w_proof_tree the_tree(void)
{
    static struct tree t;
    static bool made;
    struct w_proof_tree tree = { node, &t };

    if (made)
        return tree;
    for (unsigned char i = 0; i < LEAVES; i++)
        FUZZ_HOLDS(r_proof_leaf(&i, 1, t.full[0][i], NULL) == HZ_OK);
    for (size_t level = 1; level < LEVELS; level++)
        for (size_t i = 0; i < LEAVES >> level; i++)
            FUZZ_HOLDS(w_proof_join(t.full[level - 1][2 * i], t.full[level - 1][2 * i + 1], t.full[level][i], NULL) ==
                       HZ_OK);
    for (uint64_t size = 1; size <= LEAVES; size++)
        root_of(&tree, size);
    made = true;
    return tree;
}

/* Each pair of bytes changes the proof a little: a digest exchanged, left out, doubled, a bit of it. */
static void change(struct r_proof *p, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 1 < size; i += 2) {
        size_t at = p->count > 0 ? data[i] % p->count : 0, to = p->count > 0 ? data[i + 1] % p->count : 0;
        if (data[i] < 64 && p->count > 0) {
            p->digest[at][data[i + 1] % R_SHA256_SIZE] ^= (unsigned char)(1U << (data[i + 1] >> 5));
        } else if (data[i] < 128 && p->count > 0) {
            memcpy(p->digest[at], p->digest[to], R_SHA256_SIZE);
        } else if (data[i] < 192) {
            p->count -= p->count > 0;
        } else if (p->count < R_PROOF_MAX) {
            memset(p->digest[p->count++], data[i + 1], R_SHA256_SIZE);
        }
    }
}

static bool same(const struct r_proof *p, const struct w_proof *w)
{
    return p->count == w->count && memcmp(p->digest, w->digest, p->count * R_SHA256_SIZE) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct w_proof right;
    struct r_proof p;

    if (size < 2 || r_hash_start(NULL) != HZ_OK)
        return 0;
    struct w_proof_tree tree = the_tree();
    const struct tree *t = tree.context;
    uint64_t leaves = 1 + data[0] % LEAVES, from = 1 + data[1] % leaves;
    FUZZ_HOLDS(w_proof_inclusion(&tree, from - 1, leaves, &right, NULL) == HZ_OK);
    p.count = right.count;
    memcpy(p.digest, right.digest, sizeof right.digest);
    change(&p, data + 2, size - 2);
    FUZZ_HOLDS(r_proof_inclusion(&p, t->full[0][from - 1], from - 1, leaves, t->root[leaves]) == same(&p, &right));
    FUZZ_HOLDS(w_proof_consistency(&tree, from, leaves, &right, NULL) == HZ_OK);
    p.count = right.count;
    memcpy(p.digest, right.digest, sizeof right.digest);
    change(&p, data + 2, size - 2);
    FUZZ_HOLDS(r_proof_consistency(&p, from, t->root[from], leaves, t->root[leaves]) == same(&p, &right));
    return 0;
}

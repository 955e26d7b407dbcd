/* Merkle proofs: published vectors for the checking side, and the building side against the checking one. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/io_rw.h"
#include "base/num.h"
#include "base/text.h"
#include "formats/read/merkle.h"
#include "formats/read/proof.h"
#include "formats/write/proof.h"
#include "tests/unit/test.h"

/* --- the vectors' JSON: one flat object, one member per line -------------------------------------------------------
 */

static const char *member(const char *json, const char *key)
{
    char quoted[64];
    const char *at;

    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    at = strstr(json, quoted);
    return at == NULL ? NULL : at + strlen(quoted) + strspn(at + strlen(quoted), " ");
}

static uint64_t number(const char *json, const char *key)
{
    const char *at = member(json, key);
    uint64_t value;

    assert_non_null(at);
    assert_int_equal(num_parse_u64(at, strspn(at, "0123456789"), UINT64_MAX, &value), HZ_OK);
    return value;
}

/* The base64 string at `at`, decoded. Some vectors hold shorter texts instead of digests: zeros follow them. */
static bool digest(const char *at, unsigned char out[R_SHA256_SIZE])
{
    struct buf bytes = BUF_INIT(256);
    bool whole;

    if (at == NULL || *at != '"')
        return false;
    whole =
        text_unbase64(&bytes, at + 1, strcspn(at + 1, "\"")) == HZ_OK && bytes.len > 0 && bytes.len <= R_SHA256_SIZE;
    memset(out, 0, R_SHA256_SIZE);
    if (whole)
        memcpy(out, bytes.data, bytes.len);
    buf_free(&bytes);
    return whole;
}

static bool read_proof(const char *json, struct r_proof *out)
{
    const char *at = member(json, "proof");

    out->count = 0;
    assert_non_null(at);
    if (at == NULL || *at != '[')
        return true;
    for (at += strcspn(at, "\"]"); *at == '"'; at += strcspn(at, "\"]")) {
        if (out->count == R_PROOF_MAX || !digest(at, out->digest[out->count++]))
            return false;
        at += 1 + strcspn(at + 1, "\"") + 1;
    }
    return true;
}

static bool inclusion_holds(const char *json)
{
    unsigned char leaf[R_SHA256_SIZE], root[R_SHA256_SIZE];
    struct r_proof proof;

    return digest(member(json, "leafHash"), leaf) && digest(member(json, "root"), root) && read_proof(json, &proof) &&
           r_proof_inclusion(&proof, leaf, number(json, "leafIdx"), number(json, "treeSize"), root);
}

static bool consistency_holds(const char *json)
{
    unsigned char from[R_SHA256_SIZE], to[R_SHA256_SIZE];
    struct r_proof proof;

    return digest(member(json, "root1"), from) && digest(member(json, "root2"), to) && read_proof(json, &proof) &&
           r_proof_consistency(&proof, number(json, "size1"), from, number(json, "size2"), to);
}

static void check_file(const char *path, bool consistency, unsigned *good, unsigned *bad)
{
    struct buf json = BUF_INIT(1 << 20);
    const char *text;
    bool wanted, holds;

    assert_int_equal(io_read_file(path, &json, NULL), HZ_OK);
    text = buf_text(&json);
    wanted = strncmp(member(text, "wantErr"), "true", 4) != 0;
    holds = consistency ? consistency_holds(text) : inclusion_holds(text);
    if (holds != wanted)
        fail_msg("%s: %s, expected the other", path, holds ? "holds" : "does not hold");
    ++*(wanted ? good : bad);
    buf_free(&json);
}

static void check_folder(const char *path, bool consistency, unsigned *good, unsigned *bad)
{
    DIR *listing = opendir(path);
    struct dirent *entry;
    char below[4096];

    if (listing == NULL) {
        print_message("skipped: %s is not there; set HOZEN_VECTORS to the folder of the published test vectors\n",
                      path);
        skip();
    }
    while ((entry = readdir(listing)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(below, sizeof below, "%.3000s/%.1000s", path, entry->d_name);
        if (strstr(entry->d_name, ".json") != NULL)
            check_file(below, consistency, good, bad);
        else
            check_folder(below, consistency, good, bad);
    }
    closedir(listing);
}

static void test_vectors_inclusion(void **state)
{
    unsigned good = 0, bad = 0;

    (void)state;
    check_folder(HOZEN_VECTORS "/merkle/inclusion", false, &good, &bad);
    assert_true(good >= 5 && bad >= 50);
}

static void test_vectors_consistency(void **state)
{
    unsigned good = 0, bad = 0;

    (void)state;
    check_folder(HOZEN_VECTORS "/merkle/consistency", true, &good, &bad);
    assert_true(good >= 5 && bad >= 50);
}

/* --- building against checking ---------------------------------------------------------------------------------------
 */

#define LEAVES 67

static unsigned char leaves[LEAVES][W_DIGEST_SIZE];

/* Full subtrees straight from their definition. */
static int node(void *context, unsigned level, uint64_t position, unsigned char out[W_DIGEST_SIZE],
                struct hz_error *err)
{
    unsigned char right[W_DIGEST_SIZE];
    int rc;

    if (level == 0) {
        memcpy(out, leaves[position], W_DIGEST_SIZE);
        return HZ_OK;
    }
    rc = node(context, level - 1, 2 * position, out, err);
    if (rc == HZ_OK)
        rc = node(context, level - 1, 2 * position + 1, right, err);
    return rc == HZ_OK ? w_proof_join(out, right, out, err) : rc;
}

static const struct w_proof_tree tree = { node, NULL };

/* The reading side's roots of all sizes, from the leaves' bytes. */
static void make(unsigned char roots[LEAVES + 1][R_SHA256_SIZE])
{
    struct r_merkle m;
    struct r_hash h = { 0 };

    assert_int_equal(r_hash_start(NULL), HZ_OK);
    assert_int_equal(r_hash_open(&h, R_SHA256, NULL), HZ_OK);
    r_merkle_begin(&m);
    for (unsigned char i = 0; i < LEAVES; i++) {
        assert_int_equal(w_proof_leaf(&i, 1, leaves[i], NULL), HZ_OK);
        r_merkle_add(&m, &h, &i, 1);
        r_merkle_root(&m, &h, roots[i + 1]);
    }
    r_hash_close(&h);
}

static void copy(struct r_proof *out, const struct w_proof *proof)
{
    out->count = proof->count;
    memcpy(out->digest, proof->digest, proof->count * R_SHA256_SIZE);
}

static void test_roots_agree(void **state)
{
    unsigned char roots[LEAVES + 1][R_SHA256_SIZE], root[W_DIGEST_SIZE];

    (void)state;
    make(roots);
    for (uint64_t n = 1; n <= LEAVES; n++) {
        assert_int_equal(w_proof_root(&tree, n, root, NULL), HZ_OK);
        assert_memory_equal(root, roots[n], sizeof root);
    }
    assert_int_equal(w_proof_root(&tree, 0, root, NULL), HZ_E_LIMIT);
}

static void test_leaf_agrees(void **state)
{
    unsigned char a[W_DIGEST_SIZE], b[R_SHA256_SIZE];

    (void)state;
    assert_int_equal(w_proof_leaf("abc", 3, a, NULL), HZ_OK);
    assert_int_equal(r_proof_leaf("abc", 3, b, NULL), HZ_OK);
    assert_memory_equal(a, b, sizeof a);
}

static void test_every_inclusion(void **state)
{
    unsigned char roots[LEAVES + 1][R_SHA256_SIZE];
    struct w_proof built;
    struct r_proof proof;

    (void)state;
    make(roots);
    for (uint64_t size = 1; size <= LEAVES; size++)
        for (uint64_t i = 0; i < size; i++) {
            assert_int_equal(w_proof_inclusion(&tree, i, size, &built, NULL), HZ_OK);
            copy(&proof, &built);
            assert_true(r_proof_inclusion(&proof, leaves[i], i, size, roots[size]));
            assert_false(r_proof_inclusion(&proof, leaves[i], i + 1, size, roots[size]));
            assert_false(r_proof_inclusion(&proof, leaves[(i + 1) % LEAVES], i, size, roots[size]));
        }
    assert_int_equal(w_proof_inclusion(&tree, 5, 5, &built, NULL), HZ_E_LIMIT);
}

static void test_every_consistency(void **state)
{
    unsigned char roots[LEAVES + 1][R_SHA256_SIZE];
    struct w_proof built;
    struct r_proof proof;

    (void)state;
    make(roots);
    for (uint64_t size = 1; size <= LEAVES; size++)
        for (uint64_t from = 1; from <= size; from++) {
            assert_int_equal(w_proof_consistency(&tree, from, size, &built, NULL), HZ_OK);
            copy(&proof, &built);
            assert_true(r_proof_consistency(&proof, from, roots[from], size, roots[size]));
            if (from < size) {
                assert_false(r_proof_consistency(&proof, from, roots[size], size, roots[size]));
                assert_false(r_proof_consistency(&proof, from, roots[from], size, roots[from]));
            }
        }
    assert_int_equal(w_proof_consistency(&tree, 0, 5, &built, NULL), HZ_E_LIMIT);
    assert_int_equal(w_proof_consistency(&tree, 6, 5, &built, NULL), HZ_E_LIMIT);
}

TEST_MAIN(cmocka_unit_test(test_vectors_inclusion), cmocka_unit_test(test_vectors_consistency),
          cmocka_unit_test(test_roots_agree), cmocka_unit_test(test_leaf_agrees),
          cmocka_unit_test(test_every_inclusion), cmocka_unit_test(test_every_consistency))

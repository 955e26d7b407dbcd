/* Inclusion proofs made while leaves pass by, and the file that carries one. */
#include <stdio.h>
#include <stdlib.h>

#include "formats/read/branch.h"
#include "formats/read/disclosed.h"
#include "tests/unit/read/sample.h"
#include "tests/unit/test.h"

#define TREE_MAX 70

static void make_leaves(unsigned char leaves[TREE_MAX][R_SHA256_SIZE])
{
    size_t i;

    for (i = 0; i < TREE_MAX; i++)
        assert_int_equal(r_proof_leaf(&i, sizeof i, leaves[i], NULL), HZ_OK);
}

static void prove(unsigned char leaves[TREE_MAX][R_SHA256_SIZE], size_t count, size_t index, struct r_hash *h,
                  struct r_proof *proof, unsigned char root[R_SHA256_SIZE])
{
    struct r_branch branch;
    struct r_merkle tree;
    size_t i;

    r_merkle_begin(&tree);
    for (i = 0; i < count; i++) {
        if (i == index)
            r_branch_begin(&branch, &tree);
        else if (i > index)
            r_branch_add(&branch, h, leaves[i]);
        r_merkle_add_leaf(&tree, leaves[i]);
    }
    r_branch_proof(&branch, h, proof);
    r_merkle_root(&tree, h, root);
    assert_int_equal(branch.index, index);
}

/* Each leaf of every tree: its proof holds, for it and at its place alone */
static void test_every_branch(void **state)
{
    unsigned char leaves[TREE_MAX][R_SHA256_SIZE], root[R_SHA256_SIZE];
    struct r_hash h = { NULL };
    size_t count, index, i;
    struct r_proof proof;

    (void)state;
    assert_int_equal(r_hash_open(&h, R_SHA256, NULL), HZ_OK);
    make_leaves(leaves);
    for (count = 1; count <= TREE_MAX; count++)
        for (index = 0; index < count; index++) {
            prove(leaves, count, index, &h, &proof, root);
            if (!r_proof_inclusion(&proof, leaves[index], index, count, root))
                fail_msg("leaf %zu of %zu", index, count);
            for (i = 0; i < count; i++)
                assert_false(i != index && r_proof_inclusion(&proof, leaves[i], i, count, root));
            if (proof.count) {
                proof.digest[proof.count - 1][0] ^= 1;
                assert_false(r_proof_inclusion(&proof, leaves[index], index, count, root));
            }
        }
    r_hash_close(&h);
}

static int read_text(const char *text, struct r_proof *proof, uint64_t *index)
{
    const char *wrong;
    size_t at;

    return r_disclosed_read(text, strlen(text), proof, index, &wrong, &at);
}

#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define TAIL ",\"schema\":\"hozen-disclosure-proof/1\"}\n"

static void test_proof_file(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "{}\n",
        "{\"index\":\"1\",\"path\":[]" TAIL " ",
        "{\"index\":\"01\",\"path\":[]" TAIL,
        "{\"index\":1,\"path\":[]" TAIL,
        "{\"index\":\"18446744073709551616\",\"path\":[]" TAIL,
        "{\"index\":\"-1\",\"path\":[]" TAIL,
        "{\"path\":[]" TAIL,
        "{\"index\":\"1\"" TAIL,
        "{\"index\":\"1\",\"path\":\"" ZERO "\"" TAIL,
        "{\"index\":\"1\",\"path\":[\"" ZERO "0\"]" TAIL,
        "{\"index\":\"1\",\"path\":[\"00\"]" TAIL,
        "{\"index\":\"1\",\"path\":[1]" TAIL,
        "{\"index\":\"1\",\"path\":[]} \n",
        "{\"index\":\"1\",\"path\":[],\"schema\":\"hozen-disclosure-proof/2\"}\n",
        "{\"index\":\"1\",\"path\":[],\"schema\":\"hozen-disclosure-proof/1\",\"x-a\":\"b\"}\n",
        "{\"path\":[],\"index\":\"1\"" TAIL,
    };
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_DISCLOSED_PROOF_MAX);
    struct r_proof proof, again;
    uint64_t index;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (read_text(bad[i], &proof, &index) != HZ_E_FORMAT)
            fail_msg("accepted: %s", bad[i]);
    memset(&proof, 0xa5, sizeof proof);
    proof.count = R_PROOF_MAX;
    assert_int_equal(r_disclosed_write(&text, &proof, UINT64_MAX, NULL), HZ_OK);
    assert_int_equal(read_text(buf_text(&text), &again, &index), HZ_OK);
    assert_true(index == UINT64_MAX && again.count == R_PROOF_MAX);
    assert_memory_equal(proof.digest, again.digest, sizeof proof.digest);
    proof.count = 0;
    buf_reset(&text);
    assert_int_equal(r_disclosed_write(&text, &proof, 0, NULL), HZ_OK);
    assert_string_equal(buf_text(&text), "{\"index\":\"0\",\"path\":[]" TAIL);
}

/* One digest more than there can be is refused before it is written anywhere */
static void test_long_path(void **state)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)16 * 1024);
    struct r_proof proof;
    uint64_t index;
    size_t i;

    (void)state;
    buf_puts(&text, "{\"index\":\"1\",\"path\":[");
    for (i = 0; i <= R_PROOF_MAX; i++)
        buf_printf(&text, "%s\"" ZERO "\"", i ? "," : "");
    buf_puts(&text, "]" TAIL);
    assert_int_equal(read_text(buf_text(&text), &proof, &index), HZ_E_FORMAT);
}

/* In pieces of any size, and cut anywhere: never taken for whole */
static void test_sample(void **state)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT((size_t)1024 * 1024);
    struct sample_run run;
    size_t len;

    (void)state;
    sample_bytes(&bytes, "good/disclosure-plain.tar");
    for (len = 1; len < 2000; len = len * 3 + 1) {
        sample_read(&run, bytes.data, bytes.len, len);
        assert_true(sample_is_whole(&run) && run.result.disclosure && run.result.files == 1);
        sample_run_free(&run);
    }
    for (len = 0; len < bytes.len; len += 256) {
        sample_read(&run, bytes.data, len, 0);
        assert_false(sample_is_whole(&run));
        sample_run_free(&run);
    }
}

/* One bit of each byte */
static void test_flips(void **state)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT((size_t)1024 * 1024);
    struct sample_run run;
    size_t i;

    (void)state;
    sample_bytes(&bytes, "good/disclosure-plain.tar");
    for (i = 0; i < bytes.len; i++) {
        bytes.data[i] ^= (unsigned char)(1u << i % 8);
        sample_read_by(&run, bytes.data, bytes.len, 0, 0);
        if (sample_is_whole(&run))
            fail_msg("not found: byte %zu", i);
        sample_run_free(&run);
        bytes.data[i] ^= (unsigned char)(1u << i % 8);
    }
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_branch), cmocka_unit_test(test_proof_file), cmocka_unit_test(test_long_path),
        cmocka_unit_test(test_sample),       cmocka_unit_test(test_flips),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

#include "tests/unit/read/ers_bench.h"

#include <openssl/evp.h>
#include <stdlib.h>

int ers_bench_open(void **state)
{
    struct ers_bench *b = calloc(1, sizeof *b);
    struct buf pem = BUF_INIT(1 << 16);
    struct hz_error err = { 0 };

    assert_int_equal(r_hash_start(&err), HZ_OK);
    tsa_open(&b->old, TSA_NOW - TSA_DAY, TSA_NOW + TSA_DAY);
    tsa_open_as(&b->new, "Another Root", TSA_NOW - TSA_DAY, TSA_NOW + 100 * TSA_DAY);
    tsa_open_as(&b->strange, "Strange Root", TSA_NOW - TSA_DAY, TSA_NOW + 100 * TSA_DAY);
    buf_put(&pem, b->old.root_pem.data, b->old.root_pem.len);
    buf_put(&pem, b->new.root_pem.data, b->new.root_pem.len);
    assert_int_equal(r_timestamp_roots_read(pem.data, pem.len, &b->roots, &err), HZ_OK);
    buf_free(&pem);
    for (size_t i = 0; i < ERS_OBJECTS; i++) {
        char text[] = "file 0";
        text[5] = (char)('0' + i);
        r_hash_sha256(b->objects[i].sha256, text, 6);
        r_hash_sha512(b->objects[i].sha512, text, 6);
    }
    for (size_t i = 0; i < 16; i++)
        r_hash_sha256(b->others[i], &i, sizeof i);
    buf_init(&b->record, W_ERS_MAX);
    *state = b;
    return 0;
}

int ers_bench_close(void **state)
{
    struct ers_bench *b = *state;

    tsa_close(&b->old);
    tsa_close(&b->new);
    tsa_close(&b->strange);
    r_timestamp_roots_free(b->roots);
    buf_free(&b->record);
    free(b);
    return 0;
}

/* Judged directly and in the jail, which say the same. */
struct r_ers ers_judge_as(const struct ers_bench *b, const struct r_timestamp_roots *roots, bool wide, int64_t now)
{
    struct r_ers_order order = { b->objects, ERS_OBJECTS, wide, roots, { now, 0 } };
    static struct r_ers direct, jailed; /* large */
    struct hz_error err = { 0 };

    assert_int_equal(r_ers_judge(b->record.data, b->record.len, &order, &direct, &err), HZ_OK);
    if (r_ers_check(b->record.data, b->record.len, &order, &jailed, &err) != HZ_OK)
        fail_msg("%s", err.text);
    assert_int_equal(direct.status, jailed.status);
    assert_int_equal(direct.why, jailed.why);
    assert_int_equal(direct.count, jailed.count);
    assert_int_equal(direct.since, jailed.since);
    assert_memory_equal(direct.covers, jailed.covers, sizeof direct.covers);
    return jailed;
}

struct r_ers ers_judge(const struct ers_bench *b, int64_t now)
{
    return ers_judge_as(b, b->roots, false, now);
}

void ers_expect(const struct ers_bench *b, int64_t now, enum r_ers_status status, enum r_ers_why why, size_t at)
{
    struct r_ers e = ers_judge(b, now);

    if (e.status != status || e.why != why || e.at != at)
        fail_msg("status %d, why %d, at %zu", (int)e.status, (int)e.why, e.at);
}

/* A group of ours among `before` others and `behind` others; its first stamp. */
void ers_begin(struct ers_bench *b, const struct tsa *by, int64_t time, size_t group, size_t before, size_t behind)
{
    struct buf response = BUF_INIT(1 << 16), reduced = BUF_INIT(1 << 16);
    unsigned char root[32], digests[ERS_OBJECTS][32];
    const unsigned char *token;
    struct w_ers_tree *tree;
    struct hz_error err = { 0 };
    size_t leaf, mine, len;

    assert_int_equal(w_ers_tree_new(&tree, false, &err), HZ_OK);
    for (size_t i = 0; i < ERS_OBJECTS; i++)
        memcpy(digests[i], b->objects[i].sha256, 32);
    for (size_t i = 0; i < before; i++)
        assert_int_equal(w_ers_tree_add(tree, (const void *)b->others[i], 1 + i % 3, &leaf, &err), HZ_OK);
    assert_int_equal(w_ers_tree_add(tree, (const void *)digests, group, &mine, &err), HZ_OK);
    for (size_t i = 0; i < behind; i++)
        assert_int_equal(w_ers_tree_add(tree, (const void *)b->others[i + 5], 1, &leaf, &err), HZ_OK);
    assert_int_equal(w_ers_tree_root(tree, root, &err), HZ_OK);
    tsa_stamp(by, root, time, EVP_sha256(), NULL, &response);
    assert_int_equal(w_ers_token(response.data, response.len, &token, &len, &err), HZ_OK);
    assert_int_equal(w_ers_tree_reduced(tree, mine, &reduced, &err), HZ_OK);
    buf_reset(&b->record);
    assert_int_equal(w_ers_begin(false, &reduced, token, len, &b->record, &err), HZ_OK);
    w_ers_tree_free(tree);
    buf_free(&reduced);
    buf_free(&response);
}

/* One stamp more, alone or in a tree with others. covered: what it covers instead of the last token; NULL: that. */
void ers_renew(struct ers_bench *b, const struct tsa *by, int64_t time, size_t beside, const unsigned char *covered)
{
    struct buf response = BUF_INIT(1 << 16), reduced = BUF_INIT(1 << 16), out = BUF_INIT(W_ERS_MAX);
    unsigned char root[32], last[1][32];
    const unsigned char *token;
    struct w_ers_tree *tree;
    struct hz_error err = { 0 };
    size_t leaf, mine, len;

    assert_int_equal(w_ers_tree_new(&tree, false, &err), HZ_OK);
    assert_int_equal(w_ers_last(&b->record, false, last[0], &err), HZ_OK);
    if (covered)
        memcpy(last[0], covered, 32);
    assert_int_equal(w_ers_tree_add(tree, (const void *)last, 1, &mine, &err), HZ_OK);
    for (size_t i = 0; i < beside; i++)
        assert_int_equal(w_ers_tree_add(tree, (const void *)b->others[i], 2, &leaf, &err), HZ_OK);
    assert_int_equal(w_ers_tree_root(tree, root, &err), HZ_OK);
    tsa_stamp(by, root, time, EVP_sha256(), NULL, &response);
    assert_int_equal(w_ers_token(response.data, response.len, &token, &len, &err), HZ_OK);
    assert_int_equal(w_ers_tree_reduced(tree, mine, &reduced, &err), HZ_OK);
    assert_int_equal(w_ers_renew(&b->record, false, &reduced, token, len, &out, &err), HZ_OK);
    w_ers_tree_free(tree);
    buf_free(&reduced);
    buf_free(&response);
    buf_free(&b->record);
    b->record = out;
}

/* Evidence records: what carries a proof on, what does not, and what is none. */
#include "formats/read/ers.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "formats/write/ers.h"
#include "formats/write/ers_part.h"
#include "tests/unit/read/tsa.h"
#include "tests/unit/test.h"

#define OBJECTS 3 /* files that one asks about, the first being the bundle */

struct bench {
    struct tsa old, new, strange; /* the first runs out after a day; nobody trusts the last */
    struct r_timestamp_roots *roots;
    struct r_ers_object objects[OBJECTS];
    unsigned char others[16][32]; /* of other bundles */
    struct buf record;
};

static int open_bench(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
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
    for (size_t i = 0; i < OBJECTS; i++) {
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

static int close_bench(void **state)
{
    struct bench *b = *state;

    tsa_close(&b->old);
    tsa_close(&b->new);
    tsa_close(&b->strange);
    r_timestamp_roots_free(b->roots);
    buf_free(&b->record);
    free(b);
    return 0;
}

/* Judged directly and in the jail, which say the same. */
static struct r_ers judge_as(const struct bench *b, const struct r_timestamp_roots *roots, bool wide, int64_t now)
{
    struct r_ers_order order = { b->objects, OBJECTS, wide, roots, { now, 0 } };
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

static struct r_ers judge(const struct bench *b, int64_t now)
{
    return judge_as(b, b->roots, false, now);
}

static void expect(const struct bench *b, int64_t now, enum r_ers_status status, enum r_ers_why why, size_t at)
{
    struct r_ers e = judge(b, now);

    if (e.status != status || e.why != why || e.at != at)
        fail_msg("status %d, why %d, at %zu", (int)e.status, (int)e.why, e.at);
}

/* A group of ours among `before` others and `behind` others; its first stamp. */
static void begin(struct bench *b, const struct tsa *by, int64_t time, size_t group, size_t before, size_t behind)
{
    struct buf response = BUF_INIT(1 << 16), reduced = BUF_INIT(1 << 16);
    unsigned char root[32], digests[OBJECTS][32];
    const unsigned char *token;
    struct w_ers_tree *tree;
    struct hz_error err = { 0 };
    size_t leaf, mine, len;

    assert_int_equal(w_ers_tree_new(&tree, &err), HZ_OK);
    for (size_t i = 0; i < OBJECTS; i++)
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
    assert_int_equal(w_ers_begin(&reduced, token, len, &b->record, &err), HZ_OK);
    w_ers_tree_free(tree);
    buf_free(&reduced);
    buf_free(&response);
}

/* One stamp more, alone or in a tree with others. covered: what it covers instead of the last token; NULL: that. */
static void renew(struct bench *b, const struct tsa *by, int64_t time, size_t beside, const unsigned char *covered)
{
    struct buf response = BUF_INIT(1 << 16), reduced = BUF_INIT(1 << 16), out = BUF_INIT(W_ERS_MAX);
    unsigned char root[32], last[1][32];
    const unsigned char *token;
    struct w_ers_tree *tree;
    struct hz_error err = { 0 };
    size_t leaf, mine, len;

    assert_int_equal(w_ers_tree_new(&tree, &err), HZ_OK);
    assert_int_equal(w_ers_last(&b->record, last[0], &err), HZ_OK);
    if (covered)
        memcpy(last[0], covered, 32);
    assert_int_equal(w_ers_tree_add(tree, (const void *)last, 1, &mine, &err), HZ_OK);
    for (size_t i = 0; i < beside; i++)
        assert_int_equal(w_ers_tree_add(tree, (const void *)b->others[i], 2, &leaf, &err), HZ_OK);
    assert_int_equal(w_ers_tree_root(tree, root, &err), HZ_OK);
    tsa_stamp(by, root, time, EVP_sha256(), NULL, &response);
    assert_int_equal(w_ers_token(response.data, response.len, &token, &len, &err), HZ_OK);
    assert_int_equal(w_ers_tree_reduced(tree, mine, &reduced, &err), HZ_OK);
    assert_int_equal(w_ers_renew(&b->record, &reduced, token, len, &out, &err), HZ_OK);
    w_ers_tree_free(tree);
    buf_free(&reduced);
    buf_free(&response);
    buf_free(&b->record);
    b->record = out;
}

static void every_leaf_of_every_tree(void **state)
{
    struct bench *b = *state;

    for (size_t group = 1; group <= OBJECTS; group++)
        for (size_t before = 0; before < 5; before++)
            for (size_t behind = 0; behind < 5; behind++) {
                begin(b, &b->new, TSA_NOW, group, before, behind);
                struct r_ers e = judge(b, TSA_NOW + 1);
                if (e.status != R_ERS_PROVEN || e.why != R_ERS_GOOD || e.count != 1 || e.since != 0)
                    fail_msg("%zu %zu %zu: why %d", group, before, behind, (int)e.why);
                for (size_t i = 0; i < OBJECTS; i++)
                    assert_int_equal(e.covers[i], i < group);
            }
}

/* The authority runs out after a day, and is renewed before. */
static void renewed_in_time(void **state)
{
    struct bench *b = *state;
    struct r_ers e;

    begin(b, &b->old, TSA_NOW, 2, 1, 3);
    expect(b, TSA_NOW + TSA_DAY - 1, R_ERS_PROVEN, R_ERS_GOOD, 0);
    expect(b, TSA_NOW + TSA_DAY, R_ERS_LAPSED, R_ERS_GAP, 0);
    renew(b, &b->new, TSA_NOW + TSA_DAY / 2, 0, NULL);
    renew(b, &b->new, TSA_NOW + 3 * TSA_DAY, 4, NULL);
    e = judge(b, TSA_NOW + 50 * TSA_DAY);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_int_equal(e.since, 0);
    assert_int_equal(e.count, 3);
    assert_int_equal(e.stamps[0].token.time.seconds, TSA_NOW);
    assert_true(e.stamps[0].lasted && e.stamps[1].lasted && e.stamps[2].lasted);
    assert_true(e.covers[0] && e.covers[1] && !e.covers[2]);
    expect(b, TSA_NOW + 101 * TSA_DAY, R_ERS_LAPSED, R_ERS_GAP, 2);
}

static void renewed_too_late(void **state)
{
    struct bench *b = *state;
    struct r_ers e;

    begin(b, &b->old, TSA_NOW, 1, 0, 0);
    renew(b, &b->new, TSA_NOW + 2 * TSA_DAY, 1, NULL);
    e = judge(b, TSA_NOW + 3 * TSA_DAY);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_int_equal(e.why, R_ERS_GAP);
    assert_int_equal(e.at, 0);
    assert_int_equal(e.since, 1);
    assert_false(e.stamps[0].lasted);
}

static void of_nobody_trusted(void **state)
{
    struct bench *b = *state;
    struct r_ers e;

    begin(b, &b->strange, TSA_NOW, 1, 1, 0);
    expect(b, TSA_NOW + 1, R_ERS_UNPROVEN, R_ERS_UNTRUSTED, 0);
    e = judge_as(b, NULL, false, TSA_NOW + 1);
    assert_int_equal(e.status, R_ERS_UNPROVEN);
    assert_true(e.covers[0]);
    renew(b, &b->new, TSA_NOW + 1, 0, NULL);
    e = judge(b, TSA_NOW + 2);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_int_equal(e.why, R_ERS_UNTRUSTED);
    assert_int_equal(e.since, 1);
    renew(b, &b->strange, TSA_NOW + 2, 0, NULL);
    expect(b, TSA_NOW + 3, R_ERS_UNPROVEN, R_ERS_UNTRUSTED, 2);
}

static void other_bytes(void **state)
{
    struct bench *b = *state;
    struct r_ers e;

    begin(b, &b->new, TSA_NOW, 3, 2, 2);
    b->objects[1].sha256[31] ^= 1;
    e = judge(b, TSA_NOW + 1);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_true(e.covers[0] && !e.covers[1] && e.covers[2]);
    b->objects[0].sha256[0] ^= 1;
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_OTHER, 0);
    b->objects[0].sha256[0] ^= 1;
    begin(b, &b->new, TSA_NOW, 1, 0, 0); /* no tree at all */
    expect(b, TSA_NOW + 1, R_ERS_PROVEN, R_ERS_GOOD, 0);
    b->objects[0].sha256[0] ^= 1;
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_OTHER, 0);
}

static void renewals_that_are_none(void **state)
{
    struct bench *b = *state;

    begin(b, &b->new, TSA_NOW, 1, 1, 1);
    renew(b, &b->new, TSA_NOW + 1, 2, b->others[9]); /* of something else */
    expect(b, TSA_NOW + 2, R_ERS_INVALID, R_ERS_RENEWAL, 1);
    begin(b, &b->new, TSA_NOW, 1, 1, 1);
    renew(b, &b->new, TSA_NOW + 1, 0, b->others[9]); /* the same without a tree */
    expect(b, TSA_NOW + 2, R_ERS_INVALID, R_ERS_TREE, 1);
    begin(b, &b->new, TSA_NOW, 1, 1, 1);
    renew(b, &b->new, TSA_NOW - 1, 0, NULL); /* earlier */
    expect(b, TSA_NOW + 2, R_ERS_INVALID, R_ERS_ORDER, 1);
    begin(b, &b->old, TSA_NOW, 1, 1, 1);
    renew(b, &b->old, TSA_NOW + 2 * TSA_DAY, 0, NULL); /* of an authority that had run out itself */
    expect(b, TSA_NOW + 2 * TSA_DAY + 1, R_ERS_INVALID, R_ERS_TOKEN, 1);
}

/* The offset of bytes in the record. */
static size_t find(const struct bench *b, const void *bytes, size_t len, size_t from)
{
    const unsigned char *at = memmem(b->record.data + from, b->record.len - from, bytes, len);

    assert_non_null(at);
    return (size_t)(at - b->record.data);
}

static void damaged(void **state)
{
    static const unsigned char sha256[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
    struct bench *b = *state;
    size_t at;

    begin(b, &b->new, TSA_NOW, 2, 2, 1);
    at = find(b, b->objects[1].sha256, 32, 0); /* another one of the group */
    b->record.data[at] ^= 1;
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_TREE, 0);
    b->record.data[at] ^= 1;
    at = find(b, b->others[5], 32, 0); /* a digest of the next list */
    b->record.data[at + 31] ^= 1;
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_TREE, 0);
    b->record.data[at + 31] ^= 1;
    at = find(b, sha256, sizeof sha256, 0); /* the list of digests */
    b->record.data[at + 8] = 3;
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_ALGORITHM, 0);
    b->record.data[at + 8] = 2; /* SHA-384 */
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    b->record.data[at + 8] = 1;
    at = find(b, sha256, sizeof sha256, at + 9); /* what the stamp states */
    b->record.data[at + 8] = 3;
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_ALGORITHM, 0);
    b->record.data[at + 8] = 1;
    b->record.data[b->record.len - 5] ^= 1; /* the signature */
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_TOKEN, 0);
    b->record.data[b->record.len - 5] ^= 1;
    expect(b, TSA_NOW + 1, R_ERS_PROVEN, R_ERS_GOOD, 0);
}

/* Some bits: proven only when what it says is what was said. */
static void bits_and_lengths(void **state)
{
    struct bench *b = *state;
    struct r_ers_order order = { b->objects, OBJECTS, false, b->roots, { TSA_NOW + 9, 0 } };
    const size_t step = getenv("HOZEN_SLOW") != NULL ? 1 : 23;
    static struct r_ers e;
    struct hz_error err;
    size_t held = 0, tried = 0;

    begin(b, &b->old, TSA_NOW, 2, 2, 1);
    renew(b, &b->new, TSA_NOW + 5, 2, NULL);
    for (size_t i = 0; i < b->record.len * 8; i += step, tried++) {
        b->record.data[i / 8] ^= (unsigned char)(1 << i % 8);
        assert_int_equal(r_ers_judge(b->record.data, b->record.len, &order, &e, &err), HZ_OK);
        b->record.data[i / 8] ^= (unsigned char)(1 << i % 8);
        if (e.status != R_ERS_PROVEN)
            continue;
        held++;
        assert_int_equal(e.count, 2);
        assert_int_equal(e.stamps[e.since].token.time.seconds, e.since == 0 ? TSA_NOW : TSA_NOW + 5);
        assert_true(e.covers[0] && e.covers[1] && !e.covers[2]);
    }
    assert_true(held * 20 < tried);
    for (size_t i = 0; i < b->record.len; i += step) {
        assert_int_equal(r_ers_judge(b->record.data, i, &order, &e, &err), HZ_OK);
        assert_int_equal(e.status, R_ERS_INVALID);
    }
    buf_putc(&b->record, 0);
    expect(b, TSA_NOW + 9, R_ERS_INVALID, R_ERS_FORM, 0);
}

/* The tree is renewed with SHA-512: a second chain over the digests of the files and of the first chain. */
static void put_wide(struct bench *b, bool right)
{
    static const unsigned char algorithms[] = { 0x30, 0x1a, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                                0x65, 0x03, 0x04, 0x02, 0x01, 0x30, 0x0b, 0x06, 0x09, 0x60,
                                                0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 };
    struct buf parts[6];
    unsigned char both[128], hash[2][64], root[64];
    const unsigned char *token;
    struct hz_error err = { 0 };
    size_t len, head = 2 + 3 + 15; /* of a record of ours: up to its sequence of chains */

    for (size_t i = 0; i < 6; i++)
        buf_init(&parts[i], W_ERS_MAX);
    head += (size_t)(b->record.data[1] & 0x7f);
    assert_int_equal(b->record.data[head], 0x30);
    r_hash_sha512(both + 64, b->record.data + head, b->record.len - head);
    both[64] ^= !right;
    for (size_t i = 0; i < 2; i++) {
        memcpy(both, b->objects[i].sha512, 64);
        r_hash_sha512(hash[i], both, 128);
    }
    size_t first = memcmp(hash[0], hash[1], 64) > 0;
    memcpy(both, hash[first], 64);
    memcpy(both + 64, hash[!first], 64);
    r_hash_sha512(root, both, 128);
    tsa_stamp_wide(&b->new, root, TSA_NOW + 20, &parts[0]);
    assert_int_equal(w_ers_token(parts[0].data, parts[0].len, &token, &len, &err), HZ_OK);
    w_ers_part_put(&parts[1], 0x04, hash[first], 64);
    w_ers_part_put(&parts[1], 0x04, hash[!first], 64);
    w_ers_part_put(&parts[2], 0x30, parts[1].data, parts[1].len); /* a list */
    w_ers_part_put(&parts[3], 0xa2, parts[2].data, parts[2].len); /* the tree */
    buf_put(&parts[3], token, len);
    buf_reset(&parts[1]);
    w_ers_part_put(&parts[1], 0x30, parts[3].data, parts[3].len); /* the time stamp */
    size_t inner = head + 2 + (b->record.data[head + 1] & 0x7f);
    buf_put(&parts[4], b->record.data + inner, b->record.len - inner);
    w_ers_part_put(&parts[4], 0x30, parts[1].data, parts[1].len); /* the chain */
    buf_reset(&parts[2]);
    buf_put(&parts[2], "\x02\x01\x01", 3);
    buf_put(&parts[2], algorithms, sizeof algorithms);
    w_ers_part_put(&parts[2], 0x30, parts[4].data, parts[4].len);
    buf_reset(&b->record);
    w_ers_part_put(&b->record, 0x30, parts[2].data, parts[2].len);
    for (size_t i = 0; i < 6; i++)
        buf_free(&parts[i]);
}

static void another_digest(void **state)
{
    struct bench *b = *state;
    struct r_ers e;

    begin(b, &b->old, TSA_NOW, 3, 2, 2);
    renew(b, &b->new, TSA_NOW + 10, 1, NULL);
    put_wide(b, true);
    e = judge_as(b, b->roots, true, TSA_NOW + 5 * TSA_DAY);
    if (e.status != R_ERS_PROVEN || e.why != R_ERS_GOOD)
        fail_msg("why %d at %zu", (int)e.why, e.at);
    assert_int_equal(e.count, 3);
    assert_int_equal(e.stamps[2].chain, 1);
    assert_true(e.stamps[2].wide && !e.stamps[1].wide);
    assert_true(e.covers[0] && e.covers[1] && !e.covers[2]); /* the third was left behind */
    expect(b, TSA_NOW + 30, R_ERS_INVALID, R_ERS_WIDE, 2);   /* its SHA-512 is not at hand */
    b->objects[0].sha512[0] ^= 1;
    e = judge_as(b, b->roots, true, TSA_NOW + 30);
    assert_int_equal(e.why, R_ERS_OTHER);
    b->objects[0].sha512[0] ^= 1;
    begin(b, &b->old, TSA_NOW, 3, 2, 2);
    put_wide(b, false); /* over another first chain */
    e = judge_as(b, b->roots, true, TSA_NOW + 30);
    assert_int_equal(e.why, R_ERS_OTHER);
}

/* A tree of so many lists, or a list of so many digests, around a good token. */
static void put_tree(struct bench *b, size_t lists, size_t hashes)
{
    struct buf list = BUF_INIT(W_ERS_MAX), tree = BUF_INIT(W_ERS_MAX), all = BUF_INIT(W_ERS_MAX),
               response = BUF_INIT(1 << 16);
    const unsigned char *token;
    struct hz_error err = { 0 };
    size_t len;

    for (size_t i = 0; i < hashes; i++)
        w_ers_part_put(&list, 0x04, b->objects[0].sha256, 32);
    for (size_t i = 0; i < lists; i++)
        w_ers_part_put(&tree, 0x30, list.data, list.len);
    w_ers_part_put(&all, 0xa2, tree.data, tree.len);
    tsa_stamp(&b->new, b->others[0], TSA_NOW, EVP_sha256(), NULL, &response);
    assert_int_equal(w_ers_token(response.data, response.len, &token, &len, &err), HZ_OK);
    buf_reset(&b->record);
    assert_int_equal(w_ers_begin(&all, token, len, &b->record, &err), HZ_OK);
    buf_free(&list);
    buf_free(&tree);
    buf_free(&all);
    buf_free(&response);
}

static void limits(void **state)
{
    struct bench *b = *state;

    put_tree(b, R_ERS_LISTS, R_ERS_HASHES);
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_TREE, 0);
    put_tree(b, R_ERS_LISTS + 1, 2);
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    put_tree(b, 2, R_ERS_HASHES + 1);
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    put_tree(b, 0, 1);
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    put_tree(b, 2, 0);
    expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    begin(b, &b->new, TSA_NOW, 1, 0, 0);
    for (size_t i = 1; i < R_ERS_STAMPS; i++)
        renew(b, &b->new, TSA_NOW + (int64_t)i, 0, NULL);
    expect(b, TSA_NOW + TSA_DAY, R_ERS_PROVEN, R_ERS_GOOD, 0);
    renew(b, &b->new, TSA_NOW + R_ERS_STAMPS, 0, NULL);
    expect(b, TSA_NOW + TSA_DAY, R_ERS_INVALID, R_ERS_LARGE, 0);
}

static void hostile(void **state)
{
    static const char *const bad[] = {
        "",
        "\x30",
        "\x30\x80",
        "\x30\x84\xff\xff\xff\xff",
        "\x30\x81\x05",
        "\x30\x03\x02\x01\x01",
        "\x30\x07\x02\x01\x02\x30\x00\x30\x00",
        "\x30\x82\x00\x05\x02\x01\x01\x30\x00",
        "\x30\x83\x01",
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        buf_reset(&b->record);
        buf_puts(&b->record, bad[i]);
        buf_putc(&b->record, 0);
        expect(b, TSA_NOW, R_ERS_INVALID, R_ERS_FORM, 0);
    }
    buf_free(&b->record);
    buf_init(&b->record, 4 << 20);
    memset(buf_grow(&b->record, R_ERS_MAX + 1), 0x30, R_ERS_MAX + 1);
    expect(b, TSA_NOW, R_ERS_INVALID, R_ERS_LARGE, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_bench, close_bench)

TEST_MAIN(TEST(every_leaf_of_every_tree), TEST(renewed_in_time), TEST(renewed_too_late), TEST(of_nobody_trusted),
          TEST(other_bytes), TEST(renewals_that_are_none), TEST(damaged), TEST(bits_and_lengths), TEST(another_digest),
          TEST(limits), TEST(hostile))

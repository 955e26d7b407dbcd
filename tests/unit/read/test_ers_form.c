/* Evidence records: a second digest, limits, and what is no record. */
#include <openssl/evp.h>

#include "formats/read/ers_part.h"
#include "tests/unit/read/ers_bench.h"

/* The tree is renewed with SHA-512: a second chain over the digests of the files and of the first chain. */
static void put_wide(struct ers_bench *b, bool right)
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
    struct ers_bench *b = *state;
    struct r_ers e;

    ers_begin(b, &b->old, TSA_NOW, 3, 2, 2);
    ers_renew(b, &b->new, TSA_NOW + 10, 1, NULL);
    put_wide(b, true);
    e = ers_judge_as(b, b->roots, true, TSA_NOW + 5 * TSA_DAY);
    if (e.status != R_ERS_PROVEN || e.why != R_ERS_GOOD)
        fail_msg("why %d at %zu", (int)e.why, e.at);
    assert_int_equal(e.count, 3);
    assert_int_equal(e.stamps[2].chain, 1);
    assert_true(e.stamps[2].wide && !e.stamps[1].wide);
    assert_true(e.covers[0] && e.covers[1] && !e.covers[2]);   /* the third was left behind */
    ers_expect(b, TSA_NOW + 30, R_ERS_INVALID, R_ERS_WIDE, 2); /* its SHA-512 is not at hand */
    b->objects[0].sha512[0] ^= 1;
    e = ers_judge_as(b, b->roots, true, TSA_NOW + 30);
    assert_int_equal(e.why, R_ERS_OTHER);
    b->objects[0].sha512[0] ^= 1;
    ers_begin(b, &b->old, TSA_NOW, 1, 1, 0);
    put_wide(b, true); /* one more joins, which proves nothing of before */
    e = ers_judge_as(b, b->roots, true, TSA_NOW + 30);
    assert_int_equal(e.status, R_ERS_PROVEN);
    assert_true(e.covers[0] && !e.covers[1]);
    ers_begin(b, &b->old, TSA_NOW, 3, 2, 2);
    put_wide(b, false); /* over another first chain */
    e = ers_judge_as(b, b->roots, true, TSA_NOW + 30);
    assert_int_equal(e.why, R_ERS_OTHER);
}

/* A tree of so many lists, or a list of so many digests, around a good token. */
static void put_tree(struct ers_bench *b, size_t lists, size_t hashes, const unsigned char *stamped)
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
    tsa_stamp(&b->new, stamped, TSA_NOW, EVP_sha256(), NULL, &response);
    assert_int_equal(w_ers_token(response.data, response.len, &token, &len, &err), HZ_OK);
    buf_reset(&b->record);
    assert_int_equal(w_ers_begin(false, &all, token, len, &b->record, &err), HZ_OK);
    buf_free(&list);
    buf_free(&tree);
    buf_free(&all);
    buf_free(&response);
}

static void limits(void **state)
{
    struct ers_bench *b = *state;

    put_tree(b, R_ERS_LISTS, R_ERS_HASHES, b->others[0]);
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_TREE, 0);
    put_tree(b, R_ERS_LISTS + 1, 2, b->others[0]);
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    put_tree(b, 2, R_ERS_HASHES + 1, b->others[0]);
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    put_tree(b, 0, 1, b->others[0]);
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    put_tree(b, 2, 0, b->others[0]);
    ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    put_tree(b, 1, 1, b->objects[0].sha256); /* a list of one is that one */
    ers_expect(b, TSA_NOW + 1, R_ERS_PROVEN, R_ERS_GOOD, 0);
    ers_begin(b, &b->new, TSA_NOW, 1, 0, 0);
    for (size_t i = 1; i < R_ERS_STAMPS; i++)
        ers_renew(b, &b->new, TSA_NOW + (int64_t)i, 0, NULL);
    ers_expect(b, TSA_NOW + TSA_DAY, R_ERS_PROVEN, R_ERS_GOOD, 0);
    ers_renew(b, &b->new, TSA_NOW + R_ERS_STAMPS, 0, NULL);
    ers_expect(b, TSA_NOW + TSA_DAY, R_ERS_INVALID, R_ERS_LARGE, 0);
}

#define DER(text)                                                                                                      \
    {                                                                                                                  \
        text, sizeof text - 1                                                                                          \
    }
struct der {
    const char *bytes;
    size_t len;
};
#define OID "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02"

/* A good record but for its list of digests: so many times this one. */
static void put_algorithms(struct ers_bench *b, const struct der *one, size_t times)
{
    struct buf list = BUF_INIT(W_ERS_MAX), all = BUF_INIT(W_ERS_MAX);
    size_t head;

    ers_begin(b, &b->new, TSA_NOW, 1, 0, 0);
    head = 2 + 3 + (size_t)(b->record.data[1] & 0x7f);
    buf_put(&all, "\x02\x01\x01", 3);
    for (size_t i = 0; i < times; i++)
        buf_put(&list, one->bytes, one->len);
    w_ers_part_put(&all, 0x30, list.data, list.len);
    head += (size_t)2 + b->record.data[head + 1];
    buf_put(&all, b->record.data + head, b->record.len - head);
    buf_reset(&b->record);
    w_ers_part_put(&b->record, 0x30, all.data, all.len);
    buf_free(&list);
    buf_free(&all);
}

/* One to four digests; nothing or NULL beside the digest's number, and lengths in their shortest form. */
static void algorithms(void **state)
{
    static const struct der good[] = { DER("\x30\x0b" OID "\x01"), DER("\x30\x0d" OID "\x01\x05\x00") },
                            bad[] = { DER("\x30\x0c" OID "\x01\x05"),     DER("\x30\x0e" OID "\x01\x05\x01\x00"),
                                      DER("\x30\x0d" OID "\x01\x04\x00"), DER("\x30\x0f" OID "\x01\x05\x00\x05\x00"),
                                      DER("\x30\x81\x0b" OID "\x01"),     DER("\x30\x82\x00\x0b" OID "\x01"),
                                      DER("\x30\x0b" OID "\x02"),         DER("\x31\x0b" OID "\x01") };
    struct ers_bench *b = *state;

    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n < 6; n++) {
            bool holds = n > 0 && n < 5;
            put_algorithms(b, &good[i], n);
            ers_expect(b, TSA_NOW + 1, holds ? R_ERS_PROVEN : R_ERS_INVALID, holds ? R_ERS_GOOD : R_ERS_FORM, 0);
        }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put_algorithms(b, &bad[i], 1);
        ers_expect(b, TSA_NOW + 1, R_ERS_INVALID, R_ERS_FORM, 0);
    }
}

/* An element is taken whole or not at all. */
static void elements(void **state)
{
    static const struct der bad[] = {
        DER(""),
        DER("\x30"),
        DER("\x31\x00"),
        DER("\x30\x01"),
        DER("\x30\x03\x01\x02"),
        DER("\x30\x81\x7f"),
        DER("\x30\x81\x01\x01"),
        DER("\x30\x82\x00\x80"),
        DER("\x30\x84\x01\x00\x00\x00"),
    };
    unsigned char room[200] = { 0x30, 0x80 }; /* without an end that is stated: no length of 128 */
    struct r_ers_span from, content = { NULL, 7 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        from = (struct r_ers_span) { (const unsigned char *)bad[i].bytes, bad[i].len };
        assert_false(r_ers_part_take(&from, 0x30, &content, NULL));
        assert_int_equal(from.len, bad[i].len);
        assert_int_equal(content.len, 7);
    }
    from = (struct r_ers_span) { room, sizeof room };
    assert_false(r_ers_part_take(&from, 0x30, &content, NULL));
    room[1] = 0x81;
    room[2] = 0x80;
    assert_true(r_ers_part_take(&from, 0x30, &content, NULL));
    assert_int_equal(content.len, 128);
    assert_ptr_equal(content.at, room + 3);
    assert_int_equal(from.len, sizeof room - 131);
}

static void hostile(void **state)
{
    static const struct der bad[] = {
        DER(""),
        DER("\x30"),
        DER("\x30\x80"),
        DER("\x30\x84\xff\xff\xff\xff"),
        DER("\x30\x84\x00\x00\x00\x00"),
        DER("\x30\x81\x05"),
        DER("\x30\x81"),
        DER("\x30\x82\x01"),
        DER("\x30\x83\x01"),
        DER("\x30\x03\x02\x01\x01"),
        DER("\x30\x07\x02\x01\x01\x30\x00\x30\x00"),
        DER("\x30\x07\x02\x01\x02\x30\x00\x30\x00"),
        DER("\x30\x82\x00\x05\x02\x01\x01\x30\x00"),
    };
    struct ers_bench *b = *state;
    size_t version;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        buf_reset(&b->record);
        buf_put(&b->record, bad[i].bytes, bad[i].len);
        ers_expect(b, TSA_NOW, R_ERS_INVALID, R_ERS_FORM, 0);
    }
    buf_reset(&b->record);
    ers_begin(b, &b->new, TSA_NOW, 1, 0, 0);
    version = 4 + (size_t)(b->record.data[1] & 0x7f); /* behind two heads */
    for (unsigned char v = 0; v < 4; v++) {
        b->record.data[version] = v;
        ers_expect(b, TSA_NOW, v == 1 ? R_ERS_PROVEN : R_ERS_INVALID, v == 1 ? R_ERS_GOOD : R_ERS_FORM, 0);
    }
    buf_free(&b->record);
    buf_init(&b->record, 4 << 20);
    memset(buf_grow(&b->record, R_ERS_MAX + 1), 0x30, R_ERS_MAX + 1);
    ers_expect(b, TSA_NOW, R_ERS_INVALID, R_ERS_LARGE, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, ers_bench_open, ers_bench_close)

TEST_MAIN(TEST(another_digest), TEST(limits), TEST(algorithms), cmocka_unit_test(elements), TEST(hostile))

#include "formats/write/merkle.h"

#include <stdlib.h>

#include "base/num.h"
#include "base/text.h"
#include "tests/unit/write/vectors.h"

static struct hz_error err;

/* The eight leaves that the published roots are over. */
static const struct {
    const char *bytes;
    size_t len;
} leaves[8] = { { "", 0 },
                { "\x00", 1 },
                { "\x10", 1 },
                { "\x20\x21", 2 },
                { "\x30\x31", 2 },
                { "\x40\x41\x42\x43", 4 },
                { "\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
                { "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 } };

static void add(struct w_merkle *m, const void *bytes, size_t len)
{
    unsigned char leaf[W_DIGEST_SIZE];
    assert_int_equal(w_merkle_leaf(m->digest, bytes, len, leaf, &err), HZ_OK);
    assert_int_equal(w_merkle_add(m, leaf, &err), HZ_OK);
}

static void root_of_leaves(size_t count, unsigned char root[W_DIGEST_SIZE])
{
    struct w_merkle m;
    assert_int_equal(w_merkle_open(&m, &err), HZ_OK);
    for (size_t i = 0; i < count; i++)
        add(&m, leaves[i].bytes, leaves[i].len);
    assert_int_equal(w_merkle_root(&m, root, &err), HZ_OK);
    w_merkle_close(&m);
}

/* RFC 9162 section 2.1.1 as it is written: numbers as leaves, computed from the top. */
static void slow_root(uint32_t from, uint32_t count, unsigned char out[W_DIGEST_SIZE])
{
    unsigned char node[1 + 2 * W_DIGEST_SIZE] = { 1 };
    if (count == 1) {
        unsigned char leaf[5] = { 0, (unsigned char)from, (unsigned char)(from >> 8), (unsigned char)(from >> 16), 7 };
        assert_int_equal(w_digest_of(leaf, sizeof leaf, out, &err), HZ_OK);
        return;
    }
    uint32_t k = 1;
    while (k * 2 < count)
        k *= 2;
    slow_root(from, k, node + 1);
    slow_root(from + k, count - k, node + 1 + W_DIGEST_SIZE);
    assert_int_equal(w_digest_of(node, sizeof node, out, &err), HZ_OK);
}

static void equals_the_definition(void **state)
{
    (void)state;
    struct w_merkle m;
    unsigned char fast[W_DIGEST_SIZE], slow[W_DIGEST_SIZE];
    assert_int_equal(w_merkle_open(&m, &err), HZ_OK);
    for (uint32_t i = 0; i < 1100; i++) {
        unsigned char leaf[4] = { (unsigned char)i, (unsigned char)(i >> 8), (unsigned char)(i >> 16), 7 };
        add(&m, leaf, sizeof leaf);
        assert_int_equal(m.count, i + 1);
        if (i >= 140 && i < 1020)
            continue; /* the ends are dense, the middle is left to them */
        assert_int_equal(w_merkle_root(&m, fast, &err), HZ_OK);
        slow_root(0, i + 1, slow);
        assert_memory_equal(fast, slow, W_DIGEST_SIZE);
    }
    w_merkle_close(&m);
}

static void root_of_nothing(void **state)
{
    (void)state;
    unsigned char root[W_DIGEST_SIZE];
    char hex[W_DIGEST_HEX];
    root_of_leaves(0, root);
    text_hex(hex, root, sizeof root);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Value behind `"key": ` in a small JSON text. */
static const char *value_of(const struct buf *json, const char *key)
{
    char name[32];
    snprintf(name, sizeof name, "\"%s\": ", key);
    const char *p = strstr((const char *)json->data, name);
    assert_non_null(p);
    return p + strlen(name);
}

static void assert_published(const char *file, const char *size_key, const char *root_key)
{
    HZ_CLEANUP(buf_free) struct buf json = BUF_INIT(65536), root = BUF_INIT(64);
    unsigned char ours[W_DIGEST_SIZE];
    uint64_t size = 0;
    vectors_read(&json, file);
    const char *digits = value_of(&json, size_key), *base64 = value_of(&json, root_key) + 1;
    assert_int_equal(num_parse_u64(digits, strspn(digits, "0123456789"), 8, &size), HZ_OK);
    assert_int_equal(text_unbase64(&root, base64, strcspn(base64, "\"")), HZ_OK);
    assert_int_equal(root.len, W_DIGEST_SIZE);
    root_of_leaves(size, ours);
    assert_memory_equal(ours, root.data, W_DIGEST_SIZE);
}

static void published_roots(void **state)
{
    (void)state;
    char file[64];
    for (int i = 0; i < 5; i++) {
        snprintf(file, sizeof file, "merkle/consistency/%d/happy-path.json", i);
        assert_published(file, "size1", "root1");
        assert_published(file, "size2", "root2");
        snprintf(file, sizeof file, "merkle/inclusion/%d/happy-path.json", i);
        assert_published(file, "treeSize", "root");
    }
}

TEST_MAIN(cmocka_unit_test(equals_the_definition), cmocka_unit_test(root_of_nothing), cmocka_unit_test(published_roots))

#include "formats/write/tarhead.h"

#include <stdio.h>

#include "tests/unit/test.h"

static struct hz_error err;

static const unsigned char *put(struct buf *out, const char *name, uint64_t size)
{
    buf_reset(out);
    assert_int_equal(w_tarhead_put(out, name, size, 1700000000, &err), HZ_OK);
    assert_int_equal(out->len % W_TARHEAD_BLOCK, 0);
    return out->data;
}

/* Every byte of one block, spelled out from section 2 of the spec. */
static void assert_block(const unsigned char *block, char type, const char *name, const char *prefix, const char *size)
{
    unsigned char expected[512] = { 0 };
    unsigned sum = 0;
    char text[16];
    memcpy(expected, name, strlen(name));
    memcpy(expected + 100,
           "0000644\0"
           "0000000\0"
           "0000000\0",
           24);
    memcpy(expected + 124, size, 12);
    memcpy(expected + 136, "14524770400", 12);
    memset(expected + 148, ' ', 8);
    expected[156] = (unsigned char)type;
    memcpy(expected + 257,
           "ustar\0"
           "00",
           8);
    memcpy(expected + 329,
           "0000000\0"
           "0000000\0",
           16);
    memcpy(expected + 345, prefix, strlen(prefix));
    for (size_t i = 0; i < 512; i++)
        sum += expected[i];
    snprintf(text, sizeof text, "%06o", sum);
    memcpy(expected + 148, text, 7);
    assert_memory_equal(block, expected, 512);
}

static void plain(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    assert_block(put(&out, "sample/bagit.txt", 55), '0', "sample/bagit.txt", "", "00000000067");
    assert_int_equal(out.len, 512);
    put(&out, "n", 8589934591);
    assert_block(out.data, '0', "n", "", "77777777777");
    assert_int_equal(out.len, 512);
}

static void repeat(char *out, char c, size_t len)
{
    memset(out, c, len);
    out[len] = '\0';
}

static void split_names(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    char name[1000], a[200], b[400];
    repeat(name, 'a', 100);
    assert_block(put(&out, name, 0), '0', name, "", "00000000000");
    repeat(a, 'p', 155);
    repeat(b, 'n', 100);
    snprintf(name, sizeof name, "%s/%s", a, b); /* the largest that ustar can hold */
    assert_block(put(&out, name, 0), '0', b, a, "00000000000");
    repeat(b, 'n', 98);
    snprintf(name, sizeof name, "q/r/%s/s", b); /* the last '/' wins */
    repeat(a, 'n', 98);
    snprintf(b, sizeof b, "q/r/%s", a);
    assert_block(put(&out, name, 0), '0', "s", b, "00000000000");
    assert_int_equal(out.len, 512);
}

static void assert_pax(const struct buf *out, const char *records, const char *length, const char *name,
                       const char *prefix, const char *size)
{
    size_t len = strlen(records), padded = (len + 511) / 512 * 512;
    assert_int_equal(out->len, 512 + padded + 512);
    assert_block(out->data, 'x', "@pax", "", length);
    assert_memory_equal(out->data + 512, records, len);
    for (size_t i = len; i < padded; i++)
        assert_int_equal(out->data[512 + i], 0);
    assert_block(out->data + 512 + padded, '0', name, prefix, size);
}

static void pax_path(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    char name[1100], records[1200];
    repeat(name, 'a', 101); /* no '/' at all: 101 + 5 + 2 + 3 digits */
    snprintf(records, sizeof records, "111 path=%s\n", name);
    put(&out, name, 5);
    assert_pax(&out, records, "00000000157", "@", "", "00000000005");
    repeat(name, 'a', 256); /* a prefix of 156 is one too many */
    name[156] = '/';
    snprintf(records, sizeof records, "266 path=%s\n", name);
    put(&out, name, 5);
    assert_pax(&out, records, "00000000412", "@", "", "00000000005");
    repeat(name, 'a', 990); /* where LEN gets a digit more by counting itself: 990+7+3 = 1000 has four */
    snprintf(records, sizeof records, "1001 path=%s\n", name);
    put(&out, name, 5);
    assert_pax(&out, records, "00000001751", "@", "", "00000000005");
    repeat(name, 'a', 991);
    snprintf(records, sizeof records, "1002 path=%s\n", name);
    put(&out, name, 5);
    assert_pax(&out, records, "00000001752", "@", "", "00000000005");
}

static void pax_size(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    char name[300], records[400];
    put(&out, "sample/data/files/disk", 8589934592);
    assert_pax(&out, "19 size=8589934592\n", "00000000023", "sample/data/files/disk", "", "00000000000");
    put(&out, "n", UINT64_MAX);
    assert_pax(&out, "29 size=18446744073709551615\n", "00000000035", "n", "", "00000000000");
    repeat(name, 'b', 150);
    snprintf(records, sizeof records, "160 path=%s\n19 size=8589934592\n", name);
    put(&out, name, 8589934592);
    assert_pax(&out, records, "00000000263", "@", "", "00000000000");
}

static void what_no_header_says(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    assert_int_equal(w_tarhead_put(&out, "", 0, 0, &err), HZ_E_FORMAT);
    assert_int_equal(w_tarhead_put(&out, "n", 0, W_TARHEAD_MTIME_MAX, &err), HZ_OK);
    assert_int_equal(w_tarhead_put(&out, "n", 0, W_TARHEAD_MTIME_MAX + 1, &err), HZ_E_FORMAT);
}

static void padding_and_end(void **state)
{
    (void)state;
    for (uint64_t size = 0; size < 2000; size++) {
        size_t pad = w_tarhead_padding(size);
        assert_true(pad < 512 && (size + pad) % 512 == 0);
    }
    for (uint64_t offset = 0; offset < 50000; offset += 512) {
        size_t end = w_tarhead_end(offset);
        assert_true(end >= 1024 && end < 1024 + 10240 && (offset + end) % 10240 == 0);
    }
}

TEST_MAIN(cmocka_unit_test(plain), cmocka_unit_test(split_names), cmocka_unit_test(pax_path),
          cmocka_unit_test(pax_size), cmocka_unit_test(what_no_header_says), cmocka_unit_test(padding_and_end))

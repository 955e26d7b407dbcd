#include <stdio.h>

#include "formats/read/tar.h"
#include "tests/unit/test.h"

static size_t encode(struct r_tar_head *head, unsigned char *out, const char *name, uint64_t size, uint64_t mtime)
{
    memset(head, 0, sizeof *head);
    snprintf(head->name, sizeof head->name, "%s", name);
    head->size = size;
    head->mtime = mtime;
    return r_tar_encode(head, out);
}

/* Name of n letters with a slash at some places */
static void make_name(char *name, size_t n, size_t every)
{
    size_t i;

    for (i = 0; i < n; i++)
        name[i] = every && i % every == every - 1 && i + 1 < n ? '/' : (char)('a' + i % 26);
    name[n] = 0;
}

static void test_round_trip(void **state)
{
    static const uint64_t sizes[] = { 0, 1, 511, 512, UINT64_C(8589934591), UINT64_C(8589934592), UINT64_C(1) << 61 };
    static const size_t slashes[] = { 0, 1, 3, 50, 99, 101, 150, 155, 156, 200 };
    char name[R_TAR_NAME_MAX + 1];
    size_t n, i, k, differs, len;

    (void)state;
    for (n = 1; n <= R_TAR_NAME_MAX; n += n < 300 ? 1 : 37)
        for (i = 0; i < sizeof slashes / sizeof slashes[0]; i++)
            for (k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
                unsigned char bytes[R_TAR_HEAD_MAX];
                struct r_tar_head head, again;

                make_name(name, n, slashes[i]);
                len = encode(&head, bytes, name, sizes[k], 1456822800);
                assert_int_not_equal(len, 0);
                assert_int_equal(len % 512, 0);
                if (!r_tar_read(bytes, len, &again, &differs))
                    fail_msg("name of %zu bytes, slash at %zu, size %llu: differs at %zu", n, slashes[i],
                             (unsigned long long)sizes[k], differs);
                assert_string_equal(again.name, name);
                assert_int_equal(again.size, sizes[k]);
                assert_int_equal(again.mtime, 1456822800);
            }
}

/* A header that names nothing cannot be understood */
static void test_no_name(void **state)
{
    unsigned char bytes[R_TAR_HEAD_MAX];
    char name[R_TAR_NAME_MAX + 1];
    struct r_tar_head head, again;
    size_t len = encode(&head, bytes, "a", 1, 2);

    (void)state;
    assert_int_equal(len, R_TAR_BLOCK);
    assert_true(r_tar_decode(bytes, len, &again));
    bytes[0] = 0;
    assert_false(r_tar_decode(bytes, len, &again));
    make_name(name, 300, 0);
    len = encode(&head, bytes, name, 1, 2);
    assert_true(len > R_TAR_BLOCK && r_tar_decode(bytes, len, &again));
    bytes[R_TAR_BLOCK] = 'x'; /* where its record states a length */
    assert_false(r_tar_decode(bytes, len, &again));
}

/* Where the name goes: field, prefix, pax */
static void test_form(void **state)
{
    unsigned char bytes[R_TAR_HEAD_MAX];
    struct r_tar_head head;
    char name[R_TAR_NAME_MAX + 1];

    (void)state;
    make_name(name, 100, 0);
    assert_int_equal(encode(&head, bytes, name, 5, 0), 512);
    assert_memory_equal(bytes, name, 100);
    make_name(name, 101, 0);
    assert_int_equal(encode(&head, bytes, name, 5, 0), 1536);
    assert_memory_equal(bytes, "@pax\0", 5);
    assert_int_equal(bytes[156], 'x');
    assert_memory_equal(bytes + 512, "111 path=", 9);
    assert_memory_equal(bytes + 1024, "@\0", 2);
    make_name(name, 101, 0);
    name[1] = '/';
    assert_int_equal(encode(&head, bytes, name, 5, 0), 512);
    assert_memory_equal(bytes + 345, "a\0", 2);
    assert_int_equal(encode(&head, bytes, "big", UINT64_C(8589934592), 0), 1536);
    assert_memory_equal(bytes + 512, "19 size=8589934592\n\0", 20);
    assert_memory_equal(bytes + 1024 + 124, "00000000000\0", 12);
    assert_int_equal(encode(&head, bytes, "small", UINT64_C(8589934591), 0), 512);
    assert_memory_equal(bytes + 124, "77777777777\0", 12);
}

static void test_limits(void **state)
{
    unsigned char bytes[R_TAR_HEAD_MAX];
    struct r_tar_head head;

    (void)state;
    assert_int_equal(encode(&head, bytes, "", 0, 0), 0);
    assert_int_equal(encode(&head, bytes, "a", UINT64_C(1) << 62, 0), 0);
    assert_int_equal(encode(&head, bytes, "a", 0, UINT64_C(1) << 33), 0);
    assert_int_equal(encode(&head, bytes, "a", 0, (UINT64_C(1) << 33) - 1), 512);
}

/* Each changed byte of each header form is a difference. Not so what pax records say: another name, written rightly, is
 * another name. */
static void test_every_byte(void **state)
{
    static const char *const names[] = { "SAMPLE-1/bagit.txt", "p" };
    char name[R_TAR_NAME_MAX + 1];
    size_t form, i, len, differs;

    (void)state;
    for (form = 0; form < 4; form++) {
        unsigned char bytes[R_TAR_HEAD_MAX];
        struct r_tar_head head, again;

        make_name(name, 600, 0);
        len = encode(&head, bytes, form < 2 ? names[form] : name, form == 3 ? UINT64_C(1) << 40 : 77, 99);
        for (i = 0; i < len; i++) {
            unsigned char old = bytes[i];
            bool record = len > 512 && i >= 512 && i < len - 512 && old;
            unsigned value;

            for (value = 0; value < 256; value++) {
                bytes[i] = (unsigned char)value;
                if (value != old && !record && r_tar_read(bytes, len, &again, &differs))
                    fail_msg("form %zu: byte %zu as %u was accepted", form, i, value);
                if (value == (old ^ 1u) && !record &&
                    (r_tar_read(bytes, len, &again, &differs) || differs / 512 != i / 512))
                    fail_msg("form %zu: byte %zu as %u is blamed on byte %zu", form, i, value, differs);
            }
            bytes[i] = old;
        }
        assert_true(r_tar_read(bytes, len, &again, &differs));
    }
}

static void put_pax(unsigned char *bytes, const char *records)
{
    struct r_tar_head head;
    unsigned char last[R_TAR_HEAD_MAX];
    size_t len;

    len = encode(&head, bytes, "@pax", strlen(records), 0);
    assert_int_equal(len, 512);
    bytes[156] = 'x';
    memset(bytes + 512, 0, 512);
    memcpy(bytes + 512, records, strlen(records));
    assert_int_equal(encode(&head, last, "@", 0, 0), 512);
    memcpy(bytes + 1024, last, 512);
}

static void test_hostile_pax(void **state)
{
    static const char *const records[] = {
        "12 path=abc\n", /* needless: the name fits */
        "11 path=abc\n",
        "13 path=abc\n",
        "012 path=abc\n",
        "12 path=abc",
        "12 Path=abc\n",
        "12 path:abc\n",
        " 12 path=abc\n",
        "99999999999999999999 path=a\n",
        "0 path=\n",
        "6 path\n",
        "8 path=\n",
        "9 size=5\n",
        "13 size=-100\n",
        "12 link=abc\n",
        "20 mtime=1456822800\n",
        "-1 path=a\n",
        "4 a\n",
        "1\n",
        "\n",
        "18446744073709551616 path=a\n",
    };
    unsigned char bytes[R_TAR_HEAD_MAX];
    struct r_tar_head head;
    size_t i, differs, padded;

    (void)state;
    for (i = 0; i < sizeof records / sizeof records[0]; i++) {
        put_pax(bytes, records[i]);
        assert_true(r_tar_pax_size(bytes, &padded));
        assert_int_equal(padded, 512);
        if (r_tar_read(bytes, 1536, &head, &differs))
            fail_msg("accepted: %s", records[i]);
    }
    encode(&head, bytes, "@pax", 0, 0);
    assert_false(r_tar_pax_size(bytes, &padded));
    encode(&head, bytes, "@pax", R_TAR_PAX_MAX + 1, 0);
    assert_false(r_tar_pax_size(bytes, &padded));
    encode(&head, bytes, "@pax", UINT64_C(8589934591), 0);
    assert_false(r_tar_pax_size(bytes, &padded));
}

TEST_MAIN(cmocka_unit_test(test_round_trip), cmocka_unit_test(test_no_name), cmocka_unit_test(test_form),
          cmocka_unit_test(test_limits), cmocka_unit_test(test_every_byte), cmocka_unit_test(test_hostile_pax))

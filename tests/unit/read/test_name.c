#include <stdio.h>

#include "formats/read/hash.h"
#include "formats/read/name.h"
#include "tests/unit/test.h"

static bool is_payload(const char *path)
{
    size_t source;

    return r_name_is_payload(path, strlen(path), &source);
}

static void test_items(void **state)
{
    char name[102];

    (void)state;
    assert_true(r_name_is_item("a", 1) && r_name_is_item("INC-42.web_01", 13) && r_name_is_item("0", 1));
    assert_false(r_name_is_item("", 0) || r_name_is_item(".a", 2) || r_name_is_item("-a", 2) ||
                 r_name_is_item("_a", 2) || r_name_is_item("a.", 2) || r_name_is_item("a/b", 3) ||
                 r_name_is_item("a b", 3) || r_name_is_item("a\0b", 3) || r_name_is_item("a=", 2) ||
                 r_name_is_item("\xc3\xa9", 2));
    memset(name, 'n', sizeof name);
    assert_true(r_name_is_item(name, 100));
    assert_false(r_name_is_item(name, 101));
}

static const char *const good_names[] = {
    "data/a/b",
    "data/files/etc/passwd",
    "data/files/=2E",
    "data/files/=2E=2E/x",
    "data/files/a=20b",
    "data/files/a..b",
    "data/files/.hidden",
    "data/files/..a",
    "data/files/@pax",
    "data/files/a,b+c@d",
    "data/files/=2Drf",
    "data/files/=43ON",
    "data/files/CONS",
    "data/files/COM0",
    "data/files/com10",
    "data/files/CO",
    "data/files/xCON",
    "data/files/=FF",
    "data/files/a=~00112233445566778899aabbccddeeff",
    "data/files/a=@0011223344556677",
    "data/files/a=~00112233445566778899aabbccddeeff=@0011223344556677",
    "data/s-1/x",
};
static const char *const bad_names[] = {
    "",
    "data",
    "data/",
    "data/files",
    "data/files/",
    "data//x",
    "data/Files/x",
    "data/1a/x",
    "data/-a/x",
    "data/f_s/x",
    "data/abcdefghijklmnopqrstuvwxyz0123456/x",
    "Data/files/x",
    "/data/files/x",
    "data/files//x",
    "data/files/x/",
    "data/files/.",
    "data/files/..",
    "data/files/./x",
    "data/files/../x",
    "data/files/x/..",
    "data/files/a.",
    "data/files/a./b",
    "data/files/-x",
    "data/files/a b",
    "data/files/a\\b",
    "data/files/a\nb",
    "data/files/a:b",
    "data/files/a=",
    "data/files/a=2",
    "data/files/a=2e",
    "data/files/a=g0",
    "data/files/a=G0",
    "data/files/\xc3\xa9",
    "data/files/CON",
    "data/files/con",
    "data/files/Con.txt",
    "data/files/NUL.tar.gz",
    "data/files/aux/x",
    "data/files/LPT1",
    "data/files/com9.x",
    "data/files/prn",
    "data/files/=~00112233445566778899aabbccddeeff",
    "data/files/=@0011223344556677",
    "data/files/a=~00112233445566778899aabbccddeefF",
    "data/files/a=~0011",
    "data/files/a=@00112233445566778",
    "data/files/a=@0011223344556677x",
    "data/files/a=@0011223344556677=@0011223344556677",
    "data/files/a=@0011223344556677=~00112233445566778899aabbccddeeff",
    "data/files/a*b",
    "data/files/a\"b",
    "data/files/a~",
};

static void test_grammar(void **state)
{
    char path[1100] = "data/files/";
    size_t i, source;

    (void)state;
    for (i = 0; i < sizeof good_names / sizeof good_names[0]; i++)
        if (!is_payload(good_names[i]))
            fail_msg("refused: %s", good_names[i]);
    for (i = 0; i < sizeof bad_names / sizeof bad_names[0]; i++)
        if (is_payload(bad_names[i]))
            fail_msg("accepted: %s", bad_names[i]);
    assert_false(r_name_is_payload("data/files/a\0b", 14, &source));
    memset(path + 11, 'n', 198);
    assert_true(r_name_is_payload(path, 11 + 198, &source));
    assert_int_equal(source, 5);
    path[11 + 198] = 'n';
    assert_false(r_name_is_payload(path, 11 + 199, &source));
    for (i = 11; i < sizeof path; i++)
        path[i] = i % 100 ? 'n' : '/';
    path[900] = 'y';
    assert_true(r_name_is_payload(path, 899, &source) && r_name_is_payload(path, 900, &source));
    assert_false(r_name_is_payload(path, 901, &source));
}

static int compare(const char *a, const char *b)
{
    return r_name_compare(a, strlen(a), b, strlen(b));
}

static void test_order(void **state)
{
    static const char *const ascending[] = { "data/f/=2E",   "data/f/A+",   "data/f/a,", "data/f/A-b",  "data/f/a.b",
                                             "data/f/A0",    "data/f/a=20", "data/f/a@", "data/f/AB/c", "data/f/ab-",
                                             "data/f/B/a/z", "data/f/b/B",  "data/f/b+", "data/f/b_",   "data/f/ba" };
    size_t i, j, n = sizeof ascending / sizeof ascending[0];

    (void)state;
    for (i = 0; i < n; i++)
        for (j = 0; j < n; j++)
            if (compare(ascending[i], ascending[j]) != (i < j ? -1 : i > j))
                fail_msg("%s and %s: %d", ascending[i], ascending[j], compare(ascending[i], ascending[j]));
    assert_int_equal(compare("data/f/A", "data/f/a"), 0);
    assert_int_equal(compare("data/f/a", "data/f/A/b"), -2);
    assert_int_equal(compare("data/f/A/b", "data/f/a"), 2);
    assert_int_equal(compare("data/f/a", "data/f/ab"), -1);
}

static bool is_origin(const char *text)
{
    return r_name_is_origin((const unsigned char *)text, strlen(text));
}

static void test_origins(void **state)
{
    (void)state;
    assert_true(is_origin("/a") && is_origin("/etc/passwd") && is_origin("/...") && is_origin("/\xff/\n") &&
                is_origin("/.a/..b"));
    assert_false(is_origin("") || is_origin("/") || is_origin("a") || is_origin("//a") || is_origin("/a/") ||
                 is_origin("/a//b") || is_origin("/.") || is_origin("/..") || is_origin("/a/../b") ||
                 is_origin("/a/.") || is_origin("./a"));
    assert_false(r_name_is_origin((const unsigned char *)"/a\0b", 4));
}

static bool matches(const char *path, const char *raw)
{
    return r_name_match(path, strlen(path), (const unsigned char *)raw, strlen(raw)) == HZ_OK;
}

static void test_mapping(void **state)
{
    (void)state;
    assert_true(matches("data/files/etc/passwd", "/etc/passwd"));
    assert_true(matches("data/ns/4026531840/etc/passwd", "/etc/passwd"));
    assert_true(matches("data/files/=2D-x/a=2E", "/--x/a."));
    assert_true(matches("data/files/...=2E", "/...."));
    assert_true(matches("data/files/=43ON.txt/=6Cpt1", "/CON.txt/lpt1"));
    assert_true(matches("data/files/a=3Db=5Cc", "/a=b\\c"));
    assert_true(matches("data/files/=E6=97=A5", "/\xe6\x97\xa5"));
    assert_false(matches("data/files/etc/passwd", "/etc/shadow") || matches("data/files/etc/passwd", "/etc") ||
                 matches("data/files/etc", "/etc/passwd") || matches("data/files/etc/passwd", "etc/passwd") ||
                 matches("data/files/a=41", "/aA") || matches("data/ns/etc/passwd", "/etc/passwd") ||
                 matches("data/ns/01/etc/passwd", "/etc/passwd") || matches("data/files/ETC/passwd", "/etc/passwd"));
}

/* Twin suffixes and shortened names carry the digest of the raw component; these are what sha256sum says of "Readme"
 * and of 300 times n */
static void test_digests(void **state)
{
    static const char cut[] = "=~230b077491957fb486227d8d66cc84eb";
    char raw[302] = "/", path[256] = "data/files/";

    (void)state;
    assert_true(matches("data/files/Readme=@44ff26388205705f", "/Readme"));
    assert_true(matches("data/files/Readme=@44ff26388205705f/x", "/Readme/x"));
    assert_false(matches("data/files/Readme=@44ff26388205705e", "/Readme"));
    assert_false(matches("data/files/readme=@44ff26388205705f", "/Readme"));
    memset(raw + 1, 'n', 300);
    raw[301] = 0;
    memset(path + 11, 'n', 140);
    memcpy(path + 151, cut, sizeof cut);
    assert_true(matches(path, raw));
    path[170] ^= 1;
    assert_false(matches(path, raw));
}

/* Eleven components of 90 letters do not fit 900 bytes, five do. Digests by sha256sum. */
static void test_long(void **state)
{
    static const char *const digests[] = {
        "b601233f439a69cae23839120a7ef4e887ad5a6d8fbaac826992a1b81c4b357a",
        "8a18e390db5bbfd4b71341a8c88eca3e627d31272c1850a7279d392a7c97e1b9",
    };
    char raw[1100] = "", path[128];
    size_t i;

    (void)state;
    for (i = 0; i < 11; i++) {
        raw[i * 91] = '/';
        memset(raw + i * 91 + 1, 'd', 90);
    }
    snprintf(path, sizeof path, "data/long/files/%s", digests[0]);
    assert_true(matches(path, raw));
    path[20] ^= 1;
    assert_false(matches(path, raw));
    raw[5 * 91] = 0;
    snprintf(path, sizeof path, "data/long/files/%s", digests[1]);
    assert_false(matches(path, raw));
}

/* Each component of two raw bytes maps to one name that the grammar takes and that maps back to it, and no two of them
 * have the same */
static void test_all_pairs(void **state)
{
    unsigned a, b;
    size_t source;

    (void)state;
    for (a = 1; a < 256; a++)
        for (b = 1; b < 256; b++) {
            HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(64);
            unsigned char raw[3] = { '/', (unsigned char)a, (unsigned char)b };

            if (a == '/' || b == '/')
                continue;
            buf_puts(&path, "data/files/");
            assert_int_equal(r_name_map(&path, raw + 1, 2), HZ_OK);
            if (!r_name_is_payload((char *)path.data, path.len, &source))
                fail_msg("%02x%02x: not a name", a, b);
            if (a == '.' && b == '.')
                continue; /* no origin, but a name */
            assert_int_equal(r_name_match((char *)path.data, path.len, raw, 3), HZ_OK);
            raw[2] ^= 1;
            if (raw[2] && raw[2] != '/')
                assert_int_equal(r_name_match((char *)path.data, path.len, raw, 3), HZ_E_INVALID);
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
        cmocka_unit_test(test_items),   cmocka_unit_test(test_grammar),   cmocka_unit_test(test_order),
        cmocka_unit_test(test_origins), cmocka_unit_test(test_mapping),   cmocka_unit_test(test_digests),
        cmocka_unit_test(test_long),    cmocka_unit_test(test_all_pairs),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

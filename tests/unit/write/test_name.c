#include "formats/write/name.h"

#include <stdlib.h>

#include "tests/unit/write/vectors.h"

#define PAIRS (254 * 254) /* bytes but NUL and '/' */

static struct hz_error err;

static const char *map(struct buf *out, const void *raw, size_t len)
{
    buf_reset(out);
    assert_int_equal(w_name_component(out, raw, len, &err), HZ_OK);
    return buf_text(out);
}

static void assert_maps(const char *raw, const char *mapped)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1024);
    assert_string_equal(map(&out, raw, strlen(raw)), mapped);
}

/* The inverse of rules 1 and 2, written without a look at the code. */
static size_t unmap(unsigned char *raw, const char *mapped)
{
    size_t len = 0;
    for (; *mapped != '\0'; mapped++) {
        if (*mapped != '=') {
            raw[len++] = (unsigned char)*mapped;
            continue;
        }
        const char digits[] = "0123456789ABCDEF";
        const char *high = strchr(digits, mapped[1]), *low = high != NULL ? strchr(digits, mapped[2]) : NULL;
        assert_true(high != NULL && low != NULL && mapped[1] != '\0' && mapped[2] != '\0');
        raw[len++] = (unsigned char)((high - digits) << 4 | (low - digits));
        mapped += 2;
    }
    return len;
}

/* Grammar of section 3, for a component without suffix. */
static void assert_grammar(const char *mapped)
{
    const char *safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+,@-=";
    size_t len = strlen(mapped);
    char path[400];
    assert_true(len >= 1 && len <= W_NAME_COMPONENT_MAX);
    assert_int_equal(strspn(mapped, safe), len);
    assert_true(mapped[0] != '-' && mapped[len - 1] != '.');
    snprintf(path, sizeof path, "data/files/%s", mapped);
    assert_true(w_name_payload_valid(path, strlen(path)));
}

static int compare_text(const void *a, const void *b)
{
    return memcmp(a, b, 8);
}

static void every_pair_of_bytes(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1024);
    char(*seen)[8] = calloc(PAIRS, 8);
    size_t count = 0;
    assert_non_null(seen);
    for (unsigned pair = 0; pair < 65536; pair++) {
        unsigned char raw[2] = { (unsigned char)(pair >> 8), (unsigned char)pair }, back[8];
        if (raw[0] == 0 || raw[1] == 0 || raw[0] == '/' || raw[1] == '/') {
            assert_int_equal(w_name_component(&out, raw, 2, &err), HZ_E_FORMAT);
            continue;
        }
        const char *mapped = map(&out, raw, 2);
        assert_grammar(mapped);
        assert_int_equal(unmap(back, mapped), 2);
        assert_memory_equal(back, raw, 2);
        assert_true(out.len < 8);
        memcpy(seen[count++], mapped, out.len);
    }
    assert_int_equal(count, PAIRS);
    qsort(seen, count, 8, compare_text);
    for (size_t i = 1; i < count; i++)
        assert_memory_not_equal(seen[i - 1], seen[i], 8);
    free(seen);
}

static void rules_one_and_two(void **state)
{
    (void)state;
    assert_maps("passwd", "passwd");
    assert_maps("a.b_c+d,e@f-g", "a.b_c+d,e@f-g");
    assert_maps(".", "=2E");
    assert_maps("..", "=2E=2E");
    assert_maps("...", "..=2E");
    assert_maps(".bashrc", ".bashrc");
    assert_maps("end.", "end=2E");
    assert_maps("-rf", "=2Drf");
    assert_maps("-", "=2D");
    assert_maps("a=b", "a=3Db");
    assert_maps("a b~", "a=20b=7E");
    assert_maps("back\\slash\n", "back=5Cslash=0A");
    assert_maps("\xe8\xa8\xbc", "=E8=A8=BC");
}

static void device_names(void **state)
{
    (void)state;
    const char *const devices[] = { "CON", "prn", "Aux", "nUL", "COM1", "com9", "LPT5" };
    const char *const others[] = { "CONS", "COM", "COM0", "COM10", "CO", "xCON", "lpt", "_con", "con1", "x.con" };
    const char *const ends[] = { "", ".txt", ".tar.gz" };
    char raw[32], mapped[40];
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        for (size_t e = 0; e < 3; e++) {
            snprintf(raw, sizeof raw, "%s%s", devices[i], ends[e]);
            snprintf(mapped, sizeof mapped, "=%02X%s", (unsigned)raw[0], raw + 1);
            assert_maps(raw, mapped);
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_maps(others[i], others[i]);
    assert_maps("CON.", "=43ON=2E");
    assert_maps("con .txt", "con=20.txt");
    assert_false(w_name_payload_valid("data/files/CON", 14));
    assert_false(w_name_payload_valid("data/files/lpt1.txt/x", 21));
}

static void long_components(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1024);
    char raw[256];
    memset(raw, 'x', sizeof raw);
    for (size_t len = 1; len <= 180; len++)
        assert_int_equal(strlen(map(&out, raw, len)), len);
    for (size_t len = 181; len <= 255; len++) {
        const char *mapped = map(&out, raw, len);
        assert_int_equal(out.len, 140 + 2 + 32);
        assert_memory_equal(mapped + 138, "xx=~", 4);
        char path[300];
        snprintf(path, sizeof path, "data/files/%s=@0123456789abcdef", mapped);
        assert_true(w_name_payload_valid(path, strlen(path)));
    }
    /* SHA-256 of 255 times 'x', from sha256sum */
    assert_string_equal(map(&out, raw, 255) + 142, "d22609da3ae3956ca4877056a8e580ee");
}

/* Each byte an escape of three: where the cut at 140 falls inside one, it goes before it. */
static void cut_between_escapes(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1024);
    for (size_t lead = 0; lead < 3; lead++) {
        char raw[80];
        memset(raw, 0xE3, sizeof raw);
        memset(raw, 'a', lead);
        const char *mapped = map(&out, raw, sizeof raw);
        size_t whole = lead + (140 - lead) / 3 * 3;
        assert_int_equal(out.len, whole + 34);
        assert_memory_equal(mapped + whole - 3, "=E3=~", 5);
    }
    char plain[60]; /* 60 escapes are exactly 180 bytes: kept */
    memset(plain, 0xE3, sizeof plain);
    assert_int_equal(strlen(map(&out, plain, sizeof plain)), 180);
}

static void naughty_strings(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf list = BUF_INIT(1 << 20), out = BUF_INIT(4096);
    vectors_read(&list, "names/blns.txt");
    size_t tried = 0;
    for (char *p = (char *)list.data; *p != '\0';) {
        size_t len = strcspn(p, "/\n");
        if (len > 0 && len < 256) {
            unsigned char back[800];
            const char *mapped = map(&out, p, len);
            assert_true(out.len <= 180);
            if (strstr(mapped, "=~") == NULL) {
                assert_grammar(mapped);
                assert_int_equal(unmap(back, mapped), len);
                assert_memory_equal(back, p, len);
            }
            tried++;
        }
        p += len + (p[len] != '\0');
    }
    assert_true(tried > 400);
}

static void twins(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1024);
    map(&out, "abc", 3);
    assert_int_equal(w_name_twin(&out, "abc", 3, &err), HZ_OK);
    assert_string_equal(buf_text(&out), "abc=@ba7816bf8f01cfea"); /* FIPS 180-4 example */
    assert_true(w_name_compare("Makefile", 8, "makefile", 8) == 0);
    assert_true(w_name_raw_compare("Makefile", 8, "makefile", 8) < 0);
    assert_true(w_name_raw_compare("a", 1, "a\xff", 2) < 0);
    assert_true(w_name_raw_compare("\xff", 1, "a", 1) > 0);
    assert_true(w_name_raw_compare("", 0, "", 0) == 0);
}

/* The order as section 3 words it: component by component. */
static int slow_compare(const char *a, const char *b)
{
    for (;;) {
        size_t a_len = strcspn(a, "/"), b_len = strcspn(b, "/");
        for (size_t i = 0; i < a_len && i < b_len; i++) {
            int x = a[i] >= 'A' && a[i] <= 'Z' ? a[i] + 32 : a[i], y = b[i] >= 'A' && b[i] <= 'Z' ? b[i] + 32 : b[i];
            if (x != y)
                return x - y;
        }
        if (a_len != b_len)
            return a_len < b_len ? -1 : 1;
        if (a[a_len] == '\0' || b[b_len] == '\0')
            return (a[a_len] != '\0') - (b[b_len] != '\0');
        a += a_len + 1;
        b += b_len + 1;
    }
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void order(void **state)
{
    (void)state;
    const char *const paths[] = { "a",    "A",  "a/b", "a.b", "a+b/c", "a,b", "a-b", "ab",  "a/b/c", "a/B.c", "a/b-c",
                                  "a=2E", "a_", "b",   "Z",   "[",     "a/Z", "aZ",  "a/_", "0",     "a@",    "a/b/C" };
    const size_t count = sizeof paths / sizeof paths[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int got = w_name_compare(paths[i], strlen(paths[i]), paths[j], strlen(paths[j]));
            assert_int_equal(sign(got), sign(slow_compare(paths[i], paths[j])));
        }
    }
    assert_true(w_name_compare("a/z", 3, "a.b", 3) < 0); /* though '/' comes after '.' in ASCII */
    assert_true(w_name_is_folder_of("data/s/A", 8, "data/s/a/b", 10));
    assert_false(w_name_is_folder_of("data/s/a", 8, "data/s/ab", 9));
    assert_false(w_name_is_folder_of("data/s/a", 8, "data/s/a", 8));
}

static void paths(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(4096);
    const char *const bad[] = { "", "/", "a", "a/b", "//a", "/a//b", "/a/", "/./a", "/a/..", "/a/../b" };
    assert_int_equal(w_name_path(&out, "files", "/etc/-x/CON", 11, &err), HZ_OK);
    assert_string_equal(buf_text(&out), "data/files/etc/=2Dx/=43ON");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(w_name_path(&out, "files", bad[i], strlen(bad[i]), &err), HZ_E_FORMAT);
    buf_reset(&out);
    assert_int_equal(w_name_path(&out, "files", "/.../..a", 8, &err), HZ_OK);
    assert_string_equal(buf_text(&out), "data/files/..=2E/..a");
    buf_reset(&out);
    assert_int_equal(w_name_long(&out, "files", "abc", 3, &err), HZ_OK);
    assert_string_equal(buf_text(&out),
                        "data/long/files/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(w_name_payload_valid((const char *)out.data, out.len));
}

static void payload_grammar(void **state)
{
    (void)state;
    const char *const bad[] = { "",
                                "data",
                                "data/",
                                "data/files",
                                "data/files/",
                                "data/Files/a",
                                "data//a",
                                "meta/files/a",
                                "data/files/a//b",
                                "data/files/a/",
                                "data/files/.",
                                "data/files/../a",
                                "data/files/a.",
                                "data/files/-a",
                                "data/files/a b",
                                "data/files/a=2e",
                                "data/files/a=2",
                                "data/files/a=",
                                "data/files/a=@0123456789abcdeF",
                                "data/files/a=@0123456789abcde",
                                "data/files/a=@0123456789abcdefg",
                                "data/files/a=@0123456789abcdef=@0123456789abcdef",
                                "data/files/=@0123456789abcdef",
                                "data/files/=~0123456789abcdef0123456789abcdef/a",
                                "data/files/a=~0123456789abcdef",
                                "data/files/a=~0123456789abcdef0123456789abcdefx",
                                "data/files/a\n" };
    const char *const good[] = { "data/files/a", "data/x/a/b/c", "data/files/a=20b", "data/files/a=@0123456789abcdef/b",
                                 "data/files/a=~0123456789abcdef0123456789abcdef" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (w_name_payload_valid(bad[i], strlen(bad[i])))
            fail_msg("accepted: %s", bad[i]);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!w_name_payload_valid(good[i], strlen(good[i])))
            fail_msg("refused: %s", good[i]);
    }
    char path[902] = "data/files";
    for (size_t i = 10; i < 901; i++)
        path[i] = i % 150 == 10 ? '/' : 'a';
    assert_true(w_name_payload_valid(path, 900));
    assert_false(w_name_payload_valid(path, 901));
    memset(path + 11, 'a', 200);
    path[11 + 198] = '/';
    assert_true(w_name_payload_valid(path, 300));
    path[11 + 198] = 'a';
    path[11 + 199] = '/';
    assert_false(w_name_payload_valid(path, 300));
}

static void items_and_sources(void **state)
{
    (void)state;
    char item[102] = "";
    memset(item, 'a', 100);
    assert_true(w_name_item_valid(item) && w_name_item_valid("INC-42_web.01") && w_name_item_valid("0"));
    item[100] = 'a';
    assert_false(w_name_item_valid(item) || w_name_item_valid("") || w_name_item_valid("a.") ||
                 w_name_item_valid(".a"));
    assert_false(w_name_item_valid("-a") || w_name_item_valid("a/b") || w_name_item_valid("a b"));
    assert_true(w_name_source_valid("a") && w_name_source_valid("host-tools2"));
    assert_true(w_name_source_valid("abcdefghijklmnopqrstuvwxyz012345"));
    assert_false(w_name_source_valid("abcdefghijklmnopqrstuvwxyz0123456") || w_name_source_valid(""));
    assert_false(w_name_source_valid("2a") || w_name_source_valid("A") || w_name_source_valid("a_b"));
}

TEST_MAIN(cmocka_unit_test(every_pair_of_bytes), cmocka_unit_test(rules_one_and_two), cmocka_unit_test(device_names),
          cmocka_unit_test(long_components), cmocka_unit_test(cut_between_escapes), cmocka_unit_test(naughty_strings),
          cmocka_unit_test(twins), cmocka_unit_test(order), cmocka_unit_test(paths), cmocka_unit_test(payload_grammar),
          cmocka_unit_test(items_and_sources))

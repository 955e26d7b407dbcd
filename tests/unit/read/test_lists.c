/* The small parts: lines, manifests, Merkle trees, bag files, windows, listings. */
#include <stdio.h>
#include <stdlib.h>

#include "base/io_rw.h"
#include "base/text.h"
#include "formats/read/bag.h"
#include "formats/read/line.h"
#include "formats/read/listing.h"
#include "formats/read/manifest.h"
#include "formats/read/merkle.h"
#include "formats/read/tally.h"
#include "formats/read/window.h"
#include "tests/unit/test.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000  "

static int take_line(void *context, const char *line, size_t len, uint64_t number, uint64_t offset,
                     struct hz_error *err)
{
    struct buf *out = context;

    (void)err;
    buf_printf(out, "%llu@%llu<", (unsigned long long)number, (unsigned long long)offset);
    buf_put(out, line, len);
    buf_putc(out, '>');
    return out->failed;
}

static void split(const char *text, size_t chunk, size_t limit, struct r_line *l, struct buf *out)
{
    size_t at, len = strlen(text);

    buf_reset(out);
    r_line_begin(l, limit);
    for (at = 0; at < len; at += chunk)
        assert_int_equal(r_line_put(l, text + at, len - at < chunk ? len - at : chunk, take_line, out, NULL), HZ_OK);
}

static void test_lines(void **state)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(4096);
    HZ_CLEANUP(r_line_free) struct r_line l = { .limit = 0 };
    size_t chunk;

    (void)state;
    for (chunk = 1; chunk < 12; chunk++) {
        split("a\n\nlonger\nx", chunk, 6, &l, &out);
        assert_string_equal(buf_text(&out), "1@0<a>2@2<>3@3<longer>");
        assert_false(r_line_whole(&l));
        split("a\nb\n", chunk, 6, &l, &out);
        assert_string_equal(buf_text(&out), "1@0<a>2@2<b>");
        assert_true(r_line_whole(&l));
        split("ok\nlonger!\nok\n", chunk, 6, &l, &out);
        assert_string_equal(buf_text(&out), "1@0<ok>");
        assert_true(l.too_long);
        assert_false(r_line_whole(&l));
    }
}

static void test_manifest(void **state)
{
    static const char good[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  data/a/b";
    unsigned char digest[R_SHA256_SIZE];
    const char *path;
    char line[sizeof good];
    size_t len, i;

    (void)state;
    assert_int_equal(r_manifest_line(good, sizeof good - 1, digest, R_SHA256_SIZE, &path, &len), HZ_OK);
    assert_int_equal(len, 8);
    assert_memory_equal(path, "data/a/b", 8);
    assert_int_equal(digest[0], 0xe3);
    assert_int_equal(r_manifest_line(good, 66, digest, R_SHA256_SIZE, &path, &len), HZ_E_FORMAT);
    for (i = 0; i < 66; i++) { /* upper case, another separator, not hex */
        memcpy(line, good, sizeof good);
        line[i] = i < 64 ? 'E' : '*';
        assert_int_equal(r_manifest_line(line, sizeof good - 1, digest, R_SHA256_SIZE, &path, &len), HZ_E_FORMAT);
    }
}

/* RFC 9162 section 2.1.1 by its recursive definition */
static void tree(struct r_hash *h, unsigned first, unsigned count, unsigned char *out)
{
    unsigned char left[R_SHA256_SIZE], right[R_SHA256_SIZE], leaf[2] = { 0, (unsigned char)first };
    unsigned k = 1;

    if (count == 1) {
        r_hash_sha256(out, leaf, 2);
        return;
    }
    while (k * 2 < count)
        k *= 2;
    tree(h, first, k, left);
    tree(h, first + k, count - k, right);
    r_merkle_node(left, right, out);
}

static void test_merkle(void **state)
{
    unsigned char want[R_SHA256_SIZE], root[R_SHA256_SIZE];
    struct r_merkle m;
    struct r_hash h;
    unsigned count;
    char hex[R_SHA256_HEX];

    (void)state;
    assert_int_equal(r_hash_open(&h, R_SHA256, NULL), HZ_OK);
    r_merkle_begin(&m);
    r_merkle_root(&m, &h, root);
    text_hex(hex, root, sizeof root);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (count = 1; count < 200; count++) {
        unsigned char leaf = (unsigned char)(count - 1);
        r_merkle_add(&m, &h, &leaf, 1);
        r_merkle_root(&m, &h, root);
        tree(&h, 0, count, want);
        assert_memory_equal(root, want, sizeof root);
    }
    r_hash_close(&h);
}

static void check_verify_text(const char *name, const char *digest)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(65536);
    unsigned char sha256[R_SHA256_SIZE];
    const char *source = getenv("HOZEN_SOURCE");
    char path[4096], hex[R_SHA256_HEX];

    snprintf(path, sizeof path, "%s/formats/spec/%s", source ? source : ".", name);
    assert_int_equal(io_read_file(path, &text, NULL), HZ_OK);
    r_hash_sha256(sha256, text.data, text.len);
    text_hex(hex, sha256, sizeof sha256);
    assert_string_equal(hex, digest);
}

static void test_verify_texts(void **state)
{
    (void)state;
    check_verify_text("VERIFY.ja.txt", r_bag_verify_ja);
    check_verify_text("VERIFY.en.txt", r_bag_verify_en);
}

#define INFO "External-Identifier: A\nBagging-Date: 2026-11-20\nPayload-Oxum: 10.2\n"
#define REST "Contact-Name: Sato Hanako\nInternal-Sender-Identifier: INC-1\nBag-Software-Agent: x 1\n"

static int info(const char *text)
{
    struct r_bag_info out;

    return r_bag_info(text, strlen(text), &out);
}

static void test_info(void **state)
{
    static const char *const bad[] = {
        "",
        INFO,
        REST,
        INFO REST "x",
        INFO REST "\n",
        INFO REST "More: x\n",
        REST INFO,
        "External-Identifier: A \n",
        "External-Identifier:A\nBagging-Date: 2026-11-20\nPayload-Oxum: 10.2\n" REST,
        "External-Identifier: A\r\nBagging-Date: 2026-11-20\nPayload-Oxum: 10.2\n" REST,
        "External-Identifier: \nBagging-Date: 2026-11-20\nPayload-Oxum: 10.2\n" REST,
        "External-Identifier: A\nBagging-Date: 2026-11-20\nPayload-Oxum: 10\n" REST,
        "External-Identifier: A\nBagging-Date: 2026-11-20\nPayload-Oxum: 010.2\n" REST,
        "External-Identifier: A\nBagging-Date: 2026-11-20\nPayload-Oxum: 10.2.\n" REST,
        "External-Identifier: \x1b[m\nBagging-Date: 2026-11-20\nPayload-Oxum: 10.2\n" REST,
        "External-Identifier: \xff\nBagging-Date: 2026-11-20\nPayload-Oxum: 10.2\n" REST,
        INFO "Source-Organization: \n" REST,
        INFO "Source-Organization: A\nSource-Organization: A\n" REST,
        INFO "source-organization: A\n" REST,
    };
    struct r_bag_info out;
    size_t i;

    (void)state;
    assert_int_equal(r_bag_info(INFO REST, sizeof INFO REST - 1, &out), HZ_OK);
    assert_true(out.octets == 10 && out.count == 2 && out.contact.len == 11 && !out.organisation.at);
    assert_int_equal(info(INFO "Source-Organization: \xe4\xbf\x9d\xe5\x85\xa8\n" REST), HZ_OK);
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (info(bad[i]) != HZ_E_FORMAT)
            fail_msg("accepted: %s", bad[i]);
}

/* A value has 1 to 500 bytes, none of them NUL */
static void test_info_values(void **state)
{
    static const char nul[] = "External-Identifier: A\0B\nBagging-Date: 2026-11-20\nPayload-Oxum: 10.2\n" REST;
    struct r_bag_info out;

    (void)state;
    assert_int_equal(r_bag_info(nul, sizeof nul - 1, &out), HZ_E_FORMAT);
    for (size_t len = 499; len <= 502; len++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);

        buf_puts(&text, INFO "Contact-Name: ");
        memset(buf_grow(&text, len), 'x', len);
        buf_puts(&text, "\nInternal-Sender-Identifier: INC-1\nBag-Software-Agent: x 1\n");
        assert_int_equal(info(buf_text(&text)), len <= 500 ? HZ_OK : HZ_E_FORMAT);
    }
    for (size_t cut = 1; cut < sizeof REST; cut++) /* no line may be left out, nor any part of one */
        assert_int_equal(r_bag_info(INFO REST, sizeof INFO REST - 1 - cut, &out), HZ_E_FORMAT);
}

static void test_small_files(void **state)
{
    static const char root[] = "12\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n";
    unsigned char digest[R_SHA256_SIZE];
    uint64_t count;
    char date[11];

    (void)state;
    assert_int_equal(r_bag_merkle(root, sizeof root - 1, &count, digest), HZ_OK);
    assert_int_equal(count, 12);
    assert_int_equal(r_bag_merkle(root, sizeof root - 2, &count, digest), HZ_E_FORMAT);
    assert_int_equal(r_bag_merkle(root + 1, sizeof root - 2, &count, digest), HZ_OK);
    assert_int_equal(r_bag_merkle(root + 2, sizeof root - 3, &count, digest), HZ_E_FORMAT);
    assert_int_equal(r_bag_merkle("", 0, &count, digest), HZ_E_FORMAT);
    assert_true(r_bag_is_blind(root + 3, 65));
    assert_false(r_bag_is_blind(root + 3, 64) || r_bag_is_blind(root + 2, 65));
    r_bag_date(date, (struct stamp) { .seconds = 1795176000 });
    assert_string_equal(date, "2026-11-20");
    r_bag_date(date, (struct stamp) { .seconds = INT64_C(1) << 60 });
    assert_string_equal(date, "0001-01-01");
}

static void test_tally(void **state)
{
    struct r_tally t = { .sources = 0 };
    char name[16];
    int i;

    (void)state;
    assert_true(r_tally_add(&t, "files", 5) && !r_tally_add(&t, "files", 5) && r_tally_add(&t, "file", 4));
    assert_true(r_tally_get(&t, "files") == 2 && r_tally_get(&t, "file") == 1 && r_tally_get(&t, "fil") == 0);
    for (i = 0; i < R_TALLY_SOURCES; i++) {
        snprintf(name, sizeof name, "s%d", i);
        r_tally_add(&t, name, strlen(name));
    }
    assert_true(t.full && t.sources == R_TALLY_SOURCES);
}

static void test_window(void **state)
{
    struct r_window w;
    char path[32];
    size_t i, at = 0;

    (void)state;
    assert_int_equal(r_window_open(&w, NULL), HZ_OK);
    for (i = 0; i < R_WINDOW_FILES + 3; i++) {
        int n = snprintf(path, sizeof path, "data/files/%zu", i);
        assert_int_equal(r_window_add(&w, path, (size_t)n, i, 512 * i, false, NULL), HZ_OK);
    }
    assert_int_equal(w.overflow, 3);
    w.next = 4000;
    assert_non_null(r_window_find(&w, "data/files/17", 13, &at));
    assert_int_equal(at, 17);
    assert_non_null(r_window_find(&w, "data/files/8191", 15, &at));
    assert_int_equal(at, 8191);
    assert_null(r_window_find(&w, "data/files/8192", 15, &at));
    assert_null(r_window_find(&w, "data/files/1", 11, &at));
    w.hasty = true; /* only the next one is looked at */
    assert_null(r_window_find(&w, "data/files/17", 13, &at));
    assert_null(r_window_find(&w, "data/files/4001", 15, &at));
    assert_non_null(r_window_find(&w, "data/files/4000", 15, &at));
    assert_int_equal(at, 4000);
    w.next = w.count;
    assert_null(r_window_find(&w, "data/files/4000", 15, &at));
    w.hasty = false;
    r_window_clear(&w);
    assert_null(r_window_find(&w, "data/files/17", 13, &at));
    r_window_close(&w);
}

/* A manifest of n lines, one of which (from 1; 0: none) is another one than the catalog's */
static void compare_lists(struct r_listing *l, uint64_t n, uint64_t manifest_lines, uint64_t other,
                          unsigned char manifest[R_SHA256_SIZE])
{
    const unsigned char digest[R_SHA256_SIZE] = { 0 };
    struct r_hash hash = { 0 };
    char line[128], path[32];
    uint64_t i;

    assert_int_equal(r_listing_open(l, NULL), HZ_OK);
    assert_int_equal(r_hash_open(&hash, R_SHA256, NULL), HZ_OK);
    for (i = 1; i <= n; i++) {
        int len = snprintf(path, sizeof path, "data/f/%08llu", (unsigned long long)i);
        assert_int_equal(r_listing_catalog(l, digest, path, (size_t)len, NULL), HZ_OK);
    }
    for (i = 1; i <= manifest_lines; i++) {
        int len = snprintf(line, sizeof line, ZEROS "data/%c/%08llu", i == other ? 'g' : 'f', (unsigned long long)i);
        r_listing_manifest(l, line, (size_t)len);
        r_hash_put(&hash, line, (size_t)len);
        r_hash_put(&hash, "\n", 1);
    }
    r_hash_finish(&hash, manifest);
    r_hash_close(&hash);
}

static void test_listing(void **state)
{
    unsigned char m[R_SHA256_SIZE];
    struct r_listing l;

    (void)state;
    compare_lists(&l, 5000, 5000, 0, m);
    assert_true(r_listing_same(&l, m) && !l.differs);
    r_listing_close(&l);
    compare_lists(&l, 5000, 5000, 0, m);
    m[31] ^= 1;
    assert_true(!r_listing_same(&l, m) && !l.differs);
    r_listing_close(&l);
    compare_lists(&l, 0, 0, 0, m);
    assert_true(r_listing_same(&l, m));
    r_listing_close(&l);
    compare_lists(&l, 5000, 5000, 4321, m);
    assert_true(!r_listing_same(&l, m) && l.differs && !l.by_segment && l.at == 4321);
    assert_non_null(strstr(l.path, "data/g/00004321"));
    r_listing_close(&l);
    compare_lists(&l, 5000, 4999, 0, m);
    assert_true(!r_listing_same(&l, m) && !l.differs);
    r_listing_close(&l);
    compare_lists(&l, 5000, 5001, 0, m);
    assert_true(!r_listing_same(&l, m) && l.differs && l.at == 5001);
    r_listing_close(&l);
    compare_lists(&l, R_LISTING_LINES + 10000, R_LISTING_LINES + 10000, R_LISTING_LINES + 5000, m);
    assert_true(!r_listing_same(&l, m) && l.differs && l.by_segment);
    assert_in_range(R_LISTING_LINES + 5000, l.at, l.at + 4095);
    r_listing_close(&l);
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),        cmocka_unit_test(test_manifest), cmocka_unit_test(test_merkle),
        cmocka_unit_test(test_verify_texts), cmocka_unit_test(test_info),     cmocka_unit_test(test_info_values),
        cmocka_unit_test(test_small_files),  cmocka_unit_test(test_tally),    cmocka_unit_test(test_window),
        cmocka_unit_test(test_listing),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

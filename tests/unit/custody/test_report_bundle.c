/* What hozen-verify lists of a bundle, read for the acquisition report. */
#include "custody/report_bundle.h"
#include "tests/unit/test.h"

static const char whole[] =
    "{\"path\":\"data/a\",\"sha256\":\"00\",\"source\":\"logs\",\"status\":\"collected\",\"type\":\"file\"}\n"
    "{\"origin\":\"/var/\\u0001x\",\"path\":\"data/b\",\"reason\":\"too "
    "large\",\"source\":\"logs\",\"status\":\"over-budget\"}\n"
    "{\"path\":\"data/c\",\"source\":\"logs\",\"status\":\"changed\"}\n"
    "{\"acquisition\":{\"n\":7,\"ok\":true,\"rows\":[{\"name\":\"ss\",\"tool\":{\"sha\":\"aa\"}},{\"name\":\"ps\"}],"
    "\"tool\":{\"version\":\"1\"},\"words\":[\"a\",\"b\"]},\"integrity\":\"intact\"}\n";

static int take(struct report_bundle *b, const void *text, size_t len, size_t step)
{
    struct report_bundle_reader r;
    int rc = report_bundle_begin(&r, b, NULL);

    for (size_t at = 0; rc == HZ_OK && at < len; at += step)
        rc = report_bundle_take(&r, (const char *)text + at, len - at < step ? len - at : step, NULL);
    report_bundle_end(&r);
    return rc;
}

static void join(void *context, const char *value)
{
    buf_printf(context, "%s|", value);
}

static void join_row(void *context, const char *const values[REPORT_COLUMNS])
{
    for (size_t i = 0; i < REPORT_COLUMNS; i++)
        buf_printf(context, "%s|", values[i] != NULL ? values[i] : "-");
}

static void is_at(const struct report_bundle *b, const char *path, const char *expected)
{
    HZ_CLEANUP(buf_free) struct buf said = BUF_INIT(4096);

    assert_int_equal(report_bundle_find(b, path, join, &said, NULL), HZ_OK);
    assert_string_equal(said.len > 0 ? buf_text(&said) : (const void *)"", expected);
}

static void is_whole(const struct report_bundle *b)
{
    static const char *const paths[REPORT_COLUMNS] = { "name", "tool.sha" };
    HZ_CLEANUP(buf_free) struct buf rows = BUF_INIT(4096);

    assert_true(b->intact);
    assert_int_equal(b->count, 2);
    assert_string_equal((const char *)b->exceptions[0].name.data, "/var/\001x"); /* the origin, not the path */
    assert_string_equal((const char *)b->exceptions[0].reason.data, "too large");
    assert_string_equal((const char *)b->exceptions[1].name.data, "data/c");
    is_at(b, "tool.version", "1|");
    is_at(b, "words", "a|b|");
    is_at(b, "n", "7|");
    is_at(b, "ok", "yes|");
    is_at(b, "tool", "");
    is_at(b, "none.at.all", "");
    is_at(b, "tool.version.deeper", "");
    assert_int_equal(report_bundle_rows(b, "rows", paths, join_row, &rows, NULL), HZ_OK);
    assert_string_equal(buf_text(&rows), "ss|aa|-|-|-|-|ps|-|-|-|-|-|");
}

static void test_pieces(void **state)
{
    (void)state;
    for (size_t step = 1; step < sizeof whole; step++) {
        HZ_CLEANUP(report_bundle_free) struct report_bundle b = { 0 };
        assert_int_equal(take(&b, whole, sizeof whole - 1, step), HZ_OK);
        is_whole(&b);
    }
}

/* Nothing that comes out of the child is believed: every byte of it may be another. */
static void test_changed(void **state)
{
    static const unsigned char others[] = { 0, '"', '\\', '{', '}', '[', ']', ',', ':', '\n', '1', 0x80, 0xFF };
    static const char *const paths[REPORT_COLUMNS] = { "name", "tool.sha" };
    unsigned refused = 0;

    (void)state;
    for (size_t at = 0; at < sizeof whole - 1; at++)
        for (size_t i = 0; i < sizeof others; i++) {
            HZ_CLEANUP(report_bundle_free) struct report_bundle b = { 0 };
            HZ_CLEANUP(buf_free) struct buf said = BUF_INIT(4096);
            char text[sizeof whole];
            int rc;
            memcpy(text, whole, sizeof whole);
            text[at] = (char)others[i];
            rc = take(&b, text, sizeof whole - 1, 64);
            assert_true(rc == HZ_OK || rc == HZ_E_FORMAT);
            refused += rc == HZ_E_FORMAT;
            rc = report_bundle_rows(&b, "rows", paths, join_row, &said, NULL);
            assert_true(rc == HZ_OK || rc == HZ_E_FORMAT);
            rc = report_bundle_find(&b, "words", join, &said, NULL);
            assert_true(rc == HZ_OK || rc == HZ_E_FORMAT);
        }
    assert_true(refused > (sizeof whole - 1) * sizeof others / 3);
}

static void test_cut(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof whole; len++) {
        HZ_CLEANUP(report_bundle_free) struct report_bundle b = { 0 };
        assert_int_equal(take(&b, whole, len, 4096), HZ_OK); /* a line without an end is none yet */
        assert_int_equal(b.intact, len == sizeof whole - 1);
    }
}

static void test_refused(void **state)
{
    static const char *const lines[] = { "\n",
                                         "7\n",
                                         "[]\n",
                                         "{}x\n",
                                         "{\"status\":7}\n",
                                         "{\"integrity\":{}}\n",
                                         "{\"status\":\"a\",\"status\":\"b\"}\n",
                                         "{\"acquisition\":{\"a\":}}\n",
                                         "{\"source\":\"\xFF\"}\n",
                                         " {}\n" };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        HZ_CLEANUP(report_bundle_free) struct report_bundle b = { 0 };
        assert_int_equal(take(&b, lines[i], strlen(lines[i]), 4096), HZ_E_FORMAT);
    }
}

/* Why a file is not whole comes behind all files, and goes to those of its name and source. */
static void test_reasons(void **state)
{
    static const char text[] =
        "{\"method\":\"read\",\"origin\":\"/a\",\"path\":\"data/"
        "a\",\"real_size\":\"3\",\"size\":\"9\",\"source\":\"files\","
        "\"status\":\"limited\"}\n"
        "{\"method\":\"unlocked-copy\",\"origin\":\"/d\",\"path\":\"data/d\",\"size\":\"9\",\"source\":\"files\","
        "\"status\":\"collected\"}\n"
        "{\"origin\":\"/a\",\"reason\":\"denied\",\"source\":\"files\",\"status\":\"denied\"}\n"
        "{\"integrity\":\"intact\",\"reasons\":[{\"origin\":\"/"
        "a\",\"reason\":\"why\",\"source\":\"files\",\"what\":\"limited\"},"
        "{\"origin\":\"/d\",\"reason\":\"no\",\"source\":\"logs\",\"what\":\"unlocked\"}],\"type\":\"end\"}\n";

    (void)state;
    for (size_t step = 1; step < sizeof text; step += 7) {
        HZ_CLEANUP(report_bundle_free) struct report_bundle b = { 0 };
        assert_int_equal(take(&b, text, sizeof text - 1, step), HZ_OK);
        assert_int_equal(b.count, 3);
        assert_string_equal((const char *)b.exceptions[0].reason.data, "why");
        assert_string_equal((const char *)b.exceptions[0].real_size.data, "3");
        assert_int_equal(b.exceptions[1].reason.len, 0); /* of another source */
        assert_string_equal((const char *)b.exceptions[2].reason.data, "denied");
    }
}

/* No more than so many exceptions are kept; the rest is counted. */
static void test_many(void **state)
{
    HZ_CLEANUP(report_bundle_free) struct report_bundle b = { 0 };
    struct report_bundle_reader r;
    static const char line[] = "{\"path\":\"data/x\",\"status\":\"denied\"}\n";

    (void)state;
    assert_int_equal(report_bundle_begin(&r, &b, NULL), HZ_OK);
    for (unsigned i = 0; i < REPORT_EXCEPTIONS + 5; i++)
        assert_int_equal(report_bundle_take(&r, line, sizeof line - 1, NULL), HZ_OK);
    report_bundle_end(&r);
    assert_int_equal(b.count, REPORT_EXCEPTIONS);
    assert_int_equal(b.more, 5);
    assert_false(b.intact);
}

TEST_MAIN(cmocka_unit_test(test_pieces), cmocka_unit_test(test_reasons), cmocka_unit_test(test_changed),
          cmocka_unit_test(test_cut), cmocka_unit_test(test_refused), cmocka_unit_test(test_many))

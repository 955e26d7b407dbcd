/* Reports and lists: hostile names are inert for people and whole for programs. */
#include "tests/unit/verify/served.h"

#include "base/lang.h"
#include "base/width.h"
#include "formats/read/json.h"
#include "verify/report.h"
#include "verify/rows.h"
#include "verify/rows_text.h"
#include "verify/wrap.h"

struct memory {
    FILE *stream;
    char *text;
    size_t len;
};

static void open_memory(struct memory *m)
{
    memset(m, 0, sizeof *m);
    m->stream = open_memstream(&m->text, &m->len);
    assert_non_null(m->stream);
}

static const char *close_memory(struct memory *m)
{
    assert_int_equal(fclose(m->stream), 0);
    return m->text;
}

/* Control characters other than the line feeds that the program itself writes */
static void check_inert(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7f)
            fail_msg("control character %d", *text);
}

static void check_columns(const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        char line[512];

        snprintf(line, sizeof line, "%.*s", (int)n, text);
        if (width_text(line) > 80)
            fail_msg("%u columns: %s", width_text(line), line);
        text += n + (text[n] == '\n');
    }
}

static void report(const char *bundle, enum lang lang, bool columns)
{
    struct verdict_policy policy = { .now = stamp_now() };
    struct verdict v;
    struct account a;
    struct memory m;
    const char *text;

    lang_select(lang);
    served_account(bundle, &a);
    report_jail_notice(&a);
    assert_int_equal(verdict_make(&a, &policy, &v, NULL), HZ_OK);
    open_memory(&m);
    report_text(m.stream, &a, &v, "B.tar", false);
    text = close_memory(&m);
    check_inert(text);
    if (columns)
        check_columns(text);
    assert_non_null(strstr(text, "\n"));
    free(m.text);
    lang_select(LANG_EN);
    account_free(&a);
}

static void test_text(void **state)
{
    static const char *const bundles[] = { "good/p256.tar", "good/countersigned.tar", "bad/byte-after-end.tar",
                                           "bad/stripped-expected.tar", "bad/content-altered.tar" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bundles / sizeof bundles[0]; i++) {
        report(bundles[i], LANG_EN, i < 2);
        report(bundles[i], LANG_JA, i < 2);
    }
    report("bad/control-bytes.tar", LANG_EN, false);
    report("good/nasty-names.tar", LANG_JA, false);
}

static void check_json(const char *bundle)
{
    struct verdict_policy policy = { .now = stamp_now() };
    struct verdict v;
    struct account a;
    struct memory m;
    struct r_json j;

    served_account(bundle, &a);
    assert_int_equal(verdict_make(&a, &policy, &v, NULL), HZ_OK);
    open_memory(&m);
    assert_int_equal(report_json(m.stream, &a, &v, NULL), HZ_OK);
    close_memory(&m);
    assert_int_equal(m.text[m.len - 1], '\n');
    r_json_init(&j, m.text, m.len - 1);
    assert_true(r_json_skip(&j) && r_json_done(&j));
    free(m.text);
    account_free(&a);
}

static void test_json(void **state)
{
    (void)state;
    check_json("good/p256.tar");
    check_json("bad/control-bytes.tar");
    check_json("bad/not-mapped-utf8.tar");
    check_json("bad/byte-after-end.tar");
}

/* A finding whose texts are hostile bytes: the line is canonical JSON and the text is inert */
static void test_hostile_finding(void **state)
{
    const struct r_finding f = { .code = R_MEMBER_FORBIDDEN,
                                 .why = R_WHY_NAME,
                                 .path = "\xff\x1b[31m\n\"\\",
                                 .original = "\xe2\x80\xae\xc2\x9b"
                                             "31m",
                                 .after = "\x07\xc3" };
    struct verdict v = { .answer = VERDICT_FAILED };
    struct account a;
    struct memory m;
    struct r_json j;

    (void)state;
    account_init(&a);
    r_finding_add(&a.result.findings, &f);
    open_memory(&m);
    assert_int_equal(report_json(m.stream, &a, &v, NULL), HZ_OK);
    close_memory(&m);
    r_json_init(&j, m.text, m.len - 1);
    assert_true(r_json_skip(&j) && r_json_done(&j));
    free(m.text);
    open_memory(&m);
    report_text(m.stream, &a, &v, "\x1b]0;x\x07", true);
    check_inert(close_memory(&m));
    assert_null(strstr(m.text, "\xe2\x80\xae"));
    assert_null(strstr(m.text, "\xc2\x9b"));
    free(m.text);
    account_free(&a);
}

/* The first line and the advice belong to the same verdict, and no line ends in a blank. */
static void says(const struct verdict *v, bool with_signers, const char *headline, const char *advice)
{
    const struct r_finding f = { .code = R_CONTAINER_UNSUPPORTED, .why = R_WHY_NOT_BUNDLE };
    struct account a;
    struct memory m;

    account_init(&a);
    r_finding_add(&a.result.findings, &f);
    open_memory(&m);
    report_text(m.stream, &a, v, "x.tar", with_signers);
    close_memory(&m);
    assert_ptr_equal(strstr(m.text, headline), m.text);
    if (advice)
        assert_non_null(strstr(m.text, advice));
    else
        assert_null(strstr(m.text, "what to do"));
    assert_null(strstr(m.text, " \n"));
    free(m.text);
    account_free(&a);
}

static void test_advice(void **state)
{
    struct verdict v = { .answer = VERDICT_FAILED, .integrity = INTEGRITY_ALTERED };

    (void)state;
    says(&v, true, "failed: the bundle is ", "keep this copy as it is");
    v.integrity = INTEGRITY_INTACT;
    v.authenticity = AUTHENTICITY_UNTRUSTED;
    says(&v, true, "failed: the bundle is intact, but nobody whom you trust", "ask the responder for the fingerprint");
    v.authenticity = AUTHENTICITY_INVALID;
    says(&v, true, "failed: the bundle is intact, but its signatures do not hold", "whether the content id");
    v.answer = VERDICT_UNDETERMINED;
    v.authenticity = AUTHENTICITY_UNTRUSTED;
    says(&v, false, "undetermined: the bundle is intact, but nobody was named", "say whom you trust with --signers");
    v.integrity = INTEGRITY_UNDETERMINED;
    says(&v, true, "undetermined: this could not be checked", "check that this is the whole file");
    v = (struct verdict) { .answer = VERDICT_VERIFIED, .authenticity = AUTHENTICITY_TRUSTED };
    says(&v, true, "verified: ", NULL);
}

static struct memory table, lines;

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    struct rows_text text = { .count = 0 };

    (void)context;
    assert_int_equal(rows_text_columns(&text, ROWS_TEXT_DEFAULT, NULL), HZ_OK);
    rows_text_row(table.stream, &text, row);
    return rows_json(lines.stream, row, err);
}

static void test_rows(void **state)
{
    HZ_CLEANUP(buf_free) struct buf messages = BUF_INIT(SERVED_ROOM);
    const struct reader_listener ears = { .row = on_row };
    struct account a;
    const char *p;
    size_t rows = 0;

    (void)state;
    open_memory(&table);
    open_memory(&lines);
    account_init(&a);
    served_messages("good/not-utf8.tar", false, true, &messages);
    assert_int_equal(served_listen(messages.data, messages.len, &ears, &a, NULL), HZ_OK);
    check_inert(close_memory(&table));
    close_memory(&lines);
    for (p = lines.text; *p; rows++) {
        size_t n = strcspn(p, "\n");
        struct r_json j;

        r_json_init(&j, p, n);
        assert_true(r_json_skip(&j) && r_json_done(&j));
        p += n + 1;
    }
    assert_in_range(rows, 10, 100);
    assert_non_null(strstr(table.text, " collected   /srv/\\xff\n"));
    assert_non_null(strstr(lines.text, "\"origin_b64\":\"L3Nydi//\"")); /* /srv/ and the byte ff */
    free(table.text);
    free(lines.text);
    account_free(&a);
}

static void wrapped(const char *text, unsigned column, unsigned indent, const char *want)
{
    struct memory m;

    open_memory(&m);
    wrap_print(m.stream, column, indent, text);
    assert_string_equal(close_memory(&m), want);
    free(m.text);
}

static void test_wrap(void **state)
{
    char word[101];

    (void)state;
    wrapped("", 0, 0, "\n");
    wrapped("one two", 0, 0, "one two\n");
    wrapped("one two", 74, 2, "one\n  two\n");
    memset(word, 'w', 100);
    word[100] = 0;
    wrapped(word, 2, 2,
            "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww\n");
    wrapped("\xe6\x97\xa5\xe6\x9c\xac", 77, 0, "\xe6\x97\xa5\n\xe6\x9c\xac\n");
    wrapped("\xe6\x97\xa5\xe3\x80\x82", 77, 1, "\n \xe6\x97\xa5\xe3\x80\x82\n");
    wrapped("a\x1b[mb", 0, 0, "a\\x1b[mb\n");
    assert_int_equal(width_text("a\xe6\x97\xa5"), 3);
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),   cmocka_unit_test(test_json), cmocka_unit_test(test_hostile_finding),
        cmocka_unit_test(test_advice), cmocka_unit_test(test_rows), cmocka_unit_test(test_wrap)
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

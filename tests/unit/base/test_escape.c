#include "base/escape.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/unit/test.h"

static void expect(const char *in, size_t len, const char *want)
{
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(10000);
    assert_int_equal(escape_terminal(&b, in, len), HZ_OK);
    assert_string_equal(buf_text(&b), want);
}

static void what_prints_stays(void **state)
{
    (void)state;
    expect("", 0, "");
    expect("a b~ /x", 7, "a b~ /x");
    expect("\xE8\xA8\xBC\xE6\x8B\xA0\xE3\x80\x80\xF0\x9F\x94\x92", 13,
           "\xE8\xA8\xBC\xE6\x8B\xA0\xE3\x80\x80\xF0\x9F\x94\x92");
    expect("\xE3\x81\x8B\xE3\x82\x99", 6, "\xE3\x81\x8B\xE3\x82\x99"); /* NFD: a combining mark */
}

static void what_acts_is_shown(void **state)
{
    (void)state;
    expect("a\0b", 3, "a\\x00b");
    expect("\x1b[31m", 5, "\\x1b[31m");
    expect("a\nb\r\t\x7f", 6, "a\\x0ab\\x0d\\x09\\x7f");
    expect("\xC2\x9B\x32J", 4, "\\xc2\\x9b2J"); /* C1: CSI */
    expect("\\x1b", 4, "\\\\x1b");
    expect("\xFF\xE8\xA8", 3, "\\xff\\xe8\\xa8");
    expect("\xED\xA0\x80", 3, "\\xed\\xa0\\x80"); /* a surrogate */
}

static void back_is(const char *text, const char *want, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(100);
    assert_int_equal(escape_terminal_back(&b, text), want == NULL ? HZ_E_FORMAT : HZ_OK);
    if (want != NULL) {
        assert_int_equal(b.len, len);
        assert_memory_equal(b.data, want, len);
    }
}

/* Only what escape_terminal can have written, and only where it escaped something. */
static void what_was_shown_comes_back(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",        "plain",           "\\",      "a\\x4", "\\x",      "\\xg0", "\\x41",     "\\X0a",    "\\x0A",
        "\\x0a\n", "\\xe8\\xa8\\xbc", "\\x0a\\", "\\x5c", "\\\\\x1b", "\\n",   "\\x0a\xff", "\\x00\x7f"
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        back_is(none[i], NULL, 0);
    back_is("a\\x0ab\\\\c", "a\nb\\c", 5);
    back_is("\\x00", "\0", 1);
    back_is("\\\\x1b", "\\x1b", 4);
    back_is("\xE8\xA8\xBC\\xff\\xfe", "\xE8\xA8\xBC\xFF\xFE", 5);
    back_is("\\xe2\\x80\\xae", "\xE2\x80\xAE", 3);
    struct buf small = BUF_INIT(2);
    assert_int_equal(escape_terminal_back(&small, "ab\\x0a"), HZ_E_LIMIT);
    buf_free(&small);
}

/* Each by its code point: bidirectional controls, invisible and format characters, separators. */
static void invisible_characters_are_shown(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *want;
    } cases[] = {
        { "\xE2\x80\xAA", "\\xe2\\x80\\xaa" },
        /* U+202A */ { "\xE2\x80\xAE", "\\xe2\\x80\\xae" }, /* U+202E */
        { "\xE2\x81\xA6", "\\xe2\\x81\\xa6" },
        /* U+2066 */ { "\xE2\x81\xA9", "\\xe2\\x81\\xa9" }, /* U+2069 */
        { "\xE2\x80\x8B", "\\xe2\\x80\\x8b" },
        /* U+200B */ { "\xE2\x80\x8F", "\\xe2\\x80\\x8f" }, /* U+200F */
        { "\xD8\x9C", "\\xd8\\x9c" },
        /* U+061C */ { "\xEF\xBB\xBF", "\\xef\\xbb\\xbf" }, /* U+FEFF */
        { "\xE2\x80\xA8", "\\xe2\\x80\\xa8" },
        /* U+2028 */ { "\xE2\x80\xA9", "\\xe2\\x80\\xa9" }, /* U+2029 */
        { "\xC2\xAD", "\\xc2\\xad" },
        /* U+00AD */ { "\xE2\x81\xA0", "\\xe2\\x81\\xa0" }, /* U+2060 */
        { "\xEF\xBF\xB9", "\\xef\\xbf\\xb9" },
        /* U+FFF9 */ { "\xEF\xBF\xBE", "\\xef\\xbf\\xbe" }, /* U+FFFE */
        { "\xEF\xB8\x8F", "\\xef\\xb8\\x8f" },
        /* U+FE0F */ { "\xE3\x85\xA4", "\\xe3\\x85\\xa4" }, /* U+3164 */
        { "\xF3\xA0\x80\xA0", "\\xf3\\xa0\\x80\\xa0" },     /* U+E0020, a tag */
        { "\xF0\x9D\x85\xB3", "\\xf0\\x9d\\x85\\xb3" },     /* U+1D173 */
        { "\xF0\x9F\xBF\xBF", "\\xf0\\x9f\\xbf\\xbf" },     /* U+1FFFF */
        { "\xE1\xA0\x8E", "\\xe1\\xa0\\x8e" }               /* U+180E */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i].bytes, strlen(cases[i].bytes), cases[i].want);
    expect("\xE2\x80\x90\xE2\x80\xA7\xE2\x80\xAF", 9,
           "\xE2\x80\x90\xE2\x80\xA7\xE2\x80\xAF"); /* their neighbours print */
}

static int hex_of(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Undoes the escapes; so the encoding is injective. */
static size_t decode(const unsigned char *in, size_t len, unsigned char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (in[i] != '\\') {
            out[n++] = in[i];
        } else if (in[i + 1] == '\\') {
            out[n++] = in[++i];
        } else {
            out[n++] = (unsigned char)(hex_of((char)in[i + 2]) << 4 | hex_of((char)in[i + 3]));
            i += 3;
        }
    }
    return n;
}

static void every_pair_of_bytes_is_inert_and_reversible(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(100);
    for (unsigned i = 0; i < 0x10000; i++) {
        const unsigned char pair[2] = { (unsigned char)(i >> 8), (unsigned char)i };
        unsigned char back[16];
        buf_reset(&b);
        assert_int_equal(escape_terminal(&b, pair, 2), HZ_OK);
        assert_true(text_is_line((const char *)buf_text(&b), 8) || pair[0] == ' ' || pair[1] == ' ');
        assert_int_equal(decode(b.data, b.len, back), 2);
        assert_memory_equal(back, pair, 2);
    }
}

static void streams_get_the_same(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    escape_print(f, "a\x1b\\\xE8\xA8\xBC\xE2\x80\xAE\xF3\xA0\x80\xA0");
    escape_print_n(f, "\0\n", 2);
    fclose(f);
    assert_string_equal(text, "a\\x1b\\\\\xE8\xA8\xBC\\xe2\\x80\\xae\\xf3\\xa0\\x80\\xa0\\x00\\x0a");
    free(text);
}

static void a_full_buffer_is_told(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(3);
    assert_int_equal(escape_terminal(&b, "\x01", 1), HZ_E_LIMIT);
}

static void cell(const char *in, const char *want)
{
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(1000);
    assert_int_equal(escape_csv(&b, in, strlen(in)), HZ_OK);
    assert_string_equal(buf_text(&b), want);
}

static void cells_are_quoted_and_no_formulas(void **state)
{
    (void)state;
    cell("", "\"\"");
    cell("a,b\"c", "\"a,b\"\"c\"");
    cell("=1", "\"'=1\"");
    cell("+1", "\"'+1\"");
    cell("-1", "\"'-1\"");
    cell("@a", "\"'@a\"");
    cell("'", "\"''\"");
    cell("  =1", "\"'  =1\"");
    cell("\xE3\x80\x80\xEF\xBC\x9D", "\"'\xE3\x80\x80\xEF\xBC\x9D\"");
    cell("\xEF\xBC\xA0", "\"'\xEF\xBC\xA0\"");
    cell("a=1", "\"a=1\"");
    cell("  ", "\"  \"");
    cell("\t=1\xFF\\", "\"\\x09=1\\xff\\\\\"");
}

static void xml(const char *in, const char *want, bool is_exact)
{
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(1000);
    bool exact = !is_exact;
    assert_int_equal(escape_xml(&b, in, strlen(in), &exact), HZ_OK);
    assert_string_equal(buf_text(&b), want);
    assert_true(exact == is_exact);
}

static void xml_is_exact_or_says_so(void **state)
{
    (void)state;
    xml("a\\b", "a\\b", true);
    xml("<&>\"'", "&lt;&amp;&gt;&quot;&#39;", true);
    xml("a\\<\x01", "a\\\\&lt;\\x01", false);
    xml("\xFF", "\\xff", false);
    xml("\xEF\xBF\xBE", "\\xef\\xbf\\xbe", false);
}

static void html_shows_what_it_would_do(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(1000), small = BUF_INIT(3);
    static const char hostile[] = "<a b='\"&\xe2\x80\xae\x07\\\xe8\xa8\xbc";
    assert_int_equal(escape_html(&b, hostile, sizeof hostile - 1), HZ_OK);
    assert_string_equal(buf_text(&b), "&lt;a b=&#39;&quot;&amp;\\xe2\\x80\\xae\\x07\\\\\xe8\xa8\xbc");
    assert_int_equal(escape_html(&small, "<", 1), HZ_E_LIMIT);
}

static void full_buffers_are_told(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(3), c = BUF_INIT(3);
    bool exact;
    assert_int_equal(escape_csv(&b, "abc", 3), HZ_E_LIMIT);
    assert_int_equal(escape_xml(&c, "<", 1, &exact), HZ_E_LIMIT);
}

TEST_MAIN(cmocka_unit_test(cells_are_quoted_and_no_formulas), cmocka_unit_test(xml_is_exact_or_says_so),
          cmocka_unit_test(html_shows_what_it_would_do), cmocka_unit_test(full_buffers_are_told),
          cmocka_unit_test(what_prints_stays), cmocka_unit_test(what_acts_is_shown),
          cmocka_unit_test(what_was_shown_comes_back), cmocka_unit_test(invisible_characters_are_shown),
          cmocka_unit_test(every_pair_of_bytes_is_inert_and_reversible), cmocka_unit_test(streams_get_the_same),
          cmocka_unit_test(a_full_buffer_is_told))

#include <stdio.h>

#include "formats/read/json.h"
#include "tests/unit/test.h"

static bool accepts_n(const char *text, size_t len)
{
    struct r_json j;

    r_json_init(&j, text, len);
    r_json_skip(&j);
    return r_json_done(&j);
}

static bool accepts(const char *text)
{
    return accepts_n(text, strlen(text));
}

static const char *const good_texts[] = {
    "{}",
    "[]",
    "\"\"",
    "0",
    "-1",
    "true",
    "false",
    "9007199254740991",
    "-9007199254740991",
    "{\"a\":1}",
    "{\"a\":1,\"b\":2}",
    "{\"a\":{\"a\":{\"a\":{}}}}",
    "[1,2,[3]]",
    "[[[[[[[[]]]]]]]]",
    "\"\\b\\t\\n\\f\\r\\\"\\\\\\u0000\\u001f\\u000b\"",
    "\"/\"",
    "\"\x7f\"",
    "\"\xe2\x80\xa8\"",
    "\"\xe6\x97\xa5\xe6\x9c\xac\"",
    "\"\xf0\x9f\x98\x80\"",
    /* sorted by UTF-16: U+1F600 (D83D DE00) before U+FB33 */
    "{\"\":0,\"\\n\":0,\"1\":0,\"\xc2\x80\":0,\"\xc3\xb6\":0,\"\xe2\x82\xac\":0,\"\xf0\x9f\x98\x80\":0,"
    "\"\xef\xac\xb3\":0}",
    "{\"a\":0,\"aa\":0,\"b\":0}",
    "{\"a\xc3\xa9\":0,\"a\xc3\xbc\":0}", /* they begin alike */
    "{\"A\":0,\"a\":0}",
};

static void test_good(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good_texts / sizeof good_texts[0]; i++)
        if (!accepts(good_texts[i]))
            fail_msg("refused: %s", good_texts[i]);
}

static const char *const bad_texts[] = {
    "",
    " {}",
    "{} ",
    "{}\n",
    "{ }",
    "{\"a\": 1}",
    "{\"a\" :1}",
    "[1, 2]",
    "[1,]",
    "[,1]",
    "{,}",
    "{\"a\":1,}",
    "{\"a\"}",
    "{\"a\":}",
    "{a:1}",
    "{'a':1}",
    "null",
    "NULL",
    "True",
    "truefalse",
    "1 2",
    "{}{}",
    "nul",
    "tru",
    "[1}",
    "{\"a\":1]",
    "[",
    "{",
    "\"",
    "\"a",
    "{\"a\":1",
    "[1",
    "]",
    "}",
    ",",
    ":",
    "01",
    "-0",
    "-",
    "+1",
    "1.0",
    "1e3",
    "1E3",
    ".5",
    "0x10",
    "1.",
    "9007199254740992",
    "-9007199254740992",
    "99999999999999999999999",
    "NaN",
    "Infinity",
    "--1",
    "00",
    "-01",
    "\"\\u0041\"",
    "\"\\/\"",
    "\"\\u000a\"",
    "\"\\u0008\"",
    "\"\\u001F\"",
    "\"\\u0020\"",
    "\"\\x41\"",
    "\"\\u00\"",
    "\"\\",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\a\"",
    "\"\n\"",
    "\"\t\"",
    "\"\x01\"",
    "\"\x1f\"",
    "\"\x80\"",
    "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xe2\x82\"",
    "\"\xff\"",
    "\"\xc3\"",
    "{\"a\":1,\"a\":2}",
    "{\"b\":1,\"a\":2}",
    "{\"aa\":1,\"a\":2}",
    "{\"a\xc3\xbc\":0,\"a\xc3\xa9\":0}",
    "{\"a\xc3\xa9\":0,\"a\xc3\xa9\":0}",
    "{\"\xef\xac\xb3\":0,\"\xf0\x9f\x98\x80\":0}",
    "{\"\":1,\"\":2}",
    "{\"a\":{\"b\":1,\"b\":1}}",
    "[{\"b\":1,\"a\":1}]",
    "{\"a\":1,\"A\":1}",
    "[[[[[[[[[]]]]]]]]]",
    "{\"a\":[[[[[[[[]]]]]]]]}",
    "\xef\xbb\xbf{}",
    "{\"a\":1}x",
};

static void test_bad(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad_texts / sizeof bad_texts[0]; i++)
        if (accepts(bad_texts[i]))
            fail_msg("accepted: %s", bad_texts[i]);
    assert_false(accepts_n("\"\0\"", 3));
    assert_false(accepts_n("{}\0", 3));
}

/* Every text of up to three bytes from a hostile alphabet, against the few that are right */
static void test_short_texts(void **state)
{
    static const char alphabet[] = "{}[]\",:01-tf\\ n";
    char text[4] = "";
    size_t a, b, c, n = sizeof alphabet - 1, accepted = 0;

    (void)state;
    for (a = 0; a < n; a++)
        for (b = 0; b < n; b++)
            for (c = 0; c < n; c++) {
                text[0] = alphabet[a];
                text[1] = alphabet[b];
                text[2] = alphabet[c];
                accepted += accepts(text);
            }
    /* [0] [1]; "x" for the 13 plain characters; -10 -11 100 101 110 111 */
    assert_int_equal(accepted, 2 + 13 + 6);
}

/* What stands behind the end of the text is none of it */
static void test_end(void **state)
{
    static const char text[] = "\"a string\"";
    struct r_span span;
    struct r_json j;

    (void)state;
    for (size_t len = 0; len <= sizeof text - 1; len++) {
        r_json_init(&j, text, len);
        assert_int_equal(r_json_string(&j, &span), len == sizeof text - 1);
        assert_true(j.at <= len);
    }
}

/* Letters are looked at many at a time: each that does not stand for itself is found wherever it stands. */
static void test_places_of_letters(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } letters[] = { { " ", true },      { "!", true },     { "#", true },   { "[", true },        { "]", true },
                    { "~", true },      { "\x7f", true },  { "\\n", true }, { "\xc3\xa9", true }, { "\x1f", false },
                    { "\n", false },    { "\x01", false }, { "\\", false }, { "\x80", false },    { "\xff", false },
                    { "\xc3(", false }, { "\"", false } };
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        for (size_t before = 0; before < 36; before++)
            for (size_t behind = 1; behind < 18; behind += 8) {
                int len =
                    snprintf(text, sizeof text, "\"%.*s%s%.*s\"", (int)before, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                             letters[i].text, (int)behind, "aaaaaaaaaaaaaaaaaa");
                if (accepts_n(text, (size_t)len) != letters[i].good)
                    fail_msg("%s: %s", letters[i].good ? "refused" : "accepted", text);
            }
}

static void test_string_bound(void **state)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_JSON_STRING_MAX + 16);
    struct r_json j;

    (void)state;
    buf_putc(&text, '"');
    memset(buf_grow(&text, R_JSON_STRING_MAX), 'a', R_JSON_STRING_MAX);
    buf_putc(&text, '"');
    assert_true(accepts_n((char *)text.data, text.len));
    text.len--;
    buf_puts(&text, "a\"");
    r_json_init(&j, text.data, text.len);
    assert_false(r_json_skip(&j));
    assert_true(j.limit);
}

static void test_depth_is_a_limit(void **state)
{
    struct r_json j;

    (void)state;
    r_json_init(&j, "[[[[[[[[[]]]]]]]]]", 18);
    assert_false(r_json_skip(&j));
    assert_true(j.limit);
    r_json_init(&j, "[}", 2);
    assert_false(r_json_skip(&j));
    assert_false(j.limit);
}

static void test_values(void **state)
{
    static const char text[] = "{\"a\":[-5,true],\"k\\n\":\"x\\u0001y\\\"\",\"z\":{}}";
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(64);
    struct r_json j;
    struct r_span key, value;
    int64_t number;
    bool truth;

    (void)state;
    r_json_init(&j, text, sizeof text - 1);
    assert_true(r_json_object(&j));
    assert_true(r_json_key(&j, &key) && r_span_is(&key, "a"));
    assert_int_equal(r_json_peek(&j), R_JSON_ARRAY);
    assert_true(r_json_array(&j) && r_json_item(&j) && r_json_int(&j, &number) && number == -5);
    assert_true(r_json_item(&j) && r_json_bool(&j, &truth) && truth && !r_json_item(&j));
    assert_true(r_json_key(&j, &key) && key.escaped && !r_span_decode(&key, &out));
    assert_int_equal(out.len, 2);
    assert_memory_equal(out.data, "k\n", 2);
    buf_reset(&out);
    assert_true(r_json_string(&j, &value) && !r_span_decode(&value, &out));
    assert_int_equal(out.len, 4);
    assert_memory_equal(out.data, "x\001y\"", 4);
    assert_true(r_json_key(&j, &key) && r_json_skip(&j) && !r_json_key(&j, &key));
    assert_true(r_json_done(&j));
}

/* A failure sticks: nothing after it succeeds, and the first reason stays */
static void test_sticky(void **state)
{
    struct r_json j;
    struct r_span key;
    const char *first;

    (void)state;
    r_json_init(&j, "{\"b\":1,\"a\":2}", 13);
    r_json_object(&j);
    r_json_key(&j, &key);
    r_json_skip(&j);
    assert_false(r_json_key(&j, &key));
    first = j.wrong;
    assert_non_null(first);
    assert_false(r_json_skip(&j) || r_json_key(&j, &key) || r_json_done(&j) || r_json_object(&j));
    assert_ptr_equal(j.wrong, first);
}

TEST_MAIN(cmocka_unit_test(test_good), cmocka_unit_test(test_bad), cmocka_unit_test(test_short_texts),
          cmocka_unit_test(test_end), cmocka_unit_test(test_places_of_letters), cmocka_unit_test(test_string_bound),
          cmocka_unit_test(test_depth_is_a_limit), cmocka_unit_test(test_values), cmocka_unit_test(test_sticky))

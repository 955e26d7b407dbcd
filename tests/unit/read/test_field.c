/* Values of records, kind by kind: the first and the last that each allows, and what lies just beyond. */
#include "formats/read/field.h"

#include <stdio.h>

#include "tests/unit/test.h"

#define ROOM 512
#define D16 "0123456789abcdef"
#define D32 D16 D16

static int read_as(struct r_field field, const char *json, struct r_value *v)
{
    static char text[ROOM]; /* spans point into it */
    const char *wrong;
    struct r_json j;
    size_t at;

    field.key = "k";
    field.required = true;
    snprintf(text, sizeof text, "{\"k\":%s}", json);
    r_json_init(&j, text, strlen(text));
    if (r_field_read(&j, &field, 1, v, NULL))
        r_json_done(&j);
    return r_json_result(&j, &wrong, &at);
}

struct row {
    enum r_field_kind kind;
    const char *form;
    const char *good[10], *bad[14];
};

static const struct row rows[] = {
    { R_FIELD_TEXT, NULL, { "\"\"", "\"a b\"" }, { "1", "null", "[]", "true" } },
    { R_FIELD_FIXED, "form/1", { "\"form/1\"" }, { "\"form/2\"", "\"form/\"", "\"form/11\"", "\"\"", "1" } },
    { R_FIELD_CHOICE,
      "ab c def",
      { "\"ab\"", "\"c\"", "\"def\"" },
      { "\"\"", "\"a\"", "\"abc\"", "\"ab c\"", "\"de\"", "\"defg\"", "\" \"", "\"cd\"" } },
    { R_FIELD_WORD,
      NULL,
      { "\"a\"", "\"z\"", "\"a0-9z-\"", "\"abcdefghijklmnopqrstuvwxyz012345\"" },
      { "\"\"", "\"A\"", "\"`\"", "\"{\"", "\"0a\"", "\"-a\"", "\"a_\"", "\"aA\"", "\"a`\"", "\"a{\"", "\"a/\"",
        "\"a:\"", "\"abcdefghijklmnopqrstuvwxyz0123456\"" } },
    { R_FIELD_DECIMAL,
      NULL,
      { "\"0\"", "\"9\"", "\"18446744073709551615\"" },
      { "\"\"", "\"00\"", "\"01\"", "\"-1\"", "\"+1\"", "\"1.0\"", "\" 1\"", "\"18446744073709551616\"", "1" } },
    { R_FIELD_SIGNED,
      NULL,
      { "\"0\"", "\"-1\"", "\"18446744073709551615\"", "\"-18446744073709551615\"" },
      { "\"\"", "\"-\"", "\"-0\"", "\"--1\"", "\"-01\"", "\"18446744073709551616\"", "1" } },
    { R_FIELD_BASE64,
      NULL,
      { "\"\"", "\"AA==\"", "\"AAA=\"", "\"AAAA\"" },
      { "\"A\"", "\"AB==\"", "\"AAA\"", "\"AA=A\"", "1" } },
    { R_FIELD_BASE64, "+", { "\"AA==\"" }, { "\"\"" } },
    { R_FIELD_HEX16,
      NULL,
      { "\"" D32 "\"" },
      { "\"" D16 "\"", "\"" D32 "0\"", "\"" D16 "0123456789abcdeF\"", "\"" D16 "0123456789abcde\"",
        "\"" D16 "0123456789abcdeg\"", "\"" D16 "0123456789abcde`\"", "\"" D16 "0123456789abcde/\"",
        "\"" D16 "0123456789abcde:\"", "\"\"" } },
    { R_FIELD_HEX32,
      NULL,
      { "\"" D32 D32 "\"" },
      { "\"" D32 "\"", "\"" D32 D32 "00\"", "\"" D32 D16 "0123456789abcdex\"" } },
    { R_FIELD_HEX64, NULL, { "\"" D32 D32 D32 D32 "\"" }, { "\"" D32 D32 D32 "\"", "\"" D32 D32 D32 D32 "0\"" } },
    { R_FIELD_STAMP,
      NULL,
      { "\"2026-02-28T23:59:59.999999999Z\"", "\"@-99999999999.000000000\"" },
      { "\"2026-02-29T23:59:59.999999999Z\"", "\"2026-02-28T23:59:59Z\"", "\"2026-02-28\"", "\"\"", "1" } },
    { R_FIELD_BOOTTIME,
      NULL,
      { "\"0.000000000\"", "\"5.999999999\"", "\"9223372036854775807.000000001\"" },
      { "\".000000000\"", "\"0,000000000\"", "\"00.000000000\"", "\"0.00000000\"", "\"0.0000000000\"",
        "\"0.00000000/\"", "\"0.:00000000\"", "\"9223372036854775808.000000000\"", "\"-1.000000000\"", "\"\"", "5" } },
    { R_FIELD_MODE,
      NULL,
      { "\"0000\"", "\"7777\"" },
      { "\"8000\"", "\"0008\"", "\"/000\"", "\"000\"", "\"00000\"", "\"\"" } },
    { R_FIELD_DEVICE,
      NULL,
      { "\"0:0\"", "\"4294967295:4294967295\"" },
      { "\"4294967296:0\"", "\"0:4294967296\"", "\"0\"", "\"0:\"", "\":0\"", "\"00:0\"", "\"0:00\"", "\"0:0:0\"",
        "\"\"" } },
    { R_FIELD_ERRNO,
      NULL,
      { "\"EA\"", "\"EZ\"", "\"E0\"", "\"E9\"", "\"E0123456789ABCDEFGHIJKLMNOPQRSTU\"" },
      { "\"E\"", "\"\"", "\"FA\"", "\"eA\"", "\"Ea\"", "\"E@\"", "\"E[\"", "\"E/\"", "\"E:\"",
        "\"E0123456789ABCDEFGHIJKLMNOPQRSTUV\"" } },
    { R_FIELD_COUNT, NULL, { "0", "4294967295" }, { "-1", "4294967296", "\"1\"", "true" } },
    { R_FIELD_INT,
      NULL,
      { "0", "-1", "9007199254740991", "-9007199254740991" },
      { "9007199254740992", "1.0", "\"1\"" } },
    { R_FIELD_BOOL, NULL, { "true", "false" }, { "1", "\"true\"", "null" } },
    { R_FIELD_TRUE, NULL, { "true" }, { "false", "1" } },
    { R_FIELD_TEXTS, NULL, { "[]", "[\"\"]", "[\"b\",\"a\"]" }, { "[1]", "\"a\"", "[\"a\",1]", "{}", "[[]]" } },
};

static void test_kinds(void **state)
{
    struct r_value v;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct r_field field = { .kind = rows[i].kind, .form = rows[i].form };
        for (size_t k = 0; k < 10 && rows[i].good[k]; k++)
            if (read_as(field, rows[i].good[k], &v) != HZ_OK || !v.present)
                fail_msg("refused: %s", rows[i].good[k]);
        for (size_t k = 0; k < 14 && rows[i].bad[k]; k++)
            if (read_as(field, rows[i].bad[k], &v) != HZ_E_FORMAT)
                fail_msg("row %zu accepts %s", i, rows[i].bad[k]);
    }
}

/* What was read is told. */
static void test_values(void **state)
{
    struct r_value v;

    (void)state;
    assert_int_equal(read_as((struct r_field) { .kind = R_FIELD_CHOICE, .form = "ab c def" }, "\"def\"", &v), HZ_OK);
    assert_int_equal(v.number, 2);
    assert_int_equal(read_as((struct r_field) { .kind = R_FIELD_DECIMAL }, "\"18446744073709551615\"", &v), HZ_OK);
    assert_true(v.number == UINT64_MAX);
    assert_int_equal(read_as((struct r_field) { .kind = R_FIELD_INT }, "-7", &v), HZ_OK);
    assert_int_equal(v.integer, -7);
    assert_int_equal(read_as((struct r_field) { .kind = R_FIELD_COUNT }, "4294967295", &v), HZ_OK);
    assert_int_equal(v.number, UINT32_MAX);
    assert_int_equal(read_as((struct r_field) { .kind = R_FIELD_BOOL }, "true", &v), HZ_OK);
    assert_int_equal(v.number, 1);
    assert_int_equal(read_as((struct r_field) { .kind = R_FIELD_BOOL }, "false", &v), HZ_OK);
    assert_int_equal(v.number, 0);
    assert_int_equal(read_as((struct r_field) { .kind = R_FIELD_TEXTS }, "[\"a\",\"b\",\"c\"]", &v), HZ_OK);
    assert_int_equal(v.number, 3);
    assert_int_equal(read_as((struct r_field) { .kind = R_FIELD_STAMP }, "\"1970-01-01T00:00:01.000000002Z\"", &v),
                     HZ_OK);
    assert_true(v.stamp.seconds == 1 && v.stamp.nanoseconds == 2);
}

/* Keys: those that are known, in their order, each once; x- and nothing else besides; what is required is there. */
static void test_keys(void **state)
{
    static const struct r_field fields[] = {
        { "a", R_FIELD_TEXT, true, NULL, NULL },
        { "ab", R_FIELD_TEXT, false, NULL, NULL },
    };
    static const struct {
        const char *json;
        int code;
        unsigned extensions;
    } objects[] = {
        { "{\"a\":\"\"}", HZ_OK, 0 },
        { "{\"a\":\"\",\"ab\":\"\"}", HZ_OK, 0 },
        { "{\"a\":\"\",\"x-\":1}", HZ_OK, 1 },
        { "{\"a\":\"\",\"x-a\":{\"y\":[1,2]},\"x-b\":null}", HZ_E_FORMAT, 1 }, /* canonical JSON here has no null */
        { "{\"a\":\"\",\"x-a\":{\"y\":[1,2]},\"x-b\":true}", HZ_OK, 2 },
        { "{\"ab\":\"\"}", HZ_E_FORMAT, 0 },
        { "{}", HZ_E_FORMAT, 0 },
        { "[]", HZ_E_FORMAT, 0 },
        { "{\"a\":\"\",\"b\":1}", HZ_E_FORMAT, 0 },
        { "{\"a\":\"\",\"x\":1}", HZ_E_FORMAT, 0 },
        { "{\"a\":\"\",\"y-a\":1}", HZ_E_FORMAT, 0 },
        { "{\"\":1,\"a\":\"\"}", HZ_E_FORMAT, 0 },
        { "{\"a\":\"\",\"abc\":\"\"}", HZ_E_FORMAT, 0 },
        { "{\"a\":\"\",\"a\":\"\"}", HZ_E_FORMAT, 0 },
        { "{\"ab\":\"\",\"a\":\"\"}", HZ_E_FORMAT, 0 },
        { "{\"a\":\"\"}x", HZ_E_FORMAT, 0 },
    };
    struct r_value v[2];

    (void)state;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        const char *wrong;
        struct r_json j;
        size_t at;

        r_json_init(&j, objects[i].json, strlen(objects[i].json));
        if (r_field_read(&j, fields, 2, v, NULL))
            r_json_done(&j);
        if (r_json_result(&j, &wrong, &at) != objects[i].code || (!wrong && j.extensions != objects[i].extensions))
            fail_msg("%s: %s, %u", objects[i].json, wrong ? wrong : "accepted", (unsigned)j.extensions);
    }
}

TEST_MAIN(cmocka_unit_test(test_kinds), cmocka_unit_test(test_values), cmocka_unit_test(test_keys))

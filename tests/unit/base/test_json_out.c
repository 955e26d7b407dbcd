#include "base/json_out.h"

#include <stdio.h>

#include "tests/unit/test.h"

/* Writes into a fresh buffer; the caller's block uses j, then the text is compared. */
struct trial {
    struct buf b;
    struct json_out j;
};

static void begin(struct trial *t)
{
    buf_init(&t->b, 100000);
    json_init(&t->j, &t->b);
}

static void end_good(struct trial *t, const char *want)
{
    struct hz_error err = { 0 };
    assert_int_equal(json_check(&t->j, &err), HZ_OK);
    assert_string_equal(buf_text(&t->b), want);
    buf_free(&t->b);
}

static void end_bad(struct trial *t, const char *why)
{
    struct hz_error err = { 0 };
    assert_int_equal(json_check(&t->j, &err), HZ_E_FORMAT);
    assert_non_null(strstr(err.text, why));
    buf_free(&t->b);
}

static void a_whole_object(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    json_object(&t.j);
    json_key(&t.j, "a");
    json_array(&t.j);
    json_int(&t.j, -1);
    json_bool(&t.j, true);
    json_object(&t.j);
    json_object_end(&t.j);
    json_array(&t.j);
    json_array_end(&t.j);
    json_array_end(&t.j);
    json_member_string(&t.j, "absent", NULL);
    json_member_bool(&t.j, "b", false);
    json_member_decimal(&t.j, "c", UINT64_MAX);
    json_member_int(&t.j, "d", 9007199254740991);
    json_member_string(&t.j, "e f~", "x y");
    json_object_end(&t.j);
    end_good(
        &t,
        "{\"a\":[-1,true,{},[]],\"b\":false,\"c\":\"18446744073709551615\",\"d\":9007199254740991,\"e f~\":\"x y\"}");
}

static void strings_use_the_shortest_escapes(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    json_string_n(&t.j, "\"\\/\b\f\n\r\t\0\x1f\x7f\xE2\x80\xA8\xE8\xA8\xBC", 17);
    end_good(&t, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\xE2\x80\xA8\xE8\xA8\xBC\"");
}

/* RFC 8785 section 3.2.2.2, byte by byte. */
static size_t escape_one(char *to, unsigned char c)
{
    static const char shorts[] = "\b\t\n\f\r", letters[] = "btnfr";
    const char *at = c != 0 ? strchr(shorts, c) : NULL;
    if (at != NULL || c == '"' || c == '\\')
        return (size_t)snprintf(to, 8, "\\%c", at != NULL ? letters[at - shorts] : c);
    if (c < 0x20)
        return (size_t)snprintf(to, 8, "\\u%04x", c);
    *to = (char)c;
    return 1;
}

/* Long strings are looked at in words: each character at each place of one, among blanks and among letters. */
static void every_character_at_every_place(void **state)
{
    (void)state;
    char text[24], want[64];
    for (unsigned c = 0; c < 128; c++) {
        for (size_t at = 0; at < sizeof text; at++) {
            struct trial t;
            memset(text, c % 2 == 0 ? ' ' : 'x', sizeof text);
            text[at] = (char)c;
            size_t len = 0;
            want[len++] = '"';
            for (size_t i = 0; i < sizeof text; i++)
                len += escape_one(want + len, (unsigned char)text[i]);
            memcpy(want + len, "\"", 2);
            begin(&t);
            json_string_n(&t.j, text, sizeof text);
            end_good(&t, want);
        }
    }
}

static void lines_follow_each_other_in_one_buffer(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    json_int(&t.j, 1);
    buf_putc(&t.b, '\n');
    json_init(&t.j, &t.b);
    json_int(&t.j, 2);
    end_good(&t, "1\n2");
}

static void keys_must_ascend(void **state)
{
    (void)state;
    static const char *const pairs[][2] = { { "b", "a" }, { "a", "a" }, { "ab", "a" }, { "a", "B" }, { "a_", "a-" } };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct trial t;
        begin(&t);
        json_object(&t.j);
        json_member_int(&t.j, pairs[i][0], 1);
        json_member_int(&t.j, pairs[i][1], 1);
        json_object_end(&t.j);
        end_bad(&t, "a key out of order");
    }
}

static void order_is_kept_per_object(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    json_object(&t.j);
    json_key(&t.j, "m");
    json_object(&t.j);
    json_member_int(&t.j, "a", 1);
    json_object_end(&t.j);
    json_member_int(&t.j, "n", 2);
    json_object_end(&t.j);
    end_good(&t, "{\"m\":{\"a\":1},\"n\":2}");
    begin(&t);
    json_object(&t.j);
    json_key(&t.j, "m");
    json_object(&t.j);
    json_member_int(&t.j, "z", 1);
    json_object_end(&t.j);
    json_member_int(&t.j, "a", 2);
    json_object_end(&t.j);
    end_bad(&t, "a key out of order");
}

static void odd_keys_are_refused(void **state)
{
    (void)state;
    char key[JSON_OUT_KEY + 1] = "";
    memset(key, 'k', JSON_OUT_KEY);
    const char *const bad[] = { key, "\xE8\xA8\xBC", "a\n", "a\x7f" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct trial t;
        begin(&t);
        json_object(&t.j);
        json_member_int(&t.j, bad[i], 1);
        json_object_end(&t.j);
        end_bad(&t, "too long or not ASCII");
    }
}

static void misuse_sticks(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    json_object(&t.j);
    json_int(&t.j, 1);
    json_object_end(&t.j);
    end_bad(&t, "a value without a key");
    begin(&t);
    json_key(&t.j, "a");
    end_bad(&t, "a key where none belongs");
    begin(&t);
    json_object(&t.j);
    json_key(&t.j, "a");
    json_key(&t.j, "b");
    end_bad(&t, "a key where none belongs");
    begin(&t);
    json_int(&t.j, 1);
    json_int(&t.j, 1);
    end_bad(&t, "a second value");
    begin(&t);
    json_string(&t.j, NULL);
    end_bad(&t, "unknown");
    begin(&t);
    json_string(&t.j, "\xFF");
    end_bad(&t, "not UTF-8");
}

static void ends_must_match(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    end_bad(&t, "unbalanced");
    begin(&t);
    json_object(&t.j);
    end_bad(&t, "unbalanced");
    begin(&t);
    json_object(&t.j);
    json_array_end(&t.j);
    end_bad(&t, "unbalanced");
    begin(&t);
    json_array(&t.j);
    json_array_end(&t.j);
    json_array_end(&t.j);
    end_bad(&t, "unbalanced");
    begin(&t);
    json_object(&t.j);
    json_key(&t.j, "a");
    json_object_end(&t.j);
    end_bad(&t, "unbalanced");
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    for (int i = 1; i < JSON_OUT_DEPTH; i++)
        json_array(&t.j);
    for (int i = 1; i < JSON_OUT_DEPTH; i++)
        json_array_end(&t.j);
    end_good(&t, "[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]");
    begin(&t);
    for (int i = 0; i < 100; i++)
        json_array(&t.j);
    end_bad(&t, "nested too deeply");
}

static void integers_stay_below_2_53(void **state)
{
    (void)state;
    static const int64_t bad[] = { INT64_C(1) << 53, -(INT64_C(1) << 53), INT64_MAX, INT64_MIN };
    struct trial t;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        begin(&t);
        json_int(&t.j, bad[i]);
        end_bad(&t, "an integer beyond 2^53");
    }
    begin(&t);
    json_int(&t.j, 1 - (INT64_C(1) << 53));
    end_good(&t, "-9007199254740991");
}

static void a_full_buffer_is_told(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(5);
    struct json_out j;
    json_init(&j, &b);
    json_string(&j, "12345");
    assert_int_equal(json_check(&j, NULL), HZ_E_LIMIT);
}

/* The reason is the room, not what comes after it. */
static void test_no_room_for_a_key(void **state)
{
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(4);
    struct hz_error err = { 0 };
    struct json_out j;

    (void)state;
    json_init(&j, &b);
    json_object(&j);
    json_key(&j, "a key");
    json_string(&j, "a value");
    json_object_end(&j);
    assert_int_equal(json_check(&j, &err), HZ_E_LIMIT);
}

TEST_MAIN(cmocka_unit_test(test_no_room_for_a_key), cmocka_unit_test(a_whole_object),
          cmocka_unit_test(strings_use_the_shortest_escapes), cmocka_unit_test(every_character_at_every_place),
          cmocka_unit_test(lines_follow_each_other_in_one_buffer), cmocka_unit_test(keys_must_ascend),
          cmocka_unit_test(order_is_kept_per_object), cmocka_unit_test(odd_keys_are_refused),
          cmocka_unit_test(misuse_sticks), cmocka_unit_test(ends_must_match), cmocka_unit_test(depth_is_bounded),
          cmocka_unit_test(integers_stay_below_2_53), cmocka_unit_test(a_full_buffer_is_told))

#include "base/text.h"

#include <stdlib.h>

#include "base/error.h"
#include "tests/unit/test.h"

/* The other direction of RFC 3629: code point to bytes. */
static size_t encode(uint32_t point, unsigned char out[4])
{
    if (point < 0x80) {
        out[0] = (unsigned char)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; point >>= 6)
        out[i] = (unsigned char)(0x80 | (point & 0x3F));
    out[0] = (unsigned char)(point | (0xF00U >> len & 0xFF));
    return len;
}

static void every_code_point_is_accepted_once(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        unsigned char bytes[5] = { 0 };
        size_t len = encode(point, bytes);
        size_t want = point >= 0xD800 && point <= 0xDFFF ? 0 : len;
        assert_int_equal(text_utf8_sequence(bytes, len), want);
        assert_int_equal(text_utf8_sequence(bytes, len - 1), 0);
    }
}

/* As many valid two- and three-byte strings as there are code points: so nothing else is accepted. */
static void count_of_valid_sequences_is_right(void **state)
{
    (void)state;
    unsigned one = 0, two = 0, three = 0, four = 0;
    for (uint32_t i = 0; i < 1 << 24; i++) {
        const unsigned char bytes[4] = { (unsigned char)(i >> 16), (unsigned char)(i >> 8), (unsigned char)i, 0x80 };
        size_t len = text_utf8_sequence(bytes, 4);
        one += len == 1;
        two += len == 2 && bytes[2] == 0;
        three += len == 3;
        four += len == 4;
    }
    assert_int_equal(one, 0x80 << 16);
    assert_int_equal(two, 0x800 - 0x80);
    assert_int_equal(three, 0x10000 - 0x800 - 0x800);
    assert_int_equal(four, (0x110000 - 0x10000) / 64);
}

static void strings_of_utf8(void **state)
{
    (void)state;
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("a\0\xE8\xA8\xBC", 5));
    assert_false(text_is_utf8("a\xE8\xA8", 3));
    assert_false(text_is_utf8("\xC0\xAF", 2));
}

static void replacement(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(100);
    assert_int_equal(text_to_utf8(&b, "a\xFF\xE8\xA8z\xE8\xA8\xBC", 8), HZ_OK);
    assert_string_equal(buf_text(&b), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xE8\xA8\xBC");
}

static void lines(void **state)
{
    (void)state;
    assert_true(text_is_line("Sato Hanako", 11));
    assert_true(text_is_line("\xC2\xA0\xE8\xA8\xBC", 100));
    static const char *const bad[] = { "",      " a",        "a ",        "a\nb", "a\tb",
                                       "a\x7F", "a\xC2\x80", "a\xC2\x9F", "\xFF", "a\xC2" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(text_is_line(bad[i], 100));
    assert_false(text_is_line("\na", 100));
    assert_false(text_is_line("Sato Hanako", 10));
}

static void hexadecimal(void **state)
{
    (void)state;
    char out[9];
    unsigned char back[4] = { 9, 9, 9, 9 };
    text_hex(out, (const unsigned char *)"\x09\x1f\xa0\xff", 4);
    assert_string_equal(out, "091fa0ff");
    assert_int_equal(text_unhex(back, 4, out, 8), HZ_OK);
    assert_memory_equal(back, "\x09\x1f\xa0\xff", 4);
    static const char *const bad[] = { "001fa0f", "001fa0fg", "001FA0FF", "001fa0ff0", "001fa0ff00", "", " 01fa0ff" };
    unsigned char kept[4] = { 9, 9, 9, 9 };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(text_unhex(kept, 4, bad[i], strlen(bad[i])), HZ_E_FORMAT);
    assert_memory_equal(kept, "\x09\x09\x09\x09", 4);
}

/* RFC 4648 section 10. */
static void base64_vectors(void **state)
{
    (void)state;
    static const char *const pairs[][2] = { { "", "" },
                                            { "f", "Zg==" },
                                            { "fo", "Zm8=" },
                                            { "foo", "Zm9v" },
                                            { "foob", "Zm9vYg==" },
                                            { "fooba", "Zm9vYmE=" },
                                            { "foobar", "Zm9vYmFy" } };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(100);
        assert_int_equal(text_base64(&b, pairs[i][0], strlen(pairs[i][0])), HZ_OK);
        assert_string_equal(buf_text(&b), pairs[i][1]);
        buf_reset(&b);
        assert_int_equal(text_unbase64(&b, pairs[i][1], strlen(pairs[i][1])), HZ_OK);
        assert_string_equal(buf_text(&b), pairs[i][0]);
    }
}

/* What has no room is not begun. */
static void base64_without_room(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(11);
    assert_int_equal(text_base64(&b, NULL, 0), HZ_OK);
    assert_int_equal(text_base64(&b, "foobar", 6), HZ_OK);
    assert_int_equal(text_base64(&b, "f", 1), HZ_E_LIMIT);
    assert_int_equal(b.len, 8);
    assert_int_equal(text_base64(&b, NULL, 0), HZ_E_LIMIT);
    buf_free(&b);
}

static void base64_has_one_encoding(void **state)
{
    (void)state;
    static const char *const bad[] = { "Zg",       "Zg=",    "Zh==", "Zm9=",     "Zm8",  "Z===", "====",
                                       "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm9v====", "Z-_=", "=Zg=", "Zm=v" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(100);
        buf_puts(&b, "x");
        assert_int_equal(text_unbase64(&b, bad[i], strlen(bad[i])), HZ_E_FORMAT);
        assert_int_equal(b.len, 1);
    }
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(100);
    assert_int_equal(text_unbase64(&b, "Zm9\0", 4), HZ_E_FORMAT);
}

static void base64_all_bytes(void **state)
{
    (void)state;
    unsigned char all[256];
    for (unsigned i = 0; i < 256; i++)
        all[i] = (unsigned char)(255 - i);
    for (size_t len = 0; len <= sizeof all; len++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(1000), back = BUF_INIT(1000);
        text_base64(&text, all, len);
        assert_int_equal(text.len, (len + 2) / 3 * 4);
        assert_int_equal(text_unbase64(&back, (const char *)text.data, text.len), HZ_OK);
        assert_int_equal(back.len, len);
        assert_memory_equal(back.data == NULL ? all : back.data, all, len);
    }
}

/* Groups are decoded four bytes at a time, the last by itself. */
static void base64_letters_are_of_the_alphabet(void **state)
{
    static const char wrong[] = "-_=. \n\xff";
    char text[45] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    (void)state;
    for (size_t len = 4; len < sizeof text; len += 4)
        for (size_t at = 0; at < len; at++)
            for (const char *c = wrong; *c != '\0'; c++) {
                text[at] = *c;
                if (text_is_base64(text, len) != (*c == '=' && at == len - 1))
                    fail_msg("a wrong answer: character %zu of %zu", at, len);
                text[at] = 'A';
            }
}

static void full_buffers_are_told(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf b = BUF_INIT(3);
    assert_int_equal(text_base64(&b, "f", 1), HZ_E_LIMIT);
    buf_reset(&b);
    assert_int_equal(text_unbase64(&b, "Zm9vYg==", 8), HZ_E_LIMIT);
    buf_reset(&b);
    assert_int_equal(text_to_utf8(&b, "\xFF\xFF", 2), HZ_E_LIMIT);
}

static void equality_and_copies(void **state)
{
    (void)state;
    assert_true(text_equal(NULL, NULL));
    assert_false(text_equal("", NULL));
    assert_false(text_equal(NULL, ""));
    assert_true(text_equal("a", "a"));
    assert_false(text_equal("a", "b"));
    assert_null(text_copy(NULL));
    char *copy = text_copy("abc");
    assert_string_equal(copy, "abc");
    free(copy);
}

/* Text is looked at in words: one wrong byte at each place. */
static void a_wrong_byte_at_every_place(void **state)
{
    (void)state;
    char text[29];
    memset(text, 'a', sizeof text);
    assert_true(text_is_utf8(text, sizeof text));
    for (size_t len = 1; len <= sizeof text; len++) {
        for (size_t at = 0; at < len; at++) {
            text[at] = (char)0x80;
            assert_false(text_is_utf8(text, len));
            text[at] = 'a';
        }
    }
}

TEST_MAIN(cmocka_unit_test(a_wrong_byte_at_every_place), cmocka_unit_test(every_code_point_is_accepted_once),
          cmocka_unit_test(count_of_valid_sequences_is_right), cmocka_unit_test(strings_of_utf8),
          cmocka_unit_test(replacement), cmocka_unit_test(lines), cmocka_unit_test(hexadecimal),
          cmocka_unit_test(base64_vectors), cmocka_unit_test(base64_without_room),
          cmocka_unit_test(base64_has_one_encoding), cmocka_unit_test(base64_all_bytes),
          cmocka_unit_test(base64_letters_are_of_the_alphabet), cmocka_unit_test(full_buffers_are_told),
          cmocka_unit_test(equality_and_copies))

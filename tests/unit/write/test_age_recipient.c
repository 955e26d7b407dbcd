#include "formats/write/age_recipient.h"

#include "base/text.h"
#include "tests/unit/write/age_reader.h"
#include "tests/unit/write/vectors.h"

static struct hz_error err;

static int parse(const char *text, struct w_age_recipient *out)
{
    memset(&err, 0, sizeof err);
    return w_age_recipient_parse(text, out, &err);
}

static void assert_refused(const char *text, const char *why)
{
    struct w_age_recipient out, before;
    memset(&out, 0x5a, sizeof out);
    before = out;
    assert_int_equal(parse(text, &out), HZ_E_USAGE);
    if (strstr(err.text, why) == NULL)
        fail_msg("\"%s\": not said: %s", err.text, why);
    assert_memory_equal(&out, &before, sizeof out);
    if (strlen(text) > 20)
        for (size_t i = 0; i + 8 <= strlen(text); i++) { /* nothing of it stands in the message */
            char part[9];
            snprintf(part, sizeof part, "%s", text + i);
            assert_null(strstr(err.text, part));
        }
}

static void assert_key_refused(const unsigned char key[AGE_KEY], const char *why)
{
    struct buf text = BUF_INIT(256);
    age_bech32(&text, "age", key, AGE_KEY);
    assert_refused((const char *)text.data, why);
    buf_free(&text);
}

static const char sample[] = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

static void keys_are_read(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 200; n++) {
        unsigned char secret[AGE_KEY], public[AGE_KEY];
        struct w_age_recipient out;
        struct buf text = BUF_INIT(256);
        memset(secret, (int)n, sizeof secret);
        age_public(secret, public);
        age_bech32(&text, "age", public, AGE_KEY);
        assert_int_equal(parse((const char *)text.data, &out), HZ_OK);
        assert_memory_equal(out.key, public, AGE_KEY);
        buf_free(&text);
    }
}

static void a_published_key(void **state)
{
    (void)state;
    struct w_age_recipient out;
    struct buf text = BUF_INIT(256);
    assert_int_equal(parse(sample, &out), HZ_OK);
    age_bech32(&text, "age", out.key, AGE_KEY);
    assert_string_equal((const char *)text.data, sample);
    buf_free(&text);
}

static void one_wrong_character(void **state)
{
    (void)state;
    static const char others[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    for (size_t i = 4; i < sizeof sample - 1; i++)
        for (const char *c = others; *c != '\0'; c++) {
            char text[sizeof sample];
            memcpy(text, sample, sizeof sample);
            text[i] = *c;
            if (*c != sample[i])
                assert_refused(text, "its checksum is wrong");
        }
    char swapped[sizeof sample];
    memcpy(swapped, sample, sizeof sample);
    swapped[10] = sample[11];
    swapped[11] = sample[10];
    assert_refused(swapped, "its checksum is wrong");
}

static void other_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        { "", "it has to begin with age1" },
        { "age", "it has to begin with age1" },
        { "age1", "it has 4 characters and should have 62" },
        { "sato@csirt.example", "it has to begin with age1" },
        { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN", "begin with age1" },
        { "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8", "it has 61 characters and should have 62" },
        { "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8pp", "it has 63 characters" },
        { "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8b", "a character that cannot be in one" },
        { "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8\n", "a character that cannot be in one" },
        { "AGE1QL3Z7HJY54PW3HYWW5AYYFG7ZQGVC7W3J2ELW8ZMRJ2KG5SFN9AQMCAC8P", "capital letters" },
        { "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8P", "capital letters" },
        { "Age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "capital letters" },
        { "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t", "a plugin or to another kind" },
        { "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0", "this is a secret key" },
        { "age-secret-key-1egtzvffv20835nwyv6270lxyvk2vknx2mmdkwyklmgr48uawx40q2p2lm0", "this is a secret key" },
        { "AGE-SECRET-KEY-1EGTZ", "this is a secret key" },
        { "AGE-PLUGIN-YUBIKEY-17XLQ3QYZ9E8NT3KG4WX2", "this is a secret key" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].text, cases[i].why);
}

/* Good checksums around what is no key of age. */
static void other_bytes(void **state)
{
    (void)state;
    unsigned char bytes[AGE_KEY + 1] = { 9 }, groups[52] = { 1 };
    struct buf text = BUF_INIT(256);
    age_bech32(&text, "age", bytes, AGE_KEY - 1);
    assert_refused((const char *)text.data, "it has 60 characters");
    buf_reset(&text);
    age_bech32(&text, "age", bytes, AGE_KEY + 1);
    assert_refused((const char *)text.data, "it has 63 characters");
    buf_reset(&text);
    age_bech32(&text, "agf", bytes, AGE_KEY);
    assert_refused((const char *)text.data, "it has to begin with age1");
    for (unsigned char spare = 1; spare < 16; spare++) {
        buf_reset(&text);
        groups[51] = spare;
        age_bech32_groups(&text, "age", groups, sizeof groups);
        assert_refused((const char *)text.data, "its last bits are not zero");
    }
    buf_free(&text);
}

/* Each gives zero with any secret: OpenSSL refuses the same. */
static void keys_of_low_order(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        unsigned char key[AGE_KEY], secret[AGE_KEY] = { 77, 1, 2, 3 }, shared[AGE_KEY];
        assert_int_equal(text_unhex(key, AGE_KEY, keys[i], 64), HZ_OK);
        assert_false(age_shared(secret, key, shared));
        assert_key_refused(key, "everybody could open");
        key[1] ^= 1; /* a neighbour is an ordinary key, or one that is written wrongly */
        if (i < 4)
            assert_true(age_shared(secret, key, shared));
    }
}

static void keys_written_in_another_way(void **state)
{
    (void)state;
    unsigned char key[AGE_KEY];
    memset(key, 0xff, sizeof key);
    key[31] = 0x7f;
    for (unsigned first = 0xed; first <= 0xff; first++) { /* 2^255 - 19 and above */
        key[0] = (unsigned char)first;
        assert_key_refused(key, "not written as X25519 keys are");
    }
    memset(key, 3, sizeof key);
    key[31] = 0x83;
    assert_key_refused(key, "not written as X25519 keys are");
    for (size_t i = 0; i < AGE_KEY; i++) { /* below it */
        struct w_age_recipient out;
        struct buf text = BUF_INIT(256);
        memset(key, 0xff, sizeof key);
        key[31] = 0x7f;
        key[0] = i == 0 ? 0xeb : 0xff;
        key[i] = i == 0 ? 0xeb : i == 31 ? 0x7e : 0xfe;
        age_bech32(&text, "age", key, AGE_KEY);
        assert_int_equal(parse((const char *)text.data, &out), HZ_OK);
        buf_free(&text);
    }
}

TEST_MAIN(cmocka_unit_test(keys_are_read), cmocka_unit_test(a_published_key), cmocka_unit_test(one_wrong_character),
          cmocka_unit_test(other_texts), cmocka_unit_test(other_bytes), cmocka_unit_test(keys_of_low_order),
          cmocka_unit_test(keys_written_in_another_way))

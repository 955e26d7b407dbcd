#include "formats/write/signers.h"

#include "tests/unit/test.h"

static struct hz_error err;

static void lines(void **state)
{
    (void)state;
    struct w_key *key = NULL;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(8192), line = BUF_INIT(8192), expected = BUF_INIT(8192);
    const char *who = "Sato Hanako <sato@csirt.example>";
    assert_int_equal(w_key_generate(&key, W_KEY_P256, W_KEY_COLLECT, &err), HZ_OK);
    assert_int_equal(w_key_public_line(key, who, &line, &err), HZ_OK);
    assert_int_equal(w_signers_line(who, W_KEY_COLLECT, key, &out, &err), HZ_OK);
    buf_printf(&expected, "sato@csirt.example namespaces=\"hozen-bundle-v1\" %s", buf_text(&line));
    assert_string_equal(buf_text(&out), buf_text(&expected));
    buf_reset(&out);
    buf_reset(&expected);
    assert_int_equal(w_signers_line(who, W_KEY_CUSTODY, key, &out, &err), HZ_OK);
    buf_printf(&expected, "sato@csirt.example namespaces=\"hozen-ledger-v1,hozen-countersign-v1\" %s", buf_text(&line));
    assert_string_equal(buf_text(&out), buf_text(&expected));
    w_key_free(key);
}

static void names_that_make_no_line(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "Sato Hanako",
                                       "sato@csirt.example",
                                       "<sato@csirt.example>",
                                       " <sato@csirt.example>",
                                       "Sato<sato@csirt.example>",
                                       "Sato <sato@csirt.example> x",
                                       "Sato <sato>",
                                       "Sato <@csirt.example>",
                                       "Sato <sato@>",
                                       "Sato <a@b@c>",
                                       "Sato <sa to@csirt.example>",
                                       "Sato <*@csirt.example>",
                                       "Sato <!sato@csirt.example>",
                                       "Sato <a@b,c@d>",
                                       "Sato <#a@b>",
                                       "Sato <\"a\"@b>",
                                       "Sato <a@b> <c@d>",
                                       "Sato\n<a@b>",
                                       "Sato\nroot@x ssh-ed25519 AAAA <a@b>",
                                       "Sato\xff <a@b>" };
    static const char *const good[] = { "S <a@b>",
                                        "\xe4\xbd\x90\xe8\x97\xa4 \xe8\x8a\xb1\xe5\xad\x90 <sato@csirt.example>",
                                        "O'Neil, J. <j.o+x_y-z@mail.example>" };
    struct w_key *key = NULL;
    assert_int_equal(w_key_generate(&key, W_KEY_ED25519, W_KEY_COLLECT, &err), HZ_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(8192);
        if (w_signers_line(bad[i], W_KEY_COLLECT, key, &out, &err) != HZ_E_USAGE || out.len != 0)
            fail_msg("accepted: %s", bad[i]);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(8192);
        assert_int_equal(w_signers_line(good[i], W_KEY_COLLECT, key, &out, &err), HZ_OK);
    }
    w_key_free(key);
}

TEST_MAIN(cmocka_unit_test(lines), cmocka_unit_test(names_that_make_no_line))

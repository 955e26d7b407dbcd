#include "formats/write/key.h"

#include "base/child.h"
#include "base/text.h"
#include "formats/write/digest.h"
#include "tests/unit/write/scratch.h"

static struct hz_error err;
static const char *const key_file[] = { "key", NULL };

static struct w_key *make(enum w_key_algorithm algorithm, enum w_key_purpose purpose)
{
    struct w_key *key = NULL;
    assert_int_equal(w_key_generate(&key, algorithm, purpose, &err), HZ_OK);
    return key;
}

static void write_file(const struct scratch *t, const char *name, const void *bytes, size_t len)
{
    int fd = -1;
    unlinkat(t->directory, name, 0);
    assert_int_equal(io_create_new(t->directory, name, 0600, &fd, &err), HZ_OK);
    assert_int_equal(io_write(fd, bytes, len, &err), HZ_OK);
    io_close(&fd);
}

static void save(const struct scratch *t, const struct w_key *key, const char *passphrase)
{
    HZ_CLEANUP(buf_free) struct buf pem = BUF_INIT(65536);
    assert_int_equal(w_key_private_pem(key, passphrase, &pem, &err), HZ_OK);
    write_file(t, "key", pem.data, pem.len);
}

/* The context is the passphrase to give, NULL for none; counts nothing, decides nothing. */
static const char *answer(void *context)
{
    return context;
}

static const char *must_not_ask(void *context)
{
    (void)context;
    fail_msg("asked for a passphrase");
    return NULL;
}

static int load(const struct scratch *t, enum w_key_purpose purpose, w_key_ask *ask, const char *passphrase,
                struct w_key **key)
{
    char path[96], copy[64] = "";
    snprintf(path, sizeof path, "%s/key", t->path);
    if (passphrase != NULL)
        strcpy(copy, passphrase);
    return w_key_load(key, path, purpose, ask, passphrase != NULL ? copy : NULL, &err);
}

static void loads_what_it_writes(void **state)
{
    (void)state;
    struct scratch t;
    scratch_open(&t);
    for (int i = 0; i < 4; i++) {
        struct w_key *key = make(i & 1 ? W_KEY_ED25519 : W_KEY_P256, i & 2 ? W_KEY_CUSTODY : W_KEY_COLLECT),
                     *back = NULL;
        save(&t, key, NULL);
        assert_int_equal(load(&t, i & 2 ? W_KEY_CUSTODY : W_KEY_COLLECT, must_not_ask, NULL, &back), HZ_OK);
        assert_string_equal(w_key_id(key), w_key_id(back));
        assert_string_equal(w_key_fingerprint(key), w_key_fingerprint(back));
        w_key_free(back);
        back = NULL;
        assert_int_equal(load(&t, i & 2 ? W_KEY_COLLECT : W_KEY_CUSTODY, NULL, NULL, &back), HZ_E_DENIED);
        assert_non_null(strstr(err.text, i & 2 ? "this is a key for custody" : "this is a key for collect"));
        assert_non_null(strstr(err.text, t.path));
        assert_null(back);
        w_key_free(key);
    }
    scratch_close(&t, key_file);
}

static void passphrases(void **state)
{
    (void)state;
    struct scratch t;
    scratch_open(&t);
    for (int i = 0; i < 2; i++) {
        struct w_key *key = make(i ? W_KEY_ED25519 : W_KEY_P256, W_KEY_CUSTODY), *back = NULL;
        HZ_CLEANUP(buf_free) struct buf pem = BUF_INIT(65536);
        assert_int_equal(w_key_private_pem(key, "", &pem, &err), HZ_E_USAGE);
        save(&t, key, "correct horse");
        assert_int_equal(load(&t, W_KEY_CUSTODY, NULL, NULL, &back), HZ_E_CRYPTO);
        assert_non_null(strstr(err.text, "no passphrase"));
        assert_int_equal(load(&t, W_KEY_CUSTODY, answer, NULL, &back), HZ_E_CRYPTO);
        assert_int_equal(load(&t, W_KEY_CUSTODY, answer, "wrong horse", &back), HZ_E_CRYPTO);
        assert_non_null(strstr(err.text, "wrong passphrase"));
        assert_null(back);
        assert_int_equal(load(&t, W_KEY_COLLECT, must_not_ask, NULL, &back), HZ_E_DENIED);
        assert_int_equal(load(&t, W_KEY_CUSTODY, answer, "correct horse", &back), HZ_OK);
        assert_string_equal(w_key_id(key), w_key_id(back));
        w_key_free(back);
        w_key_free(key);
    }
    scratch_close(&t, key_file);
}

/* Runs a program of the system; gives what it printed. */
static const char *run(struct buf *out, const char *const *argv)
{
    static const char *const environment[] = { "LC_ALL=C", "HOME=/nonexistent", NULL };
    const struct child_spec spec = { .path = argv[0], .argv = argv, .envp = environment, .timeout_seconds = 60 };
    int status = -1;
    buf_reset(out);
    assert_int_equal(child_run(&spec, out, &status, &err), HZ_OK);
    assert_int_equal(status, 0);
    return buf_text(out);
}

static void openssh_and_openssl_agree(void **state)
{
    (void)state;
    struct scratch t;
    char path[96], pub[96];
    static const char *const both[] = { "key", "pub", NULL };
    scratch_open(&t);
    snprintf(path, sizeof path, "%s/key", t.path);
    snprintf(pub, sizeof pub, "%s/pub", t.path);
    for (int i = 0; i < 4; i++) {
        struct w_key *key = make(i & 1 ? W_KEY_ED25519 : W_KEY_P256, W_KEY_COLLECT);
        const char *passphrase = i & 2 ? "correct horse" : NULL;
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536), line = BUF_INIT(65536);
        save(&t, key, passphrase);
        assert_int_equal(w_key_public_line(key, "Sato Hanako <sato@csirt.example>", &line, &err), HZ_OK);
        write_file(&t, "pub", line.data, line.len);
        const char *const fingerprint[] = { "/usr/bin/ssh-keygen", "-l", "-f", pub, NULL };
        const char *said = run(&out, fingerprint);
        assert_non_null(strstr(said, w_key_fingerprint(key)));
        assert_non_null(strstr(said, " Sato Hanako <sato@csirt.example> "));
        const char *const check[] = { "/usr/bin/openssl",   "pkey", "-noout", "-check", "-in", path, "-passin",
                                      "pass:correct horse", NULL };
        if (!(i & 1))
            assert_non_null(strstr(run(&out, check), "Key is valid"));
        const char *const public_part[] = {
            "/usr/bin/ssh-keygen", "-y", "-P", passphrase != NULL ? passphrase : "", "-f", path, NULL
        };
        if (!(i & 1)) { /* OpenSSH before 9.6 reads no Ed25519 from PKCS#8 */
            said = run(&out, public_part);
            assert_memory_equal(said, line.data, out.len - 1); /* all but the comment */
        }
        w_key_free(key);
    }
    scratch_close(&t, both);
}

static void ids(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct w_key *key = make(i ? W_KEY_ED25519 : W_KEY_P256, W_KEY_COLLECT);
        HZ_CLEANUP(buf_free) struct buf fingerprint = BUF_INIT(100);
        const struct buf *blob = w_key_blob(key);
        char id[W_DIGEST_HEX];
        unsigned char digest[W_DIGEST_SIZE];
        assert_int_equal(blob->len, i ? 4 + 11 + 4 + 32 : 4 + 19 + 4 + 8 + 4 + 65);
        assert_memory_equal(blob->data + 4, i ? "ssh-ed25519" : "ecdsa-sha2-nistp256", i ? 11 : 19);
        assert_int_equal(w_digest_hex_of(blob->data, blob->len, id, &err), HZ_OK);
        assert_string_equal(w_key_id(key), id);
        assert_int_equal(w_digest_of(blob->data, blob->len, digest, &err), HZ_OK);
        text_base64(&fingerprint, digest, sizeof digest);
        assert_int_equal(strlen(w_key_fingerprint(key)), 7 + 43);
        assert_memory_equal(w_key_fingerprint(key) + 7, fingerprint.data, 43);
        w_key_free(key);
    }
    w_key_free(NULL);
}

static void assert_refused(const struct scratch *t, const char *text, size_t len, int rc)
{
    struct w_key *key = NULL;
    write_file(t, "key", text, len);
    int got = load(t, W_KEY_COLLECT, NULL, NULL, &key);
    if (got != rc)
        fail_msg("%d, not %d (%s): %.60s", got, rc, err.text, text);
    assert_null(key);
}

static void what_is_no_key_of_ours(void **state)
{
    (void)state;
    struct scratch t;
    HZ_CLEANUP(buf_free) struct buf pem = BUF_INIT(65536), other = BUF_INIT(65536);
    struct w_key *key = make(W_KEY_ED25519, W_KEY_COLLECT);
    static char large[20000];
    scratch_open(&t);
    assert_int_equal(w_key_private_pem(key, NULL, &pem, &err), HZ_OK);
    const char *text = buf_text(&pem), *begin = strstr(text, "-----BEGIN");
    assert_refused(&t, begin, strlen(begin), HZ_E_DENIED);
    assert_refused(&t, "", 0, HZ_E_DENIED);
    assert_refused(&t, "hozen-purpose: collector\n", 25, HZ_E_DENIED);
    assert_refused(&t, "hozen-purpose: collect\n", 23, HZ_E_FORMAT);
    for (size_t cut = 24; cut + 2 < pem.len; cut += 7)
        assert_refused(&t, text, cut, HZ_E_FORMAT);
    memset(large, '\n', sizeof large);
    memcpy(large, text, pem.len);
    assert_refused(&t, large, sizeof large, HZ_E_LIMIT);
    static const char *const kinds[][2] = {
        { "RSA", "rsa_keygen_bits:2048" }, { "EC", "ec_paramgen_curve:P-384" }, { "ED448", NULL }, { "X25519", NULL }
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *const command[] = { "/usr/bin/openssl", "genpkey",   "-quiet",
                                        "-algorithm",       kinds[i][0], kinds[i][1] != NULL ? "-pkeyopt" : NULL,
                                        kinds[i][1],        NULL };
        HZ_CLEANUP(buf_free) struct buf whole = BUF_INIT(65536);
        run(&other, command);
        buf_printf(&whole, "hozen-purpose: collect\n%s", buf_text(&other));
        assert_refused(&t, buf_text(&whole), whole.len, HZ_E_UNSUPPORTED);
    }
    w_key_free(key);
    scratch_close(&t, key_file);
    assert_int_equal(w_key_load(&key, "/nonexistent/key", W_KEY_COLLECT, NULL, NULL, &err), HZ_E_NOTFOUND);
    assert_int_equal(w_key_load(&key, "/tmp", W_KEY_COLLECT, NULL, NULL, &err), HZ_E_FORMAT);
}

static void decode(const struct w_key *key, struct buf *der)
{
    HZ_CLEANUP(buf_free) struct buf pem = BUF_INIT(65536), base64 = BUF_INIT(65536);
    assert_int_equal(w_key_private_pem(key, NULL, &pem, &err), HZ_OK);
    const char *p = strstr(buf_text(&pem), "KEY-----\n") + 9;
    for (; *p != '-'; p++) {
        if (*p != '\n')
            buf_putc(&base64, *p);
    }
    assert_int_equal(text_unbase64(der, (const char *)base64.data, base64.len), HZ_OK);
    assert_int_equal(der->len, 138);
}

/* A private half with another key's public half would sign what nobody can verify. */
static void halves_of_two_keys(void **state)
{
    (void)state;
    struct scratch t;
    struct w_key *one = make(W_KEY_P256, W_KEY_COLLECT), *two = make(W_KEY_P256, W_KEY_COLLECT);
    HZ_CLEANUP(buf_free) struct buf a = BUF_INIT(1024), b = BUF_INIT(1024), text = BUF_INIT(4096);
    scratch_open(&t);
    decode(one, &a);
    decode(two, &b);
    memcpy(a.data + a.len - 65, b.data + b.len - 65, 65);
    buf_puts(&text, "hozen-purpose: collect\n-----BEGIN PRIVATE KEY-----\n");
    for (size_t at = 0; at < a.len; at += 48) {
        text_base64(&text, a.data + at, a.len - at < 48 ? a.len - at : 48);
        buf_putc(&text, '\n');
    }
    buf_puts(&text, "-----END PRIVATE KEY-----\n");
    assert_refused(&t, buf_text(&text), text.len, HZ_E_UNSUPPORTED);
    w_key_free(one);
    w_key_free(two);
    scratch_close(&t, key_file);
}

TEST_MAIN(cmocka_unit_test(loads_what_it_writes), cmocka_unit_test(passphrases),
          cmocka_unit_test(openssh_and_openssl_agree), cmocka_unit_test(ids), cmocka_unit_test(what_is_no_key_of_ours),
          cmocka_unit_test(halves_of_two_keys))

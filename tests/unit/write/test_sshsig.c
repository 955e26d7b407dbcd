#include "formats/write/sshsig.h"

#include <pthread.h>

#include "base/child.h"
#include "base/text.h"
#include "formats/write/sshwire.h"
#include "tests/unit/write/scratch.h"

static struct hz_error err;

static void mpints(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *wire;
        size_t wire_len;
    } cases[] = {
        { "", 0, "\0\0\0\0", 4 },
        { "\0\0", 2, "\0\0\0\0", 4 },
        { "\x7f", 1, "\0\0\0\1\x7f", 5 },
        { "\x80", 1, "\0\0\0\2\0\x80", 6 },
        { "\0\0\x80\0", 4, "\0\0\0\3\0\x80\0", 7 },
        { "\0\1\xff", 3, "\0\0\0\2\1\xff", 6 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(64);
        w_sshwire_mpint(&out, (const unsigned char *)cases[i].bytes, cases[i].len);
        assert_int_equal(out.len, cases[i].wire_len);
        assert_memory_equal(out.data, cases[i].wire, out.len);
    }
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(64);
    w_sshwire_u32(&out, 0x01020304);
    w_sshwire_text(&out, "ab");
    assert_int_equal(out.len, 10);
    assert_memory_equal(out.data, "\1\2\3\4\0\0\0\2ab", 10);
}

static int check(const char *signature, const char *name_space)
{
    static const char *const environment[] = { "LC_ALL=C", NULL };
    const char *const argv[] = {
        "/usr/bin/ssh-keygen", "-Y", "check-novalidate", "-n", name_space, "-s", signature, NULL
    };
    const struct child_spec spec = { .path = argv[0], .argv = argv, .envp = environment, .timeout_seconds = 60 };
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    int status = -1;
    assert_int_equal(child_run(&spec, &out, &status, &err), HZ_OK); /* stdin is empty: so is the message */
    return status;
}

static void save_armour(const struct scratch *t, const struct buf *armour)
{
    int fd = -1;
    unlinkat(t->directory, "sig", 0);
    assert_int_equal(io_create_new(t->directory, "sig", 0600, &fd, &err), HZ_OK);
    assert_int_equal(io_write(fd, armour->data, armour->len, &err), HZ_OK);
    io_close(&fd);
}

static void save(const struct scratch *t, const struct w_key *key, const char *message)
{
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    assert_int_equal(w_sshsig_make(key, "hozen-bundle-v1", message, strlen(message), &armour, &err), HZ_OK);
    save_armour(t, &armour);
}

static void ssh_keygen_accepts(void **state)
{
    (void)state;
    static const char *const left[] = { "sig", NULL };
    struct scratch t;
    char path[96];
    scratch_open(&t);
    snprintf(path, sizeof path, "%s/sig", t.path);
    for (int i = 0; i < 40; i++) { /* often enough that r and s come with and without a leading zero */
        struct w_key *key = NULL;
        assert_int_equal(w_key_generate(&key, i & 1 ? W_KEY_ED25519 : W_KEY_P256, W_KEY_COLLECT, &err), HZ_OK);
        save(&t, key, "");
        assert_int_equal(check(path, "hozen-bundle-v1"), 0);
        if (i < 2) {
            assert_int_not_equal(check(path, "hozen-ledger-v1"), 0);
            save(&t, key, "another message");
            assert_int_not_equal(check(path, "hozen-bundle-v1"), 0);
        }
        w_key_free(key);
    }
    scratch_close(&t, left);
}

#define SIGNERS 4

struct signer {
    pthread_t thread;
    const struct w_key *key;
    struct buf armour;
    int rc;
};

static void *sign_often(void *context)
{
    struct signer *s = context;
    for (int i = 0; s->rc == HZ_OK && i < 100; i++) {
        buf_reset(&s->armour);
        s->rc = w_sshsig_make(s->key, "hozen-bundle-v1", "", 0, &s->armour, NULL);
    }
    return NULL;
}

static void threads_share_a_key(void **state)
{
    (void)state;
    static const char *const left[] = { "sig", NULL };
    struct signer signers[SIGNERS];
    struct w_key *key = NULL;
    struct scratch t;
    char path[96];
    scratch_open(&t);
    snprintf(path, sizeof path, "%s/sig", t.path);
    assert_int_equal(w_key_generate(&key, W_KEY_P256, W_KEY_COLLECT, &err), HZ_OK);
    for (int i = 0; i < SIGNERS; i++) {
        signers[i] = (struct signer) { .key = key, .armour = BUF_INIT(8192) };
        assert_int_equal(pthread_create(&signers[i].thread, NULL, sign_often, &signers[i]), 0);
    }
    for (int i = 0; i < SIGNERS; i++) {
        assert_int_equal(pthread_join(signers[i].thread, NULL), 0);
        assert_int_equal(signers[i].rc, HZ_OK);
        save_armour(&t, &signers[i].armour);
        assert_int_equal(check(path, "hozen-bundle-v1"), 0);
        buf_free(&signers[i].armour);
    }
    w_key_free(key);
    scratch_close(&t, left);
}

static void one_armour(void **state)
{
    (void)state;
    struct w_key *key = NULL;
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192), joined = BUF_INIT(8192), blob = BUF_INIT(8192);
    assert_int_equal(w_key_generate(&key, W_KEY_ED25519, W_KEY_COLLECT, &err), HZ_OK);
    assert_int_equal(w_sshsig_make(key, "ns", "m", 1, &armour, &err), HZ_OK);
    const char *p = buf_text(&armour), *begin = "-----BEGIN SSH SIGNATURE-----\n";
    assert_memory_equal(p, begin, strlen(begin));
    for (p += strlen(begin); *p != '-'; p += strcspn(p, "\n") + 1) {
        size_t len = strcspn(p, "\n");
        assert_true(len == 70 || (len > 0 && len < 70 && p[len + 1] == '-'));
        buf_put(&joined, p, len);
    }
    assert_string_equal(p, "-----END SSH SIGNATURE-----\n");
    assert_int_equal(text_unbase64(&blob, (const char *)joined.data, joined.len), HZ_OK);
    /* magic, version, key, namespace, reserved, hash, signature: 6+4 + 4+51 + 4+2 + 4 + 4+6 + 4+83 */
    assert_int_equal(blob.len, 172);
    assert_memory_equal(blob.data, "SSHSIG\0\0\0\1\0\0\0\x33", 14);
    assert_memory_equal(blob.data + 65, "\0\0\0\2ns\0\0\0\0\0\0\0\6sha512\0\0\0\x53\0\0\0\x0bssh-ed25519\0\0\0\x40",
                        43);
    w_key_free(key);
}

TEST_MAIN(cmocka_unit_test(mpints), cmocka_unit_test(ssh_keygen_accepts), cmocka_unit_test(threads_share_a_key),
          cmocka_unit_test(one_armour))

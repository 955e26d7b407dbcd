/* The private half of a key is nowhere in memory once it was forgotten, nor what opens an age file once it is written.
 */
#include <malloc.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/write/age_stream.h"
#include "formats/write/key.h"
#include "tests/unit/test.h"
#include "tests/unit/write/age_reader.h"

#define SCALAR 32
#define MASK 0xA5 /* what is looked for must not be in memory for the sake of the search */

static struct hz_error err;

/* The scalar as it stands in a file and as OpenSSL's numbers hold it, both masked. */
static void take_scalar(const struct w_key *key, unsigned char big[SCALAR], unsigned char little[SCALAR])
{
    struct buf pem = BUF_INIT(65536);
    BIGNUM *scalar = NULL;
    assert_int_equal(w_key_private_pem(key, NULL, &pem, &err), HZ_OK);
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    assert_int_equal(EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &scalar), 1);
    assert_int_equal(BN_bn2binpad(scalar, big, SCALAR), SCALAR);
    assert_int_equal(BN_bn2lebinpad(scalar, little, SCALAR), SCALAR);
    for (size_t i = 0; i < SCALAR; i++) {
        big[i] ^= MASK;
        little[i] ^= MASK;
    }
    BN_clear_free(scalar);
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    OPENSSL_cleanse(pem.data, pem.capacity);
    buf_free(&pem);
}

/* Another process takes it apart, so that no copy is left here by that. */
static void ask_child(const struct w_key *key, unsigned char big[SCALAR], unsigned char little[SCALAR])
{
    int ends[2], status = -1;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        take_scalar(key, big, little);
        _exit(write(ends[1], big, SCALAR) == SCALAR && write(ends[1], little, SCALAR) == SCALAR ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(read(ends[0], big, SCALAR), SCALAR);
    assert_int_equal(read(ends[0], little, SCALAR), SCALAR);
    close(ends[0]);
    close(ends[1]);
}

static size_t count_in(const unsigned char *start, const unsigned char *end, const unsigned char *masked, size_t len)
{
    size_t found = 0;
    for (const unsigned char *p = start; p + len <= end; p++) {
        size_t i = 0;
        while (i < len && (p[i] ^ MASK) == masked[i])
            i++;
        found += i == len;
    }
    return found;
}

/* Heap and whatever else is private and writable. */
static size_t count_everywhere(const unsigned char *masked, size_t len)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], mode[8];
    size_t found = 0;
    unsigned long from, to;
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL)
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 && strcmp(mode, "rw-p") == 0)
            found += count_in((const unsigned char *)from, (const unsigned char *)to, masked, len);
    fclose(maps);
    return found;
}

static void forgotten_means_wiped(void **state)
{
    (void)state;
    unsigned char big[SCALAR], little[SCALAR];
    struct w_key *key = NULL;
    struct buf signature = BUF_INIT(4096);
    assert_int_equal(w_key_generate(&key, W_KEY_P256, W_KEY_COLLECT, &err), HZ_OK);
    ask_child(key, big, little);
    assert_int_equal(w_key_sign(key, "x", 1, &signature, &err), HZ_OK);
    assert_true(count_everywhere(big, SCALAR) + count_everywhere(little, SCALAR) > 0);
    w_key_forget(key);
    assert_int_equal(count_everywhere(big, SCALAR), 0);
    assert_int_equal(count_everywhere(little, SCALAR), 0);
    assert_int_equal(strncmp(w_key_fingerprint(key), "SHA256:", 7), 0);
    assert_int_equal(w_key_sign(key, "x", 1, &signature, &err), HZ_E_CRYPTO);
    buf_free(&signature);
    w_key_free(key);
}

static int into_buf(void *context, const void *bytes, size_t len, struct hz_error *e)
{
    buf_put(context, bytes, len);
    return buf_check(context, e);
}

struct age_keys {
    unsigned char file_key[W_AGE_FILE_KEY], payload_key[W_AGE_KEY];
};

/* Another process opens the file. */
static void ask_child_age(const struct buf *file, const unsigned char secret[AGE_KEY], struct age_keys *masked)
{
    int ends[2], status = -1;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        size_t payload = 0;
        struct age_keys keys;
        if (!age_open_header(file, secret, keys.file_key, &payload) ||
            w_age_crypt_derive(keys.file_key, W_AGE_FILE_KEY, file->data + payload, W_AGE_CHUNKS_NONCE, "payload",
                               keys.payload_key, &err) != HZ_OK)
            _exit(1);
        for (size_t i = 0; i < sizeof keys; i++)
            ((unsigned char *)&keys)[i] ^= MASK;
        _exit(write(ends[1], &keys, sizeof keys) == sizeof keys ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(read(ends[0], masked, sizeof *masked), sizeof *masked);
    close(ends[0]);
    close(ends[1]);
}

/* The beginning of a file, on a stack that nobody uses afterwards. */
struct beginning {
    struct w_age_stream *stream;
    const char *recipient;
    struct buf *file;
    int rc;
};

static void *begin(void *context)
{
    struct beginning *b = context;
    b->rc = w_age_stream_begin(&b->stream, &b->recipient, 1, into_buf, b->file, &err);
    return NULL;
}

static struct w_age_stream *begin_elsewhere(const char *recipient, struct buf *file)
{
    static _Alignas(4096) unsigned char stack[512 << 10];
    struct beginning b = { NULL, recipient, file, HZ_E_IO };
    pthread_attr_t attributes;
    pthread_t thread;
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, sizeof stack), 0);
    assert_int_equal(pthread_create(&thread, &attributes, begin, &b), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    assert_int_equal(b.rc, HZ_OK);
    return b.stream;
}

static void written_means_wiped(void **state)
{
    (void)state;
    unsigned char secret[AGE_KEY] = { 42 }, public[AGE_KEY];
    struct age_keys masked;
    struct buf text = BUF_INIT(256), file = BUF_INIT((size_t)1 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 25); /* what is freed stays where it can be found */
    mallopt(M_TRIM_THRESHOLD, 1 << 25);
    mallopt(M_ARENA_MAX, 1);
    age_public(secret, public);
    age_bech32(&text, "age", public, AGE_KEY);
    struct w_age_stream *s = begin_elsewhere((const char *)text.data, &file);
    assert_non_null(buf_text(&file));
    ask_child_age(&file, secret, &masked);
    assert_int_equal(count_everywhere(masked.file_key, W_AGE_FILE_KEY), 0);
    assert_true(count_everywhere(masked.payload_key, W_AGE_KEY) > 0);
    assert_int_equal(w_age_stream_put(s, file.data, file.len, &err), HZ_OK);
    assert_int_equal(w_age_stream_end(s, &err), HZ_OK);
    w_age_stream_free(s);
    assert_int_equal(count_everywhere(masked.file_key, W_AGE_FILE_KEY), 0);
    assert_int_equal(count_everywhere(masked.payload_key, W_AGE_KEY), 0);
    buf_free(&text);
    buf_free(&file);
}

TEST_MAIN(cmocka_unit_test(forgotten_means_wiped), cmocka_unit_test(written_means_wiped))

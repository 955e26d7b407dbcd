/* The private half of a key is nowhere in memory once it was forgotten. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/write/key.h"
#include "tests/unit/test.h"

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

static size_t count_in(const unsigned char *start, const unsigned char *end, const unsigned char masked[SCALAR])
{
    size_t found = 0;
    for (const unsigned char *p = start; p + SCALAR <= end; p++) {
        size_t i = 0;
        while (i < SCALAR && (p[i] ^ MASK) == masked[i])
            i++;
        found += i == SCALAR;
    }
    return found;
}

/* Heap and whatever else is private and writable. */
static size_t count_everywhere(const unsigned char masked[SCALAR])
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], mode[8];
    size_t found = 0;
    unsigned long from, to;
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL)
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 && strcmp(mode, "rw-p") == 0)
            found += count_in((const unsigned char *)from, (const unsigned char *)to, masked);
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
    assert_true(count_everywhere(big) + count_everywhere(little) > 0);
    w_key_forget(key);
    assert_int_equal(count_everywhere(big), 0);
    assert_int_equal(count_everywhere(little), 0);
    assert_int_equal(strncmp(w_key_fingerprint(key), "SHA256:", 7), 0);
    assert_int_equal(w_key_sign(key, "x", 1, &signature, &err), HZ_E_CRYPTO);
    buf_free(&signature);
    w_key_free(key);
}

TEST_MAIN(cmocka_unit_test(forgotten_means_wiped))

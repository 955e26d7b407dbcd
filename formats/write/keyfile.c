#include "formats/write/keyfile.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "formats/write/digest.h"
#include "formats/write/openssl.h"

#define FILE_MAX ((size_t)16 << 10)
#define ITERATIONS 600000 /* PBKDF2 with HMAC-SHA256: about a quarter of a second */
#define SALT_SIZE 16
#define PURPOSE "hozen-purpose: "

static const char *purpose_name(enum w_key_purpose purpose)
{
    return purpose == W_KEY_COLLECT ? "collect" : "custody";
}

static void wipe(struct buf *b)
{
    if (b->data != NULL)
        OPENSSL_cleanse(b->data, b->capacity);
    buf_free(b);
}

static int check_purpose(const char *text, enum w_key_purpose wanted, struct hz_error *err)
{
    const char *name = strncmp(text, PURPOSE, strlen(PURPOSE)) == 0 ? text + strlen(PURPOSE) : "";
    size_t len = strcspn(name, "\n");
    enum w_key_purpose other = wanted == W_KEY_COLLECT ? W_KEY_CUSTODY : W_KEY_COLLECT;
    if (len == strlen(purpose_name(wanted)) && strncmp(name, purpose_name(wanted), len) == 0)
        return HZ_OK;
    if (len == strlen(purpose_name(other)) && strncmp(name, purpose_name(other), len) == 0)
        return hz_error_set(err, HZ_E_DENIED,
                            _("this is a key for %s, and one for %s is needed; hozen key new --for %s makes one"),
                            purpose_name(other), purpose_name(wanted), purpose_name(wanted));
    return hz_error_set(err, HZ_E_DENIED,
                        _("not a key of ours: the first line does not say \"hozen-purpose: collect\" or "
                          "\"hozen-purpose: custody\""));
}

static PKCS8_PRIV_KEY_INFO *decrypt(const unsigned char *der, long len, w_key_ask *ask, void *context,
                                    struct hz_error *err)
{
    const char *passphrase = ask != NULL ? ask(context) : NULL;
    if (passphrase == NULL) {
        hz_error_set(err, HZ_E_CRYPTO, "%s", _("the key is encrypted and no passphrase was given"));
        return NULL;
    }
    X509_SIG *sealed = d2i_X509_SIG(NULL, &der, len);
    PKCS8_PRIV_KEY_INFO *info = sealed != NULL ? PKCS8_decrypt(sealed, passphrase, (int)strlen(passphrase)) : NULL;
    if (sealed == NULL)
        hz_error_set(err, HZ_E_FORMAT, "%s", _("the key file is damaged"));
    else if (info == NULL)
        hz_error_set(err, HZ_E_CRYPTO, "%s", _("wrong passphrase, or the key file is damaged"));
    X509_SIG_free(sealed);
    return info;
}

static PKCS8_PRIV_KEY_INFO *read_info(struct buf *text, w_key_ask *ask, void *context, struct hz_error *err)
{
    char *name = NULL, *header = NULL;
    unsigned char *der = NULL;
    const unsigned char *p = NULL;
    long len = 0;
    PKCS8_PRIV_KEY_INFO *info = NULL;
    BIO *bio = BIO_new_mem_buf(text->data, (int)text->len);
    bool found = bio != NULL && PEM_read_bio(bio, &name, &header, &der, &len) == 1;
    p = der;
    if (found && strcmp(name, PEM_STRING_PKCS8) == 0)
        info = decrypt(p, len, ask, context, err);
    else if (!found || strcmp(name, PEM_STRING_PKCS8INF) != 0 ||
             (info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, len)) == NULL)
        hz_error_set(err, HZ_E_FORMAT, "%s", _("no PKCS#8 private key in this file"));
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(der, len > 0 ? (size_t)len : 0);
    BIO_free(bio);
    return info;
}

/* P-256 whose two halves belong together, or Ed25519 (where the public half follows from the private one). */
static bool is_supported(EVP_PKEY *pkey)
{
    char group[32] = "";
    if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519)
        return true;
    if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_EC || EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) != 1 ||
        strcmp(group, "prime256v1") != 0)
        return false;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool good = ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1;
    EVP_PKEY_CTX_free(ctx);
    return good;
}

static int read_key(struct buf *text, enum w_key_purpose purpose, w_key_ask *ask, void *context, EVP_PKEY **out,
                    struct hz_error *err)
{
    const char *start = buf_text(text);
    int rc = start == NULL ? buf_check(text, err) : check_purpose(start, purpose, err);
    if (rc != HZ_OK)
        return rc;
    struct hz_error why = { HZ_E_FORMAT, 0, "" };
    PKCS8_PRIV_KEY_INFO *info = read_info(text, ask, context, &why);
    bool found = info != NULL;
    EVP_PKEY *pkey = found ? EVP_PKCS82PKEY(info) : NULL;
    bool good = pkey != NULL && is_supported(pkey);
    bool no_memory = !good && w_openssl_no_memory(); /* says nothing about the file */
    PKCS8_PRIV_KEY_INFO_free(info);
    ERR_clear_error();
    if (good) {
        *out = pkey;
        return HZ_OK;
    }
    EVP_PKEY_free(pkey);
    if (no_memory)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (!found)
        return hz_error_set(err, why.code, "%s", why.text);
    return hz_error_set(err, HZ_E_UNSUPPORTED, "%s", _("neither an ECDSA P-256 nor an Ed25519 key"));
}

int w_keyfile_read(const char *path, enum w_key_purpose purpose, w_key_ask *ask, void *context, EVP_PKEY **out,
                   struct hz_error *err)
{
    HZ_CLEANUP(wipe) struct buf text = BUF_INIT(FILE_MAX);
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    buf_grow(&text, FILE_MAX); /* once, so that no copy of the secret stays behind in freed memory */
    buf_reset(&text);
    rc = io_read_file(path, &text, err);
    if (rc != HZ_OK)
        return rc;
    rc = read_key(&text, purpose, ask, context, out, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

static bool put_pem(BIO *bio, const EVP_PKEY *pkey, const char *passphrase)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
    X509_SIG *sealed = NULL;
    bool good = info != NULL;
    if (good && passphrase == NULL) {
        good = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) == 1;
    } else if (good) {
        sealed = PKCS8_encrypt(-1, EVP_aes_256_cbc(), passphrase, (int)strlen(passphrase), NULL, SALT_SIZE, ITERATIONS,
                               info);
        good = sealed != NULL && PEM_write_bio_PKCS8(bio, sealed) == 1;
    }
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(info);
    return good;
}

int w_keyfile_write(const EVP_PKEY *pkey, enum w_key_purpose purpose, const char *passphrase, struct buf *out,
                    struct hz_error *err)
{
    if (passphrase != NULL && passphrase[0] == '\0')
        return hz_error_set(err, HZ_E_USAGE, "%s", _("an empty passphrase protects nothing"));
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    bool good = bio != NULL && put_pem(bio, pkey, passphrase);
    long len = good ? BIO_get_mem_data(bio, &pem) : 0;
    if (good)
        buf_printf(out, PURPOSE "%s\n", purpose_name(purpose));
    if (good)
        buf_put(out, pem, (size_t)len);
    BIO_free(bio); /* a memory BIO clears what it held */
    if (!good)
        return w_openssl_failed(err, _("cannot write the key: the cryptographic library failed"));
    return buf_check(out, err);
}

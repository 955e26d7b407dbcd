#include "tests/unit/read/tsa.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/unit/test.h"

static void extend(X509 *c, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *e;

    X509V3_set_ctx(&context, issuer, c, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(c, e, -1), 1);
    X509_EXTENSION_free(e);
}

static void set_time(ASN1_TIME *to, int64_t at)
{
    assert_non_null(ASN1_TIME_set(to, (time_t)at));
}

X509 *tsa_issue(const struct tsa_certificate *c, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *made = X509_new();

    assert_non_null(made);
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 7);
    set_time(X509_getm_notBefore(made), c->from);
    set_time(X509_getm_notAfter(made), c->to);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8, (const unsigned char *)c->name, -1, -1,
                               0);
    X509_set_issuer_name(made, X509_get_subject_name(issuer ? issuer : made));
    X509_set_pubkey(made, key);
    if (c->authority)
        extend(made, issuer ? issuer : made, NID_basic_constraints, "critical,CA:TRUE");
    if (c->purpose)
        extend(made, issuer ? issuer : made, NID_ext_key_usage, c->purpose);
    assert_true(X509_sign(made, issuer_key, EVP_sha256()) > 0);
    return made;
}

void tsa_open(struct tsa *t, int64_t from, int64_t to)
{
    tsa_open_as(t, "Example Root", from, to);
}

void tsa_open_as(struct tsa *t, const char *root_name, int64_t from, int64_t to)
{
    const struct tsa_certificate root = { root_name, NULL, 0, (int64_t)4000000000, true };
    const struct tsa_certificate leaf = { "Example \xe6\x99\x82\xe5\x88\xbb", "critical,timeStamping", from, to,
                                          false };
    BIO *pem = BIO_new(BIO_s_mem());
    char *text;
    long len;

    t->root_key = EVP_EC_gen("prime256v1");
    t->key = EVP_EC_gen("prime256v1");
    assert_true(t->root_key && t->key);
    t->root = tsa_issue(&root, t->root_key, NULL, t->root_key);
    t->certificate = tsa_issue(&leaf, t->key, t->root, t->root_key);
    assert_int_equal(PEM_write_bio_X509(pem, t->root), 1);
    len = BIO_get_mem_data(pem, &text);
    buf_init(&t->root_pem, 1 << 16);
    buf_put(&t->root_pem, text, (size_t)len);
    BIO_free(pem);
}

void tsa_close(struct tsa *t)
{
    EVP_PKEY_free(t->root_key);
    EVP_PKEY_free(t->key);
    X509_free(t->root);
    X509_free(t->certificate);
    buf_free(&t->root_pem);
}

static int give_time(struct TS_resp_ctx *context, void *data, long *seconds, long *micros)
{
    (void)context;
    *seconds = (long)*(const int64_t *)data;
    *micros = 250000;
    return 1;
}

static BIO *ask(const unsigned char *digest, bool wide)
{
    BIO *bio = BIO_new(BIO_s_mem());
    TS_REQ *request = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    unsigned char copy[64];
    int size = wide ? 64 : 32;

    memcpy(copy, digest, (size_t)size);
    X509_ALGOR_set0(algorithm, OBJ_nid2obj(wide ? NID_sha512 : NID_sha256), V_ASN1_NULL, NULL);
    TS_REQ_set_version(request, 1);
    TS_MSG_IMPRINT_set_algo(imprint, algorithm);
    TS_MSG_IMPRINT_set_msg(imprint, copy, size);
    TS_REQ_set_msg_imprint(request, imprint);
    TS_REQ_set_cert_req(request, 1);
    assert_int_equal(i2d_TS_REQ_bio(bio, request), 1);
    TS_REQ_free(request);
    TS_MSG_IMPRINT_free(imprint);
    X509_ALGOR_free(algorithm);
    return bio;
}

static void stamp(const struct tsa *t, const unsigned char *digest, bool wide, int64_t at, const EVP_MD *signer_digest,
                  X509 *replace, struct buf *out)
{
    TS_RESP_CTX *context = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("1.3.6.1.4.1.32473.1", 1);
    BIO *request = ask(digest, wide);
    unsigned char *der = NULL;
    TS_RESP *response;
    int len;

    assert_int_equal(TS_RESP_CTX_set_signer_cert(context, t->certificate), 1);
    assert_int_equal(TS_RESP_CTX_set_signer_key(context, t->key), 1);
    assert_int_equal(TS_RESP_CTX_set_def_policy(context, policy), 1);
    assert_int_equal(TS_RESP_CTX_add_md(context, EVP_sha256()), 1);
    assert_int_equal(TS_RESP_CTX_add_md(context, EVP_sha512()), 1);
    TS_RESP_CTX_set_signer_digest(context, signer_digest);
    TS_RESP_CTX_set_clock_precision_digits(context, 3);
    assert_int_equal(TS_RESP_CTX_set_accuracy(context, TSA_ACCURACY - 1, 300, 0), 1);
    TS_RESP_CTX_set_time_cb(context, give_time, &at);
    response = TS_RESP_create_response(context, request);
    assert_non_null(response);
    if (replace) {
        STACK_OF(X509) *inside = TS_RESP_get_token(response)->d.sign->cert;
        X509_up_ref(replace);
        X509_free(sk_X509_set(inside, 0, replace) ? t->certificate : NULL);
    }
    len = i2d_TS_RESP(response, &der);
    assert_true(len > 0);
    buf_reset(out);
    buf_put(out, der, (size_t)len);
    OPENSSL_free(der);
    TS_RESP_free(response);
    ASN1_OBJECT_free(policy);
    BIO_free(request);
    TS_RESP_CTX_free(context);
}

void tsa_stamp(const struct tsa *t, const unsigned char digest[32], int64_t at, const EVP_MD *signer_digest,
               X509 *replace, struct buf *out)
{
    stamp(t, digest, false, at, signer_digest, replace, out);
}

void tsa_stamp_wide(const struct tsa *t, const unsigned char digest[64], int64_t at, struct buf *out)
{
    stamp(t, digest, true, at, EVP_sha512(), NULL, out);
}

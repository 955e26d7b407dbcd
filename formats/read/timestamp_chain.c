#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/read/openssl.h"
#include "formats/read/timestamp_part.h"

#define CHAIN_MAX 8 /* certificates between authority and root */
#define STRENGTH 2  /* OpenSSL's level: 112 bits and more */
#define CERTIFICATES_MAX 32

struct r_timestamp_roots {
    X509_STORE *store;
};

static void free_bio(BIO **b)
{
    BIO_free_all(*b);
}
static void free_certificate(X509 **c)
{
    X509_free(*c);
}
static void free_signers(STACK_OF(X509) * *s)
{
    sk_X509_free(*s);
}

int r_timestamp_part_start(struct hz_error *err)
{
    errno = 0; /* a token is judged whole or not at all: memory that was missing at any moment counts */
    return r_openssl_start(_("OpenSSL could not check a time stamp"), err);
}

void r_timestamp_roots_free(struct r_timestamp_roots *roots)
{
    if (!roots)
        return;
    X509_STORE_free(roots->store);
    free(roots);
}

/* true at the end of the file, false for what is no certificate */
static bool ended(void)
{
    unsigned long reason = ERR_peek_last_error();

    return ERR_GET_LIB(reason) == ERR_LIB_PEM && ERR_GET_REASON(reason) == PEM_R_NO_START_LINE;
}

static int fill(X509_STORE *store, const void *pem, size_t len, struct hz_error *err)
{
    HZ_CLEANUP(free_bio) BIO *from = BIO_new_mem_buf(pem, (int)len);
    size_t count = 0;
    bool whole;

    for (;;) {
        HZ_CLEANUP(free_certificate) X509 *one = from ? PEM_read_bio_X509(from, NULL, NULL, NULL) : NULL;

        if (!one)
            break;
        if (X509_STORE_add_cert(store, one) != 1)
            return r_openssl_failed(_("OpenSSL could not check a time stamp"), err);
        count++;
    }
    whole = from && ended();
    if (!whole && r_openssl_out_of_memory())
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (!whole)
        return hz_error_set(err, HZ_E_FORMAT, _("certificate %zu cannot be read"), count + 1);
    if (!count)
        return hz_error_set(err, HZ_E_FORMAT, _("there is no certificate in PEM form in it"));
    return HZ_OK;
}

int r_timestamp_roots_read(const void *pem, size_t len, struct r_timestamp_roots **out, struct hz_error *err)
{
    struct r_timestamp_roots *roots;
    int code = r_timestamp_part_start(err);

    if (code)
        return code;
    if (len > R_TIMESTAMP_ROOTS_MAX)
        return hz_error_set(err, HZ_E_FORMAT, _("there is no certificate in PEM form in it"));
    roots = calloc(1, sizeof *roots);
    if (roots)
        roots->store = X509_STORE_new();
    if (!roots || !roots->store) {
        r_timestamp_roots_free(roots);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    code = fill(roots->store, len ? pem : "", len, err);
    ERR_clear_error();
    if (code)
        r_timestamp_roots_free(roots);
    else
        *out = roots;
    return code;
}

/* Name of the certificate's owner, one line of UTF-8 without control characters */
static void name(X509 *certificate, char out[R_TIMESTAMP_AUTHORITY])
{
    unsigned long form = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    HZ_CLEANUP(free_bio) BIO *to = BIO_new(BIO_s_mem());
    char *text = NULL;
    size_t len, keep = 0, step;

    if (!to || X509_NAME_print_ex(to, X509_get_subject_name(certificate), 0, form) < 0)
        return;
    len = (size_t)BIO_get_mem_data(to, &text);
    while (keep < len && (step = text_utf8_sequence((const unsigned char *)text + keep, len - keep)) != 0 &&
           keep + step < R_TIMESTAMP_AUTHORITY && text[keep])
        keep += step;
    memcpy(out, text, keep);
    out[keep] = 0;
    while (keep && !text_is_line(out, R_TIMESTAMP_AUTHORITY)) /* ends in a blank, or holds what is no text */
        out[--keep] = 0;
}

static bool is_strong(const PKCS7_SIGNER_INFO *signer)
{
    const ASN1_OBJECT *algorithm;
    int id;

    X509_ALGOR_get0(&algorithm, NULL, NULL, signer->digest_alg);
    id = OBJ_obj2nid(algorithm);
    return id == NID_sha256 || id == NID_sha384 || id == NID_sha512;
}

/* The signature over the attributes, which hold the digest of the content */
static bool holds(PKCS7 *token, PKCS7_SIGNER_INFO *signer, X509 *certificate)
{
    HZ_CLEANUP(free_bio) BIO *content = PKCS7_dataInit(token, NULL);
    unsigned char bytes[4096];

    if (!content)
        return false;
    while (BIO_read(content, bytes, sizeof bytes) > 0) {
    }
    return PKCS7_signatureVerify(content, token, signer, certificate) == 1;
}

static bool valid_at(const X509 *certificate, struct stamp t)
{
    time_t at = (time_t)t.seconds;

    return X509_cmp_time(X509_get0_notBefore(certificate), &at) < 0 &&
           X509_cmp_time(X509_get0_notAfter(certificate), &at) > 0;
}

enum r_timestamp_why r_timestamp_part_signature(PKCS7 *token, struct r_timestamp *out)
{
    STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_get_signer_info(token);
    HZ_CLEANUP(free_signers) STACK_OF(X509) *signers = NULL;
    X509 *certificate;

    if (!infos || sk_PKCS7_SIGNER_INFO_num(infos) != 1 || sk_X509_num(token->d.sign->cert) > CERTIFICATES_MAX)
        return R_TIMESTAMP_SIGNATURE;
    if (!is_strong(sk_PKCS7_SIGNER_INFO_value(infos, 0)))
        return R_TIMESTAMP_ALGORITHM;
    signers = PKCS7_get0_signers(token, NULL, 0);
    if (!signers || sk_X509_num(signers) != 1)
        return R_TIMESTAMP_SIGNATURE;
    certificate = sk_X509_value(signers, 0);
    name(certificate, out->authority);
    if (!holds(token, sk_PKCS7_SIGNER_INFO_value(infos, 0), certificate))
        return R_TIMESTAMP_SIGNATURE;
    if (X509_check_purpose(certificate, X509_PURPOSE_TIMESTAMP_SIGN, 0) != 1)
        return R_TIMESTAMP_PURPOSE;
    return valid_at(certificate, out->time) ? R_TIMESTAMP_GOOD : R_TIMESTAMP_EXPIRED;
}

enum r_timestamp_why r_timestamp_part_chain(PKCS7 *token, const struct r_timestamp_roots *roots,
                                            const struct r_timestamp *out)
{
    X509_VERIFY_PARAM *rules = X509_STORE_get0_param(roots->store);

    X509_VERIFY_PARAM_set_time(rules, (time_t)out->time.seconds);
    X509_VERIFY_PARAM_set_depth(rules, CHAIN_MAX);
    X509_VERIFY_PARAM_set_auth_level(rules, STRENGTH);
    if (X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN) != 1)
        return R_TIMESTAMP_CHAIN;
    return TS_RESP_verify_signature(token, NULL, roots->store, NULL) == 1 ? R_TIMESTAMP_GOOD : R_TIMESTAMP_CHAIN;
}

#include "formats/read/timestamp.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "formats/read/openssl.h"
#include "formats/read/timestamp_part.h"

static void free_response(TS_RESP **r)
{
    TS_RESP_free(*r);
}
static void free_token(PKCS7 **t)
{
    PKCS7_free(*t);
}
static void free_info(TS_TST_INFO **i)
{
    TS_TST_INFO_free(*i);
}

/* GeneralizedTime as RFC 3161 section 2.4.2 has it: YYYYMMDDhhmmss[.f...]Z, no zeros at the end of the fraction */
static bool read_time(const ASN1_GENERALIZEDTIME *from, struct stamp *out)
{
    static const size_t ends[] = { 4, 6, 8, 10, 12, 14 };
    const char *text = (const char *)ASN1_STRING_get0_data(from);
    size_t len = (size_t)ASN1_STRING_length(from), at = 0, i;
    int part[6];
    uint32_t fraction = 0, unit = 100000000;

    if (len < 15 || len > 25 || text[len - 1] != 'Z')
        return false;
    for (i = 0; i < 6; i++)
        for (part[i] = 0; at < ends[i]; at++) {
            if (text[at] < '0' || text[at] > '9')
                return false;
            part[i] = part[i] * 10 + (text[at] - '0');
        }
    if (len > 15 && (text[14] != '.' || len == 16 || text[len - 2] == '0'))
        return false;
    for (at = 15; at < len - 1; at++, unit /= 10) {
        if (text[at] < '0' || text[at] > '9')
            return false;
        fraction += (uint32_t)(text[at] - '0') * unit;
    }
    if (stamp_from_civil(out, part[0], part[1], part[2], part[3], part[4], part[5]))
        return false;
    out->nanoseconds = fraction;
    return true;
}

/* Seconds, millis and micros, rounded up; what is absurd counts as a day */
static uint32_t read_accuracy(TS_ACCURACY *a)
{
    int64_t seconds = 0;

    if (!a)
        return 0;
    if (TS_ACCURACY_get_seconds(a) && ASN1_INTEGER_get_int64(&seconds, TS_ACCURACY_get_seconds(a)) != 1)
        seconds = 86400;
    if (TS_ACCURACY_get_millis(a) || TS_ACCURACY_get_micros(a))
        seconds = seconds < 86400 ? seconds + 1 : seconds;
    return seconds < 0 ? 0 : seconds > 86400 ? 86400 : (uint32_t)seconds;
}

static bool read_imprint(TS_MSG_IMPRINT *from, struct r_timestamp *out)
{
    const ASN1_OCTET_STRING *digest = TS_MSG_IMPRINT_get_msg(from);
    const ASN1_OBJECT *algorithm;
    int parameters;

    X509_ALGOR_get0(&algorithm, &parameters, NULL, TS_MSG_IMPRINT_get_algo(from));
    out->wide = OBJ_obj2nid(algorithm) == NID_sha512;
    if ((!out->wide && OBJ_obj2nid(algorithm) != NID_sha256) ||
        (parameters != V_ASN1_UNDEF && parameters != V_ASN1_NULL) ||
        ASN1_STRING_length(digest) != (out->wide ? R_SHA512_SIZE : R_SHA256_SIZE))
        return false;
    memcpy(out->imprint, ASN1_STRING_get0_data(digest), (size_t)ASN1_STRING_length(digest));
    return true;
}

static void read_nonce(const ASN1_INTEGER *from, struct r_timestamp *out)
{
    if (!from || ASN1_STRING_type(from) != V_ASN1_INTEGER || ASN1_STRING_length(from) != R_TIMESTAMP_NONCE)
        return;
    memcpy(out->nonce, ASN1_STRING_get0_data(from), R_TIMESTAMP_NONCE);
    out->has_nonce = true;
}

/* The signed content, whole */
static TS_TST_INFO *decode_info(const PKCS7 *token)
{
    const ASN1_TYPE *content;
    const unsigned char *at;
    TS_TST_INFO *info;

    if (!token || OBJ_obj2nid(token->type) != NID_pkcs7_signed || !token->d.sign || !token->d.sign->contents ||
        OBJ_obj2nid(token->d.sign->contents->type) != NID_id_smime_ct_TSTInfo)
        return NULL;
    content = token->d.sign->contents->d.other;
    if (!content || content->type != V_ASN1_OCTET_STRING)
        return NULL;
    at = ASN1_STRING_get0_data(content->value.octet_string);
    info = d2i_TS_TST_INFO(NULL, &at, ASN1_STRING_length(content->value.octet_string));
    if (info &&
        at == ASN1_STRING_get0_data(content->value.octet_string) + ASN1_STRING_length(content->value.octet_string))
        return info;
    TS_TST_INFO_free(info);
    return NULL;
}

static enum r_timestamp_why read_info(const PKCS7 *token, struct r_timestamp *out)
{
    HZ_CLEANUP(free_info) TS_TST_INFO *info = decode_info(token);

    if (!info || TS_TST_INFO_get_version(info) != 1 || TS_TST_INFO_get_ext_by_critical(info, 1, -1) >= 0 ||
        !read_time(TS_TST_INFO_get_time(info), &out->time))
        return R_TIMESTAMP_FORM;
    if (!read_imprint(TS_TST_INFO_get_msg_imprint(info), out))
        return R_TIMESTAMP_IMPRINT;
    out->accuracy = read_accuracy(TS_TST_INFO_get_accuracy(info));
    read_nonce(TS_TST_INFO_get_nonce(info), out);
    out->read = true;
    return R_TIMESTAMP_GOOD;
}

static struct stamp read_expiry(PKCS7 *token)
{
    STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
    struct stamp end = { 0 };
    struct tm t;

    if (signers && sk_X509_num(signers) == 1 &&
        ASN1_TIME_to_tm(X509_get0_notAfter(sk_X509_value(signers, 0)), &t) == 1 &&
        stamp_from_civil(&end, t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec) != HZ_OK)
        end = (struct stamp) { 0 };
    sk_X509_free(signers);
    return end;
}

static enum r_timestamp_why judge_token(PKCS7 *token, const struct r_timestamp_roots *roots, struct r_timestamp *out)
{
    enum r_timestamp_why why = read_info(token, out);

    if (!why)
        why = r_timestamp_part_signature(token, out);
    if (why)
        return why;
    out->expires = read_expiry(token);
    return roots ? r_timestamp_part_chain(token, roots, out) : R_TIMESTAMP_NO_ROOTS;
}

static enum r_timestamp_why judge_answer(const unsigned char **at, size_t len, bool wide,
                                         const struct r_timestamp_roots *roots, struct r_timestamp *out)
{
    HZ_CLEANUP(free_response) TS_RESP *response = d2i_TS_RESP(NULL, at, (long)len);
    enum r_timestamp_why why;
    int64_t status = -1;

    if (!response ||
        ASN1_INTEGER_get_int64(&status, TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response))) != 1)
        return R_TIMESTAMP_FORM;
    if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS)
        return R_TIMESTAMP_REFUSED;
    why = judge_token(TS_RESP_get_token(response), roots, out);
    if (!out->read || out->wide == wide)
        return why;
    out->read = false; /* who asks knows which it is */
    return R_TIMESTAMP_IMPRINT;
}

static enum r_timestamp_why judge_response(const unsigned char **at, size_t len, const struct r_timestamp_roots *roots,
                                           struct r_timestamp *out)
{
    return judge_answer(at, len, false, roots, out);
}

static enum r_timestamp_why judge_wide(const unsigned char **at, size_t len, const struct r_timestamp_roots *roots,
                                       struct r_timestamp *out)
{
    return judge_answer(at, len, true, roots, out);
}

static enum r_timestamp_why judge_alone(const unsigned char **at, size_t len, const struct r_timestamp_roots *roots,
                                        struct r_timestamp *out)
{
    HZ_CLEANUP(free_token) PKCS7 *token = d2i_PKCS7(NULL, at, (long)len);

    return token ? judge_token(token, roots, out) : R_TIMESTAMP_FORM;
}

/* A token, or a response that holds it. Nothing stands behind it. */
typedef enum r_timestamp_why judging(const unsigned char **at, size_t len, const struct r_timestamp_roots *roots,
                                     struct r_timestamp *out);

static int judge(const void *bytes, size_t len, judging *how, const struct r_timestamp_roots *roots,
                 struct r_timestamp *out, struct hz_error *err)
{
    const struct r_timestamp none = { .status = R_TIMESTAMP_INVALID, .why = R_TIMESTAMP_FORM };
    struct r_timestamp t = none;
    const unsigned char *at = bytes;
    int code = r_timestamp_part_start(err);

    if (code)
        return code;
    if (len && len <= R_TIMESTAMP_MAX)
        t.why = how(&at, len, roots, &t);
    if (at != (const unsigned char *)bytes + len)
        t = none;
    if (r_openssl_out_of_memory())
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (t.why == R_TIMESTAMP_GOOD)
        t.status = R_TIMESTAMP_PROVEN;
    else if (t.why == R_TIMESTAMP_NO_ROOTS || t.why == R_TIMESTAMP_CHAIN)
        t.status = R_TIMESTAMP_UNPROVEN;
    *out = t;
    return HZ_OK;
}

int r_timestamp_judge(const void *bytes, size_t len, const struct r_timestamp_roots *roots, struct r_timestamp *out,
                      struct hz_error *err)
{
    return judge(bytes, len, judge_response, roots, out, err);
}

int r_timestamp_judge_wide(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                           struct r_timestamp *out, struct hz_error *err)
{
    return judge(bytes, len, judge_wide, roots, out, err);
}

int r_timestamp_token(const void *bytes, size_t len, const struct r_timestamp_roots *roots, struct r_timestamp *out,
                      struct hz_error *err)
{
    return judge(bytes, len, judge_alone, roots, out, err);
}

int r_timestamp_lasts(const void *bytes, size_t len, const struct r_timestamp_roots *roots,
                      const struct r_timestamp *said, struct stamp at, bool *lasts, struct hz_error *err)
{
    HZ_CLEANUP(free_token) PKCS7 *token = NULL;
    const unsigned char *from = bytes;
    struct r_timestamp then = { .time = at };
    int code = r_timestamp_part_start(err);

    *lasts = stamp_compare(at, said->expires) < 0;
    if (code || !*lasts || said->status != R_TIMESTAMP_PROVEN || !roots)
        return code;
    token = d2i_PKCS7(NULL, &from, (long)len);
    *lasts = token && r_timestamp_part_chain(token, roots, &then) == R_TIMESTAMP_GOOD;
    return r_openssl_out_of_memory() ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_OK;
}

void r_timestamp_hold(struct r_timestamp *t, const unsigned char *imprint, const unsigned char *nonce)
{
    if (!t->read)
        return;
    if (memcmp(t->imprint, imprint, t->wide ? R_SHA512_SIZE : R_SHA256_SIZE) != 0)
        t->why = R_TIMESTAMP_OTHER;
    else if (nonce && (!t->has_nonce || memcmp(t->nonce, nonce, R_TIMESTAMP_NONCE) != 0))
        t->why = R_TIMESTAMP_NONCE_DIFFERS;
    else
        return;
    t->status = R_TIMESTAMP_INVALID;
}

int r_timestamp_query(const void *bytes, size_t len, bool wide, unsigned char *imprint,
                      unsigned char nonce[R_TIMESTAMP_NONCE])
{
    /* version 1; SHA-256 or SHA-512, NULL; digest; nonce; certReq TRUE */
    static const unsigned char long_head[] = { 0x30, 0x63, 0x02, 0x01, 0x01, 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                               0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40 };
    static const unsigned char head[] = { 0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                          0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
    static const unsigned char middle[] = { 0x02, 0x08 }, tail[] = { 0x01, 0x01, 0xff };
    size_t size = wide ? R_SHA512_SIZE : R_SHA256_SIZE;
    const unsigned char *at = bytes, *number = at + sizeof head + size + sizeof middle;

    if (len != R_TIMESTAMP_QUERY - R_SHA256_SIZE + size || memcmp(at, wide ? long_head : head, sizeof head) != 0 ||
        memcmp(number - sizeof middle, middle, sizeof middle) != 0 || number[0] < 0x40 || number[0] > 0x7f ||
        memcmp(number + R_TIMESTAMP_NONCE, tail, sizeof tail) != 0)
        return HZ_E_FORMAT;
    memcpy(imprint, at + sizeof head, size);
    memcpy(nonce, number, R_TIMESTAMP_NONCE);
    return HZ_OK;
}

const char *r_timestamp_word(enum r_timestamp_status status)
{
    static const char *const words[] = { "proven", "unproven", "invalid" };

    return words[status];
}

const char *r_timestamp_sentence(enum r_timestamp_why why)
{
    static const char *const sentences[R_TIMESTAMP_WHY_COUNT] = {
        [R_TIMESTAMP_GOOD] = N_("it holds"),
        [R_TIMESTAMP_FORM] = N_("it is not an RFC 3161 time-stamp response"),
        [R_TIMESTAMP_REFUSED] = N_("the authority refused to give a time stamp"),
        [R_TIMESTAMP_IMPRINT] = N_("it is not about a SHA-256 digest"),
        [R_TIMESTAMP_ALGORITHM] = N_("it was signed by way of a weak or unknown digest"),
        [R_TIMESTAMP_SIGNATURE] = N_("its signature does not hold, or the authority's certificate is not in it"),
        [R_TIMESTAMP_PURPOSE] = N_("the certificate is not for time stamping alone"),
        [R_TIMESTAMP_EXPIRED] = N_("the authority's certificate was not valid at the time it states"),
        [R_TIMESTAMP_CRASH] = N_("its sandboxed reader did not survive it"),
        [R_TIMESTAMP_NO_ROOTS] = N_("no certificates were given that could prove it"),
        [R_TIMESTAMP_CHAIN] = N_("the authority's certificate does not lead to one of the certificates given"),
        [R_TIMESTAMP_OTHER] = N_("it is about other bytes"),
        [R_TIMESTAMP_NONCE_DIFFERS] = N_("it answers another query"),
    };

    return sentences[why];
}

bool r_timestamp_is_beside(const char *name, const char *base, size_t base_len)
{
    size_t len = strlen(name);
    uint64_t number;

    if (len < base_len + 4 || memcmp(name, base, base_len) != 0 || strcmp(name + len - 4, ".tsr") != 0)
        return false;
    if (len == base_len + 4)
        return true;
    return name[base_len] == '.' && len > base_len + 5 &&
           num_parse_u64(name + base_len + 1, len - base_len - 5, R_TIMESTAMP_BESIDE, &number) == HZ_OK && number >= 2;
}

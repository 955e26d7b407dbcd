/* Objects: put, look, lock, read, list. */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "custody/s3_part.h"

static void answer_free(struct s3_answer *a)
{
    buf_free(&a->body);
}

/* "retention=&versionId=..."; first may be "". */
static int version_query(const char *first, const char *version, struct buf *out, struct hz_error *err)
{
    buf_puts(out, first);
    if (version != NULL && version[0] != '\0') {
        buf_puts(out, first[0] != '\0' ? "&versionId=" : "versionId=");
        s3_encode(out, version, false);
    }
    buf_text(out);
    return buf_check(out, err);
}

static int ask_for(struct s3 *s, const char *key, const char *first, const char *version, const struct s3_request *as,
                   struct s3_answer *answer, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(2048);
    struct s3_request r = *as;
    int rc = version_query(first, version, &query, err);

    if (rc != HZ_OK)
        return rc;
    r.key = key;
    r.query = (const char *)query.data;
    return s3_ask(s, &r, answer, err);
}

int s3_bucket(struct s3 *s, struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    char enabled[16] = "";
    size_t at = 0;
    const struct s3_request head = { .method = "HEAD", .query = "", .fd = -1 };
    const struct s3_request lock = { .method = "GET", .query = "object-lock=", .fd = -1 };
    struct hz_error none;
    int rc = s3_ask(s, &head, &answer, err);

    if (rc != HZ_OK)
        return rc;
    rc = s3_ask(s, &lock, &answer, err);
    if (rc != HZ_OK && rc != HZ_E_NOTFOUND)
        return rc;
    if (rc == HZ_OK && s3_xml_field(&answer.body, &at, "ObjectLockEnabled", enabled, sizeof enabled, &none) == HZ_OK &&
        strcmp(enabled, "Enabled") == 0)
        return HZ_OK;
    hz_error_set(err, HZ_E_UNSUPPORTED, "%s",
                 _("the bucket has no Object Lock: it is switched on when a bucket is made"));
    return s3_context(s, NULL, err);
}

int s3_look(struct s3 *s, const char *key, const char *version, struct s3_found *out, struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    const struct s3_request head = { .method = "HEAD", .fd = -1 };
    int rc = ask_for(s, key, "", version, &head, &answer, err);

    *out = (struct s3_found) { .size = answer.length, .marker = answer.marker };
    if (rc != HZ_OK)
        return rc;
    if (answer.length == UINT64_MAX) {
        hz_error_set(err, HZ_E_FORMAT, "%s", _("the store does not say how long the object is"));
        return s3_context(s, key, err);
    }
    snprintf(out->version, sizeof out->version, "%s", answer.version);
    snprintf(out->etag, sizeof out->etag, "%s", answer.etag);
    return HZ_OK;
}

/* What is not set is answered with 404 and a code of its own. */
static int lock_part(struct s3 *s, const char *key, const char *first, const char *version, struct s3_answer *answer,
                     bool *there, struct hz_error *err)
{
    const struct s3_request get = { .method = "GET", .fd = -1 };
    char code[64] = "";
    size_t at = 0;
    struct hz_error none;
    int rc = ask_for(s, key, first, version, &get, answer, err);

    *there = rc == HZ_OK;
    if (rc == HZ_E_NOTFOUND && s3_xml_field(&answer->body, &at, "Code", code, sizeof code, &none) == HZ_OK &&
        (strcmp(code, "NoSuchObjectLockConfiguration") == 0 ||
         strcmp(code, "ObjectLockConfigurationNotFoundError") == 0))
        rc = HZ_OK;
    return rc;
}

int s3_lock_of(struct s3 *s, const char *key, const char *version, struct s3_lock *out, struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer kept = S3_ANSWER_INIT;
    HZ_CLEANUP(answer_free) struct s3_answer held = S3_ANSWER_INIT;
    struct s3_lock lock = { .hold = false };
    char status[8] = "";
    bool there = false;
    size_t at = 0;
    int rc = lock_part(s, key, "retention=", version, &kept, &there, err);

    if (rc == HZ_OK && there)
        rc = s3_xml_field(&kept.body, &at, "Mode", lock.mode, sizeof lock.mode, err);
    at = 0;
    if (rc == HZ_OK && there)
        rc = s3_xml_field(&kept.body, &at, "RetainUntilDate", lock.until, sizeof lock.until, err);
    if (rc == HZ_OK)
        rc = lock_part(s, key, "legal-hold=", version, &held, &there, err);
    at = 0;
    if (rc == HZ_OK && there)
        rc = s3_xml_field(&held.body, &at, "Status", status, sizeof status, err);
    lock.hold = strcmp(status, "ON") == 0;
    if (rc == HZ_OK)
        *out = lock;
    return rc == HZ_E_FORMAT ? s3_context(s, key, err) : rc;
}

static int send_lock(struct s3 *s, const char *key, const char *first, const char *version, struct buf *body,
                     struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    const struct s3_request put = { .method = "PUT", .fd = -1, .bytes = body->data, .len = body->len };

    return buf_check(body, err) != HZ_OK ? err->code : ask_for(s, key, first, version, &put, &answer, err);
}

int s3_lock_set(struct s3 *s, const char *key, const char *version, const struct s3_lock *lock, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf kept = BUF_INIT(1024);
    HZ_CLEANUP(buf_free) struct buf held = BUF_INIT(1024);
    int rc = HZ_OK;

    buf_printf(&kept,
               "<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Mode>%s</Mode>"
               "<RetainUntilDate>%s</RetainUntilDate></Retention>",
               lock->mode, lock->until);
    buf_puts(&held, "<LegalHold xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>ON</Status></LegalHold>");
    if (lock->mode[0] != '\0')
        rc = send_lock(s, key, "retention=", version, &kept, err);
    if (rc == HZ_OK && lock->hold)
        rc = send_lock(s, key, "legal-hold=", version, &held, err);
    return rc;
}

struct counting {
    const struct s3_sink *to;
    uint64_t got;
};

static int count(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct counting *c = context;

    c->got += len;
    return c->to->put(c->to->context, bytes, len, err);
}

int s3_read(struct s3 *s, const char *key, const char *version, const struct s3_sink *sink, struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    struct counting counting = { sink, 0 };
    const struct s3_sink counted = { count, &counting };
    const struct s3_request get = { .method = "GET", .fd = -1, .sink = &counted };
    int rc = ask_for(s, key, "", version, &get, &answer, err);

    if (rc != HZ_OK || answer.length == UINT64_MAX || answer.length == counting.got)
        return rc;
    hz_error_set(err, HZ_E_FORMAT, "%s", _("the store sent less than it had promised"));
    return s3_context(s, key, err);
}

int s3_put(struct s3 *s, const char *key, const void *bytes, size_t len, char version[S3_NAME], struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    const struct s3_request put = { .method = "PUT", .key = key, .query = "", .fd = -1, .bytes = bytes, .len = len };
    int rc = s3_ask(s, &put, &answer, err);

    if (rc == HZ_OK)
        memcpy(version, answer.version, S3_NAME);
    return rc;
}

/* A page of keys; *more: token is where the next begins. */
static int list_page(const struct s3_answer *answer, const struct s3 *s, struct buf *token, bool *more,
                     int (*each)(void *, const char *, struct hz_error *), void *context, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(16384);
    bool encoded = s3_xml_encoded(&answer->body);
    char truncated[8] = "";
    size_t at = 0, len = strlen(s->prefix);
    struct hz_error none;
    int rc = s3_xml_field(&answer->body, &at, "IsTruncated", truncated, sizeof truncated, err);

    at = 0;
    *more = strcmp(truncated, "true") == 0;
    if (rc == HZ_OK && *more)
        rc = s3_xml(&answer->body, &at, "NextContinuationToken", token, err);
    for (at = 0; rc == HZ_OK;) {
        rc = s3_xml_key(&answer->body, encoded, &at, &key, &none);
        if (rc == HZ_E_NOTFOUND)
            return HZ_OK;
        if (rc != HZ_OK || strncmp((const char *)key.data, s->prefix, len) != 0)
            return hz_error_set(err, HZ_E_FORMAT, "%s", _("the store lists a key that was not asked for"));
        rc = each(context, (const char *)key.data + len, err);
    }
    return rc;
}

/* Keys come in order: a page that stands behind another one has another token. */
static bool is_same(const struct buf *token, const struct buf *before)
{
    return token->len == before->len && memcmp(token->data, before->data, token->len) == 0;
}

int s3_list(struct s3 *s, const char *below, int (*each)(void *, const char *, struct hz_error *), void *context,
            struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf token = BUF_INIT(4096);
    HZ_CLEANUP(buf_free) struct buf before = BUF_INIT(4096);
    bool more = true;
    int rc = HZ_OK;

    for (unsigned pages = 0; rc == HZ_OK && more; pages++) {
        HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
        HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(8192);
        if (token.len > 0 && buf_text(&token) != NULL) {
            buf_puts(&query, "continuation-token=");
            s3_encode(&query, (const char *)token.data, false);
            buf_putc(&query, '&');
        }
        buf_puts(&query, "encoding-type=url&list-type=2&prefix=");
        s3_encode(&query, s->prefix, false);
        s3_encode(&query, below, false);
        buf_reset(&before);
        buf_put(&before, token.data, token.len);
        buf_reset(&token);
        rc = buf_text(&query) == NULL ? buf_check(&query, err) : HZ_OK;
        const struct s3_request get = { .method = "GET", .query = (const char *)query.data, .fd = -1 };
        if (rc == HZ_OK)
            rc = s3_ask(s, &get, &answer, err);
        if (rc == HZ_OK)
            rc = list_page(&answer, s, &token, &more, each, context, err);
        if (rc == HZ_OK && more && (pages > 10000 || is_same(&token, &before)))
            rc = hz_error_set(err, HZ_E_LIMIT, "%s", _("the store's list of keys does not end"));
    }
    return rc;
}

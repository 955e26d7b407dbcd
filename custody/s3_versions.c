/* Every version that the store has of one key, whatever lies over it. */
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "custody/s3_part.h"

#define PAGES 10000

static void answer_free(struct s3_answer *a)
{
    buf_free(&a->body);
}

struct page {
    struct s3 *s;
    const char *key; /* behind the prefix */
    s3_version_sink *each;
    void *context;
    char next[S3_NAME]; /* behind which version the next page begins */
    bool more, stop;
};

/* Of a <Version> element. Keys come in order: one that only begins the same way stands behind all of this one. */
static int take_one(struct page *p, const struct buf *one, bool encoded, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(16384);
    struct s3_found found = { 0 };
    char size[32] = "";
    size_t at = 0, len = strlen(p->s->prefix);
    int rc = s3_xml_key(one, encoded, &at, &key, err);

    if (rc != HZ_OK)
        return rc;
    p->stop =
        strncmp((const char *)key.data, p->s->prefix, len) != 0 || strcmp((const char *)key.data + len, p->key) != 0;
    if (p->stop)
        return HZ_OK;
    at = 0;
    rc = s3_xml_field(one, &at, "VersionId", found.version, sizeof found.version, err);
    at = 0;
    if (rc == HZ_OK)
        rc = s3_xml_field(one, &at, "Size", size, sizeof size, err);
    if (rc == HZ_OK && num_parse_u64(size, strlen(size), INT64_MAX, &found.size) != HZ_OK)
        rc = hz_error_set(err, HZ_E_FORMAT, "%s", _("the store does not say how long the object is"));
    return rc == HZ_OK ? p->each(p->context, &found, &p->stop, err) : rc;
}

static int take_page(struct page *p, const struct buf *body, struct hz_error *err)
{
    static const char opening[] = "<Version>", closing[] = "</Version>";
    const bool encoded = s3_xml_encoded(body);
    char truncated[8] = "";
    size_t at = 0;
    int rc = s3_xml_field(body, &at, "IsTruncated", truncated, sizeof truncated, err);

    p->more = strcmp(truncated, "true") == 0;
    at = 0;
    if (rc == HZ_OK && p->more)
        rc = s3_xml_field(body, &at, "NextVersionIdMarker", p->next, sizeof p->next, err);
    for (at = 0; rc == HZ_OK && !p->stop;) {
        const unsigned char *from = memmem(body->data + at, body->len - at, opening, sizeof opening - 1), *to;
        if (from == NULL)
            return HZ_OK;
        to = memmem(from, body->len - (size_t)(from - body->data), closing, sizeof closing - 1);
        if (to == NULL)
            return hz_error_set(err, HZ_E_FORMAT, "%s", _("the store's answer is no XML of the kind expected"));
        const struct buf one = { .data = (unsigned char *)(uintptr_t)from, .len = (size_t)(to - from) };
        rc = take_one(p, &one, encoded, err);
        at = (size_t)(to - body->data);
    }
    return rc;
}

static int ask_page(struct page *p, struct s3_answer *answer, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(16384);

    buf_puts(&query, "encoding-type=url");
    if (p->more) {
        buf_puts(&query, "&key-marker=");
        s3_encode(&query, p->s->prefix, false);
        s3_encode(&query, p->key, false);
    }
    buf_puts(&query, "&prefix=");
    s3_encode(&query, p->s->prefix, false);
    s3_encode(&query, p->key, false);
    if (p->more) {
        buf_puts(&query, "&version-id-marker=");
        s3_encode(&query, p->next, false);
    }
    buf_puts(&query, "&versions=");
    const struct s3_request get = { .method = "GET", .query = buf_text(&query), .fd = -1 };
    return get.query == NULL ? buf_check(&query, err) : s3_ask(p->s, &get, answer, err);
}

int s3_versions(struct s3 *s, const char *key, s3_version_sink *each, void *context, struct hz_error *err)
{
    struct page p = { .s = s, .key = key, .each = each, .context = context };
    int rc = HZ_OK;

    for (unsigned pages = 0; rc == HZ_OK && !p.stop && (pages == 0 || p.more); pages++) {
        HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
        char before[S3_NAME];
        memcpy(before, p.next, sizeof before);
        rc = ask_page(&p, &answer, err);
        if (rc == HZ_OK)
            rc = take_page(&p, &answer.body, err);
        if (rc == HZ_OK && p.more && !p.stop && (pages == PAGES || strcmp(before, p.next) == 0))
            rc = hz_error_set(err, HZ_E_LIMIT, "%s", _("the store's list of keys does not end"));
    }
    return rc;
}

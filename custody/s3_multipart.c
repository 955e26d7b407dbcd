/* Files of any size. What is larger than a part is sent in parts; the store keeps those of a run that was ended, and
 * the next run sends only what differs or is missing. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "custody/s3_part.h"

#define PARTS_MAX 10000
#define ETAG_MAX 64
#define PIECE ((size_t)1 << 20)

struct upload {
    const char *key;
    int fd;
    uint64_t size, each; /* of the file, of a part but the last */
    size_t count;
    char id[S3_NAME];
    char (*etags)[ETAG_MAX]; /* owned; "": the store does not have this part */
};

static void answer_free(struct s3_answer *a)
{
    buf_free(&a->body);
}

static void release(unsigned char **bytes)
{
    free(*bytes);
}

static void context_free(EVP_MD_CTX **c)
{
    EVP_MD_CTX_free(*c);
}

/* Of a piece of the file: SHA-256 for the signature, MD5 because that is what an ETag of a part is. md5 NULL: not
 * wanted. */
static int digest_piece(int fd, uint64_t at, uint64_t len, char sha256[W_DIGEST_HEX], char md5[ETAG_MAX],
                        struct hz_error *err)
{
    HZ_CLEANUP(release) unsigned char *bytes = malloc(PIECE);
    HZ_CLEANUP(context_free) EVP_MD_CTX *a = EVP_MD_CTX_new();
    HZ_CLEANUP(context_free) EVP_MD_CTX *b = EVP_MD_CTX_new();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    int rc = w_digest_init(err);

    if (bytes == NULL || a == NULL || b == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (rc == HZ_OK &&
        (EVP_DigestInit_ex(a, EVP_sha256(), NULL) != 1 || (md5 != NULL && EVP_DigestInit_ex(b, EVP_md5(), NULL) != 1)))
        rc = hz_error_set(err, HZ_E_CRYPTO, "%s", "OpenSSL");
    for (size_t got; rc == HZ_OK && len > 0; len -= got, at += got) {
        rc = io_read_at(fd, at, bytes, len < PIECE ? (size_t)len : PIECE, &got, err);
        if (rc == HZ_OK && got == 0)
            rc = hz_error_set(err, HZ_E_CHANGED, "%s", _("the file became shorter while it was sent"));
        if (rc == HZ_OK &&
            (EVP_DigestUpdate(a, bytes, got) != 1 || (md5 != NULL && EVP_DigestUpdate(b, bytes, got) != 1)))
            rc = hz_error_set(err, HZ_E_CRYPTO, "%s", "OpenSSL");
    }
    if (rc != HZ_OK)
        return rc;
    if (EVP_DigestFinal_ex(a, digest, &n) != 1 || n != W_DIGEST_SIZE)
        return hz_error_set(err, HZ_E_CRYPTO, "%s", "OpenSSL");
    text_hex(sha256, digest, n);
    if (md5 != NULL && (EVP_DigestFinal_ex(b, digest, &n) != 1 || n != 16))
        return hz_error_set(err, HZ_E_CRYPTO, "%s", "OpenSSL");
    if (md5 != NULL)
        text_hex(md5, digest, n);
    return HZ_OK;
}

static int put_whole(struct s3 *s, const char *key, int fd, uint64_t size, char version[S3_NAME], struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    char sha256[W_DIGEST_HEX];
    int rc = digest_piece(fd, 0, size, sha256, NULL, err);
    const struct s3_request put = { .method = "PUT", .key = key, .query = "", .fd = fd, .len = size, .sha256 = sha256 };

    if (rc == HZ_OK)
        rc = s3_ask(s, &put, &answer, err);
    if (rc == HZ_OK)
        memcpy(version, answer.version, S3_NAME);
    return rc;
}

/* The last upload of this key that was begun and not ended, if there is one. */
static int find(struct s3 *s, struct upload *u, struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(4096);
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(16384);
    char id[S3_NAME];
    bool encoded;
    size_t at = 0, len = strlen(s->prefix);
    struct hz_error none;

    buf_puts(&query, "encoding-type=url&prefix=");
    s3_encode(&query, s->prefix, false);
    s3_encode(&query, u->key, false);
    buf_puts(&query, "&uploads=");
    if (buf_text(&query) == NULL)
        return buf_check(&query, err);
    const struct s3_request get = { .method = "GET", .query = (const char *)query.data, .fd = -1 };
    int rc = s3_ask(s, &get, &answer, err);
    encoded = rc == HZ_OK && s3_xml_encoded(&answer.body);
    while (rc == HZ_OK && s3_xml_key(&answer.body, encoded, &at, &key, &none) == HZ_OK &&
           s3_xml_field(&answer.body, &at, "UploadId", id, sizeof id, &none) == HZ_OK)
        if (strncmp((const char *)key.data, s->prefix, len) == 0 && strcmp((const char *)key.data + len, u->key) == 0)
            memcpy(u->id, id, sizeof id);
    return rc;
}

static int begin(struct s3 *s, struct upload *u, struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    const struct s3_request post = { .method = "POST", .key = u->key, .query = "uploads=", .fd = -1 };
    size_t at = 0;
    int rc = s3_ask(s, &post, &answer, err);

    return rc == HZ_OK ? s3_xml_field(&answer.body, &at, "UploadId", u->id, sizeof u->id, err) : rc;
}

/* "partNumber=3&uploadId=..."; part 0: without a number. */
static int part_query(const struct upload *u, const char *first, size_t number, struct buf *out, struct hz_error *err)
{
    if (number > 0)
        buf_printf(out, "%s=%zu&", first, number);
    buf_puts(out, "uploadId=");
    s3_encode(out, u->id, false);
    return buf_text(out) != NULL ? HZ_OK : buf_check(out, err);
}

/* One page of the parts that are there. *last: the number of its last part, 0 when there is no further page. */
static int take_parts(struct upload *u, const struct s3_answer *answer, size_t *last, struct hz_error *err)
{
    char number[16], etag[S3_NAME], truncated[8] = "";
    uint64_t n = 0;
    size_t at = 0;
    struct hz_error none;

    while (s3_xml_field(&answer->body, &at, "PartNumber", number, sizeof number, &none) == HZ_OK) {
        size_t tag = at;
        if (num_parse_u64(number, strlen(number), PARTS_MAX, &n) != HZ_OK || n == 0 ||
            s3_xml_field(&answer->body, &tag, "ETag", etag, sizeof etag, err) != HZ_OK)
            return hz_error_set(err, HZ_E_FORMAT, "%s", _("the store's list of parts does not hold together"));
        size_t len = strlen(etag);
        bool quoted = len >= 2 && etag[0] == '"' && etag[len - 1] == '"';
        if (n <= u->count && len < ETAG_MAX)
            snprintf(u->etags[n - 1], ETAG_MAX, "%.*s", (int)(len - 2 * quoted), etag + quoted);
    }
    at = 0;
    (void)s3_xml_field(&answer->body, &at, "IsTruncated", truncated, sizeof truncated, &none);
    *last = strcmp(truncated, "true") == 0 && n > *last ? (size_t)n : 0;
    return HZ_OK;
}

static int list_parts(struct s3 *s, struct upload *u, struct hz_error *err)
{
    size_t last = 0;
    int rc = HZ_OK;

    do {
        HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
        HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(2048);
        rc = part_query(u, "part-number-marker", last, &query, err);
        const struct s3_request get = { .method = "GET", .key = u->key, .query = (const char *)query.data, .fd = -1 };
        if (rc == HZ_OK)
            rc = s3_ask(s, &get, &answer, err);
        if (rc == HZ_OK)
            rc = take_parts(u, &answer, &last, err);
    } while (rc == HZ_OK && last > 0);
    return rc;
}

static int send_part(struct s3 *s, struct upload *u, size_t i, struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(2048);
    char sha256[W_DIGEST_HEX], md5[ETAG_MAX];
    uint64_t at = i * u->each, len = u->size - at < u->each ? u->size - at : u->each;
    int rc = digest_piece(u->fd, at, len, sha256, md5, err);

    if (rc != HZ_OK || strcmp(u->etags[i], md5) == 0)
        return rc;
    rc = part_query(u, "partNumber", i + 1, &query, err);
    const struct s3_request put = { .method = "PUT",
                                    .key = u->key,
                                    .query = (const char *)query.data,
                                    .fd = u->fd,
                                    .at = at,
                                    .len = len,
                                    .sha256 = sha256 };
    if (rc == HZ_OK)
        rc = s3_ask(s, &put, &answer, err);
    if (rc == HZ_OK && (answer.etag[0] == '\0' || strlen(answer.etag) >= ETAG_MAX)) {
        hz_error_set(err, HZ_E_FORMAT, "%s", _("the store took a part and does not name it"));
        return s3_context(s, u->key, err);
    }
    if (rc == HZ_OK)
        snprintf(u->etags[i], ETAG_MAX, "%.*s", ETAG_MAX - 1, answer.etag);
    return rc;
}

/* Status 200 comes before the store knows whether it can put them together: the body tells. */
static int complete(struct s3 *s, struct upload *u, char version[S3_NAME], struct hz_error *err)
{
    HZ_CLEANUP(answer_free) struct s3_answer answer = S3_ANSWER_INIT;
    HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(2048);
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT((size_t)4 << 20);
    char code[64];
    size_t at = 0;
    struct hz_error none;
    int rc = part_query(u, "", 0, &query, err);

    buf_puts(&body, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for (size_t i = 0; i < u->count; i++)
        buf_printf(&body, "<Part><PartNumber>%zu</PartNumber><ETag>&quot;%s&quot;</ETag></Part>", i + 1, u->etags[i]);
    buf_puts(&body, "</CompleteMultipartUpload>");
    if (rc == HZ_OK)
        rc = buf_check(&body, err);
    const struct s3_request post = { .method = "POST",
                                     .key = u->key,
                                     .query = (const char *)query.data,
                                     .fd = -1,
                                     .bytes = body.data,
                                     .len = body.len };
    if (rc == HZ_OK)
        rc = s3_ask(s, &post, &answer, err);
    if (rc == HZ_OK && s3_xml_field(&answer.body, &at, "Code", code, sizeof code, &none) == HZ_OK) {
        hz_error_set(err, HZ_E_IO, _("the store could not put the parts together: %s"), code);
        return s3_context(s, u->key, err);
    }
    if (rc == HZ_OK)
        memcpy(version, answer.version, S3_NAME);
    return rc;
}

static void forget(struct upload *u)
{
    u->id[0] = '\0';
    memset(u->etags, 0, u->count * sizeof *u->etags);
}

/* The store may list an upload that it has just put together, or given up. */
static int go_on(struct s3 *s, struct upload *u, struct hz_error *err)
{
    int rc = find(s, u, err);

    if (rc == HZ_OK && u->id[0] != '\0')
        rc = list_parts(s, u, err);
    if (rc != HZ_E_NOTFOUND)
        return rc;
    forget(u);
    return HZ_OK;
}

static int send_all(struct s3 *s, struct upload *u, char version[S3_NAME], struct hz_error *err)
{
    int rc = u->id[0] == '\0' ? begin(s, u, err) : HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < u->count; i++)
        rc = send_part(s, u, i, err);
    return rc == HZ_OK ? complete(s, u, version, err) : rc;
}

/* An upload of an earlier run may be ended by the store while this one goes on with it: then all is sent. */
static int put_parts(struct s3 *s, struct upload *u, char version[S3_NAME], struct hz_error *err)
{
    int rc = go_on(s, u, err);
    bool resumed = u->id[0] != '\0';

    if (rc == HZ_OK)
        rc = send_all(s, u, version, err);
    if (rc != HZ_E_NOTFOUND || !resumed)
        return rc;
    forget(u);
    return send_all(s, u, version, err);
}

/* Whole MiB, so many that the parts suffice. */
static uint64_t part_size(uint64_t size)
{
    uint64_t least = (size + PARTS_MAX - 1) / PARTS_MAX, mib = (uint64_t)1 << 20;

    least = (least + mib - 1) / mib * mib;
    return least < S3_PART_LEAST ? S3_PART_LEAST : least;
}

int s3_put_file(struct s3 *s, const char *key, int fd, char version[S3_NAME], struct hz_error *err)
{
    struct statx st;
    int rc = io_statx(fd, &st, err);

    if (rc != HZ_OK)
        return rc;
    if (st.stx_size <= S3_PART_LEAST)
        rc = put_whole(s, key, fd, st.stx_size, version, err);
    else {
        struct upload u = { .key = key, .fd = fd, .size = st.stx_size, .each = part_size(st.stx_size) };
        u.count = (size_t)((u.size + u.each - 1) / u.each);
        u.etags = calloc(u.count, sizeof *u.etags);
        rc = u.etags != NULL ? put_parts(s, &u, version, err) : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        free(u.etags);
    }
    if (rc == HZ_OK && version[0] == '\0') { /* some say it only when they are asked */
        struct s3_found found;
        rc = s3_look(s, key, NULL, &found, err);
        if (rc == HZ_OK)
            memcpy(version, found.version, S3_NAME);
    }
    return rc;
}

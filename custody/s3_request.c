/* One request to the store and its answer. */
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "custody/s3_part.h"

#define CONNECT_SECONDS 30L
#define AT_ONCE 1L         /* millisecond */
#define SILENT_SECONDS 60L /* nothing came or went for so long */

static const char empty_sha256[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct asking {
    CURL *curl;
    const struct s3_request *request;
    struct s3_answer *answer;
    uint64_t sent, got;
    struct curl_slist *lines;
    struct hz_error why; /* of our own side: reading the file, or the sink */
};

static void asking_free(struct asking *a)
{
    curl_slist_free_all(a->lines);
    curl_easy_cleanup(a->curl);
}

void s3_encode(struct buf *out, const char *text, bool slashes)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text != '\0'; text++)
        if (strchr(plain, *text) != NULL || (slashes && *text == '/'))
            buf_putc(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned char)*text);
}

int s3_context(const struct s3 *s, const char *key, struct hz_error *err)
{
    return key == NULL ? hz_error_context(err, "s3://%s", s->bucket)
                       : hz_error_context(err, "s3://%s/%s%s", s->bucket, s->prefix, key);
}

static size_t give(char *bytes, size_t size, size_t count, void *context)
{
    struct asking *a = context;
    const struct s3_request *r = a->request;
    size_t want = size * count, got = 0;

    if (want > r->len - a->sent)
        want = (size_t)(r->len - a->sent);
    if (r->bytes != NULL) {
        memcpy(bytes, (const char *)r->bytes + a->sent, want);
        got = want;
    } else if (want > 0 && io_read_at(r->fd, r->at + a->sent, bytes, want, &got, &a->why) != HZ_OK)
        return CURL_READFUNC_ABORT;
    a->sent += got;
    return got;
}

/* libcurl begins anew on a connection that was closed meanwhile. */
static int again(void *context, curl_off_t offset, int origin)
{
    struct asking *a = context;

    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > a->request->len)
        return CURL_SEEKFUNC_FAIL;
    a->sent = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct asking *a = context;
    const struct s3_sink *sink = a->request->sink;
    size_t len = size * count;
    long status = 0;

    curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &status);
    a->got += len;
    if (sink != NULL && status == 200)
        return sink->put(sink->context, bytes, len, &a->why) == HZ_OK ? len : 0;
    return buf_put(&a->answer->body, bytes, len) == HZ_OK ? len : 0;
}

/* "name: value" without quotes and what ends the line; a value that does not fit or is not printable is left out. */
static void keep_line(const char *line, size_t len, const char *name, char out[S3_NAME])
{
    size_t at = strlen(name);

    if (len <= at || strncasecmp(line, name, at) != 0 || line[at] != ':')
        return;
    for (at++; at < len && (line[at] == ' ' || line[at] == '"');)
        at++;
    while (len > at && (line[len - 1] == '\r' || line[len - 1] == '\n' || line[len - 1] == ' ' || line[len - 1] == '"'))
        len--;
    if (len - at >= S3_NAME)
        return;
    for (size_t i = at; i < len; i++)
        if (line[i] <= 0x20 || line[i] > 0x7E)
            return;
    memcpy(out, line + at, len - at);
    out[len - at] = '\0';
}

static size_t hear(char *line, size_t size, size_t count, void *context)
{
    struct asking *a = context;
    char marker[S3_NAME] = "";

    keep_line(line, size * count, "x-amz-version-id", a->answer->version);
    keep_line(line, size * count, "etag", a->answer->etag);
    keep_line(line, size * count, "x-amz-delete-marker", marker);
    a->answer->marker |= strcmp(marker, "true") == 0;
    return size * count;
}

static int append_line(struct asking *a, const char *line, struct hz_error *err)
{
    struct curl_slist *longer = line != NULL ? curl_slist_append(a->lines, line) : NULL;

    if (longer == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    a->lines = longer;
    return HZ_OK;
}

static int add_line(struct asking *a, const char *name, const char *value, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(16384);
    int rc;

    buf_printf(&line, "%s: %s", name, value);
    rc = append_line(a, buf_text(&line), err);
    if (line.data != NULL)
        OPENSSL_cleanse(line.data, line.capacity);
    return rc;
}

static int add_lines(struct asking *a, const struct s3 *s, const struct s3_request *r, struct hz_error *err)
{
    char digest[W_DIGEST_HEX];
    const char *sha256 = r->len == 0 ? empty_sha256 : r->sha256;
    int rc = HZ_OK;

    if (sha256 == NULL) {
        rc = w_digest_hex_of(r->bytes, r->len, digest, err);
        sha256 = digest;
    }
    if (rc == HZ_OK)
        rc = add_line(a, "x-amz-content-sha256", sha256, err);
    if (rc == HZ_OK && s->token != NULL)
        rc = add_line(a, "x-amz-security-token", s->token, err);
    for (size_t i = 0; rc == HZ_OK && r->lines != NULL && r->lines[i] != NULL; i++)
        rc = append_line(a, r->lines[i], err);
    return rc;
}

static bool put_address(const struct s3 *s, const struct s3_request *r, struct buf *out)
{
    buf_printf(out, "%s/%s", s->endpoint, s->bucket);
    if (r->key != NULL) {
        buf_putc(out, '/');
        s3_encode(out, s->prefix, true);
        s3_encode(out, r->key, true);
    }
    if (r->query[0] != '\0')
        buf_printf(out, "?%s", r->query);
    return buf_text(out) != NULL;
}

static bool set_who(CURL *c, const struct s3 *s)
{
    HZ_CLEANUP(buf_free) struct buf way = BUF_INIT(256);
    HZ_CLEANUP(buf_free) struct buf pair = BUF_INIT(1024);

    buf_printf(&way, "aws:amz:%s:s3", s->region);
    buf_printf(&pair, "%s:%s", s->access, s->secret);
    bool set = buf_text(&way) != NULL && buf_text(&pair) != NULL &&
               curl_easy_setopt(c, CURLOPT_AWS_SIGV4, (const char *)way.data) == CURLE_OK &&
               curl_easy_setopt(c, CURLOPT_USERPWD, (const char *)pair.data) == CURLE_OK;
    if (pair.data != NULL)
        OPENSSL_cleanse(pair.data, pair.capacity);
    return set;
}

static bool set_way(CURL *c, const struct s3 *s, const char *address)
{
    return curl_easy_setopt(c, CURLOPT_URL, address) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SILENT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "hozen-custody/" HOZEN_VERSION) == CURLE_OK &&
           (s->authority_file == NULL || curl_easy_setopt(c, CURLOPT_CAINFO, s->authority_file) == CURLE_OK);
}

static bool set_body(struct asking *a, const struct s3_request *r)
{
    CURL *c = a->curl;
    bool post = strcmp(r->method, "POST") == 0, put = strcmp(r->method, "PUT") == 0;

    /* libcurl asks first whether a body may come, and would wait a second for a store that does not answer that; a line
     * that takes its "Expect" away would be signed by older ones as if it were sent */
    return (r->bytes == NULL || curl_easy_setopt(c, CURLOPT_EXPECT_100_TIMEOUT_MS, AT_ONCE) == CURLE_OK) &&
           curl_easy_setopt(c, CURLOPT_READFUNCTION, give) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_READDATA, a) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, again) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SEEKDATA, a) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, a) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERDATA, a) == CURLE_OK &&
           (!put || (curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
                     curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->len) == CURLE_OK)) &&
           (!post || (curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
                      curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->len) == CURLE_OK)) &&
           (strcmp(r->method, "HEAD") != 0 || curl_easy_setopt(c, CURLOPT_NOBODY, 1L) == CURLE_OK) &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, a->lines) == CURLE_OK;
}

static enum hz_code class_of(long status)
{
    switch (status) {
    case 401:
    case 403:
        return HZ_E_DENIED;
    case 404:
        return HZ_E_NOTFOUND;
    default:
        return HZ_E_IO;
    }
}

static int refuse(const struct s3_answer *answer, struct hz_error *err)
{
    char code[64] = "";
    size_t at = 0;
    struct hz_error unknown;

    if (s3_xml_field(&answer->body, &at, "Code", code, sizeof code, &unknown) != HZ_OK)
        code[0] = '\0';
    return hz_error_set(err, class_of(answer->status), _("the store answered with status %ld%s%s"), answer->status,
                        code[0] != '\0' ? ", " : "", code);
}

static int judge(struct asking *a, CURLcode rc, const char *why, struct hz_error *err)
{
    curl_off_t length = -1;

    if (a->why.code != HZ_OK) {
        *err = a->why;
        return a->why.code;
    }
    if (a->answer->body.failed == HZ_E_LIMIT)
        return hz_error_set(err, HZ_E_LIMIT, "%s", _("the store's answer is too long"));
    if (rc == CURLE_PARTIAL_FILE)
        return hz_error_set(err, HZ_E_FORMAT, "%s", _("the store sent less than it had promised"));
    if (rc != CURLE_OK)
        return hz_error_set(err, rc == CURLE_OPERATION_TIMEDOUT ? HZ_E_TIMEOUT : HZ_E_IO, "%s",
                            why[0] != '\0' ? why : curl_easy_strerror(rc));
    curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &a->answer->status);
    curl_easy_getinfo(a->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    a->answer->length = length < 0 ? UINT64_MAX : (uint64_t)length;
    if (a->answer->status < 200 || a->answer->status > 299)
        return refuse(a->answer, err);
    if (a->request->sink != NULL && a->answer->status != 200) /* the sink got nothing of it */
        return hz_error_set(err, HZ_E_FORMAT, _("the store answered with status %ld instead of the object"),
                            a->answer->status);
    return HZ_OK;
}

static int perform(struct asking *a, struct s3 *s, const struct s3_request *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf address = BUF_INIT(16384);
    char why[CURL_ERROR_SIZE] = "";
    int rc = add_lines(a, s, r, err);

    if (rc != HZ_OK)
        return rc;
    if (!put_address(s, r, &address))
        return buf_check(&address, err);
    if (!set_way(a->curl, s, (const char *)address.data) || !set_who(a->curl, s) || !set_body(a, r) ||
        curl_easy_setopt(a->curl, CURLOPT_ERRORBUFFER, why) != CURLE_OK ||
        (strcmp(r->method, "DELETE") == 0 && curl_easy_setopt(a->curl, CURLOPT_CUSTOMREQUEST, "DELETE") != CURLE_OK))
        return hz_error_set(err, HZ_E_NOMEM, "%s", "libcurl");
    return judge(a, curl_easy_perform(a->curl), why, err);
}

int s3_ask(struct s3 *s, const struct s3_request *r, struct s3_answer *answer, struct hz_error *err)
{
    HZ_CLEANUP(asking_free) struct asking a = { .request = r, .answer = answer };

    a.curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (a.curl == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    int rc = perform(&a, s, r, err);
    return rc == HZ_OK ? rc : s3_context(s, r->key, err);
}

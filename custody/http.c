#include "custody/http.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/lazy.h"

struct answer {
    struct buf *out;
    bool too_large;
};

static void free_handle(CURL **handle)
{
    curl_easy_cleanup(*handle);
}
static void free_headers(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct answer *a = context;

    if (buf_put(a->out, bytes, size * count) == HZ_OK)
        return size * count;
    a->too_large = a->out->failed == HZ_E_LIMIT;
    return 0;
}

static void free_text(char **text)
{
    free(*text);
}

static bool begins(const char *url, const char *scheme)
{
    return strncasecmp(url, scheme, strlen(scheme)) == 0 && url[strlen(scheme)] != '\0';
}

/* "name: value" as a header of the request */
static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(512);
    struct curl_slist *longer;

    buf_printf(&line, "%s: %s", name, value);
    longer = buf_text(&line) != NULL ? curl_slist_append(*list, (const char *)line.data) : NULL;
    if (longer != NULL)
        *list = longer;
    return longer != NULL;
}

static bool prepare(CURL *c, const struct http_post *p, struct curl_slist *headers, struct answer *a, char *why)
{
    bool secure = begins(p->url, "https://");

    return curl_easy_setopt(c, CURLOPT_URL, p->url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)HTTP_REDIRECTS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POSTREDIR, (long)CURL_REDIR_POST_ALL) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)HTTP_SECONDS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "hozen-custody/" HOZEN_VERSION) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)p->body->len) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POSTFIELDS, p->body->data) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, a) == CURLE_OK;
}

/* Status and type of the answer. A type may have parameters behind it. */
static int judge(CURL *c, const struct http_post *p, const char *name, struct hz_error *err)
{
    const char *type = NULL;
    long status = 0;
    size_t len = strlen(p->want);

    if (curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
        curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK)
        return hz_error_set(err, HZ_E_IO, "%s", name);
    if (status != 200)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: the server answered with status %ld"), name, status);
    if (type == NULL || strncasecmp(type, p->want, len) != 0 || (type[len] != '\0' && strchr("; ", type[len]) == NULL))
        return hz_error_set(err, HZ_E_FORMAT, _("%s: the server's answer is not %s"), name, p->want);
    return HZ_OK;
}

static int ask(CURL *c, const struct http_post *p, const char *name, struct curl_slist *headers, struct buf *out,
               struct hz_error *err)
{
    struct answer a = { .out = out };
    char why[CURL_ERROR_SIZE] = "";
    CURLcode rc;

    if (!prepare(c, p, headers, &a, why))
        return hz_error_set(err, HZ_E_IO, "%s: libcurl", name);
    rc = curl_easy_perform(c);
    if (rc == CURLE_OK)
        return judge(c, p, name, err);
    if (a.too_large)
        return hz_error_set(err, HZ_E_LIMIT, _("%s: the answer has more than %zu bytes"), name, out->limit);
    if (out->failed == HZ_E_NOMEM || rc == CURLE_OUT_OF_MEMORY)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    return hz_error_set(err, rc == CURLE_OPERATION_TIMEDOUT ? HZ_E_TIMEOUT : HZ_E_IO, "%s: %s", name,
                        why[0] != '\0' ? why : curl_easy_strerror(rc));
}

/* A password may have what ends an address: nothing that could be a part of one is shown. */
char *http_shown(const char *url)
{
    const char *scheme = strstr(url, "://"), *from = scheme != NULL ? scheme + 3 : url, *at = strrchr(from, '@');
    size_t before = (size_t)(from - url);
    char *shown;

    if (at == NULL)
        return text_copy(url);
    if (strcspn(from, "/?#") < (size_t)(at - from)) /* the server's name alone, perhaps */
        return strndup(url, before + strcspn(from, ":/?#"));
    shown = malloc(before + strlen(at));
    if (shown == NULL)
        return NULL;
    memcpy(shown, url, before);
    memcpy(shown + before, at + 1, strlen(at));
    return shown;
}

int http_post(const struct http_post *p, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(free_headers) struct curl_slist *headers = NULL;
    HZ_CLEANUP(free_handle) CURL *c = NULL;
    HZ_CLEANUP(free_text) char *name = http_shown(p->url);
    int rc;

    if (name == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (!begins(p->url, "http://") && !begins(p->url, "https://"))
        return hz_error_set(err, HZ_E_USAGE, _("%s: an address begins with http:// or https://"), name);
    rc = lazy_load(LAZY_CURL, err);
    if (rc != HZ_OK)
        return rc;
    c = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (c == NULL || !add_header(&headers, "Content-Type", p->type) || !add_header(&headers, "Accept", p->want))
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = ask(c, p, name, headers, out, err);
    if (rc != HZ_OK) /* what came is nobody's answer */
        buf_reset(out);
    return rc;
}

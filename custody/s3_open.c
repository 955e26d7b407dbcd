/* Where the store is and who asks: from the variables and the file that other clients read too. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/s3_part.h"

static void forget(char **secret)
{
    if (*secret != NULL)
        OPENSSL_cleanse(*secret, strlen(*secret));
    free(*secret);
    *secret = NULL;
}

void s3_close(struct s3 *s)
{
    free(s->endpoint);
    free(s->region);
    free(s->bucket);
    free(s->prefix);
    free(s->authority_file);
    forget(&s->access);
    forget(&s->secret);
    forget(&s->token);
    *s = (struct s3) { 0 };
}

/* A variable that is set and not empty. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *either(const char *first, const char *second)
{
    return first != NULL ? first : second;
}

/* What goes into a header or an address: printable ASCII without blanks. */
static bool is_word(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= 0x20 || *text > 0x7E)
            return false;
    return true;
}

static bool is_bucket(const char *name, size_t len)
{
    return len >= 3 && len <= 63 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") >= len && name[0] != '.' &&
           name[0] != '-';
}

static bool is_prefix(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+/-") == strlen(text) &&
           strlen(text) <= 500 && text[0] != '/' && strstr(text, "//") == NULL && strstr(text, "..") == NULL;
}

static int split(struct s3 *s, const char *url, struct hz_error *err)
{
    const char *bucket = strncmp(url, "s3://", 5) == 0 ? url + 5 : "";
    size_t len = strcspn(bucket, "/");
    const char *rest = bucket[len] == '/' ? bucket + len + 1 : "";
    HZ_CLEANUP(buf_free) struct buf prefix = BUF_INIT(1024);

    if (!is_bucket(bucket, len) || !is_prefix(rest))
        return hz_error_set(err, HZ_E_USAGE, _("%s: an object store is named s3://BUCKET or s3://BUCKET/PREFIX"), url);
    buf_puts(&prefix, rest);
    if (prefix.len > 0 && prefix.data[prefix.len - 1] != '/')
        buf_putc(&prefix, '/');
    s->bucket = strndup(bucket, len);
    s->prefix = text_copy(buf_text(&prefix));
    return s->bucket != NULL && s->prefix != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

/* Somebody may have written a password into it, which is nobody's to read. */
static const char *without_user(const char *endpoint)
{
    const char *at = strrchr(endpoint, '@');

    return at != NULL ? at + 1 : endpoint;
}

static int place(struct s3 *s, struct hz_error *err)
{
    const char *endpoint = either(variable("AWS_ENDPOINT_URL_S3"), variable("AWS_ENDPOINT_URL"));
    const char *region = either(variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"));

    if (endpoint == NULL)
        return hz_error_set(err, HZ_E_USAGE, "%s", _("set AWS_ENDPOINT_URL to the address of the object store"));
    if ((strncmp(endpoint, "http://", 7) != 0 && strncmp(endpoint, "https://", 8) != 0) || !is_word(endpoint))
        return hz_error_set(err, HZ_E_USAGE, _("AWS_ENDPOINT_URL: %s is no address (https://...)"),
                            without_user(endpoint));
    s->endpoint = text_copy(endpoint);
    s->region = text_copy(either(region, "us-east-1"));
    if (variable("AWS_CA_BUNDLE") != NULL)
        s->authority_file = text_copy(variable("AWS_CA_BUNDLE"));
    if (s->endpoint == NULL || s->region == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t len = strlen(s->endpoint); len > 0 && s->endpoint[len - 1] == '/'; len--)
        s->endpoint[len - 1] = '\0';
    return strspn(s->region, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(s->region)
               ? HZ_OK
               : hz_error_set(err, HZ_E_USAGE, "%s", _("AWS_REGION is no name of a region"));
}

/* "name = value" of a line; NULL: another name. The value ends with the line. */
static const char *value_of(const char *line, const char *name)
{
    size_t len = strlen(name);

    if (strncmp(line, name, len) != 0)
        return NULL;
    line += len;
    line += strspn(line, " \t");
    return *line == '=' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

static void keep(char **to, const char *value)
{
    forget(to);
    *to = strndup(value, strcspn(value, " \t\r"));
}

/* The lines of one section. */
static void take_lines(struct s3 *s, char *text, const char *section)
{
    bool ours = false;
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        const char *value;
        size_t len = strlen(section);
        line += strspn(line, " \t");
        if (*line == '[')
            ours = strncmp(line + 1, section, len) == 0 && line[1 + len] == ']';
        if (!ours)
            continue;
        if ((value = value_of(line, "aws_access_key_id")) != NULL)
            keep(&s->access, value);
        else if ((value = value_of(line, "aws_secret_access_key")) != NULL)
            keep(&s->secret, value);
        else if ((value = value_of(line, "aws_session_token")) != NULL)
            keep(&s->token, value);
    }
}

static int from_file(struct s3 *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)64 << 10);
    const char *named = variable("AWS_SHARED_CREDENTIALS_FILE"), *home = variable("HOME");

    if (named == NULL && home == NULL)
        return HZ_OK;
    if (named != NULL)
        buf_puts(&path, named);
    else
        buf_printf(&path, "%s/.aws/credentials", home);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    int rc = io_read_file((const char *)path.data, &text, err);
    if (rc == HZ_E_NOTFOUND && named == NULL)
        return HZ_OK;
    if (rc == HZ_OK && buf_text(&text) == NULL)
        rc = buf_check(&text, err);
    if (rc == HZ_OK)
        take_lines(s, (char *)text.data, either(variable("AWS_PROFILE"), "default"));
    if (text.data != NULL)
        OPENSSL_cleanse(text.data, text.capacity);
    return rc;
}

static int who(struct s3 *s, struct hz_error *err)
{
    const char *access = variable("AWS_ACCESS_KEY_ID"), *secret = variable("AWS_SECRET_ACCESS_KEY");
    int rc = HZ_OK;

    if (access != NULL && secret != NULL) {
        keep(&s->access, access);
        keep(&s->secret, secret);
        if (variable("AWS_SESSION_TOKEN") != NULL)
            keep(&s->token, variable("AWS_SESSION_TOKEN"));
    } else
        rc = from_file(s, err);
    if (rc == HZ_OK && (s->access == NULL || s->secret == NULL || !is_word(s->access) || !is_word(s->secret) ||
                        strchr(s->access, ':') != NULL || (s->token != NULL && !is_word(s->token))))
        rc = hz_error_set(err, HZ_E_USAGE, "%s",
                          _("no credentials for the object store: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
                            "AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE"));
    return rc;
}

int s3_open(struct s3 *out, const char *url, struct hz_error *err)
{
    struct s3 s = { 0 };
    int rc = split(&s, url, err);

    if (rc == HZ_OK)
        rc = place(&s, err);
    if (rc == HZ_OK)
        rc = who(&s, err);
    if (rc == HZ_OK)
        *out = s;
    else
        s3_close(&s);
    return rc;
}

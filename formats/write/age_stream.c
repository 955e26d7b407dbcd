#include "formats/write/age_stream.h"

#include <openssl/rand.h>
#include <stdlib.h>

#include "base/lang.h"
#include "formats/write/age_header.h"
#include "formats/write/digest.h"
#include "formats/write/openssl.h"

struct w_age_stream {
    struct w_age_chunks chunks;
};

struct secrets {
    unsigned char file_key[W_AGE_FILE_KEY];
    unsigned char nonce[W_AGE_CHUNKS_NONCE];
};

static int read_recipients(struct w_age_recipient *out, const char *const *texts, size_t count, struct hz_error *err)
{
    if (count == 0 || count > W_AGE_RECIPIENT_MAX)
        return hz_error_set(err, HZ_E_USAGE, _("a file is encrypted to 1 to %d recipients"), W_AGE_RECIPIENT_MAX);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = w_age_recipient_parse(texts[i], &out[i], err);
    return rc;
}

static int make_secrets(struct secrets *s, struct hz_error *err)
{
    int rc = w_digest_init(err);
    if (rc != HZ_OK)
        return rc;
    if (RAND_priv_bytes(s->file_key, sizeof s->file_key) != 1 || RAND_bytes(s->nonce, sizeof s->nonce) != 1)
        return w_openssl_failed(err, _("cannot get random bytes"));
    return HZ_OK;
}

static int put_beginning(struct w_age_stream *s, const struct w_age_recipient *recipients, size_t count,
                         w_age_sink *sink, void *context, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf header = BUF_INIT(W_AGE_HEADER_MAX);
    struct secrets secrets;
    int rc = make_secrets(&secrets, err);
    if (rc == HZ_OK)
        rc = w_age_header_put(&header, recipients, count, secrets.file_key, err);
    if (rc == HZ_OK)
        rc = sink(context, header.data, header.len, err);
    if (rc == HZ_OK)
        rc = w_age_chunks_begin(&s->chunks, secrets.file_key, secrets.nonce, sink, context, err);
    w_age_crypt_wipe(&secrets, sizeof secrets);
    return rc;
}

int w_age_stream_begin(struct w_age_stream **out, const char *const *recipients, size_t count, w_age_sink *sink,
                       void *context, struct hz_error *err)
{
    struct w_age_recipient parsed[W_AGE_RECIPIENT_MAX];
    int rc = read_recipients(parsed, recipients, count, err);
    if (rc != HZ_OK)
        return rc;
    struct w_age_stream *s = malloc(sizeof *s);
    if (s == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    rc = put_beginning(s, parsed, count, sink, context, err);
    if (rc != HZ_OK)
        w_age_stream_free(s);
    else
        *out = s;
    return rc;
}

int w_age_stream_put(struct w_age_stream *s, const void *bytes, size_t len, struct hz_error *err)
{
    return w_age_chunks_put(&s->chunks, bytes, len, err);
}

int w_age_stream_end(struct w_age_stream *s, struct hz_error *err)
{
    return w_age_chunks_end(&s->chunks, err);
}

void w_age_stream_free(struct w_age_stream *s)
{
    if (s == NULL)
        return;
    w_age_chunks_wipe(&s->chunks);
    free(s);
}

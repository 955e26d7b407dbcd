#include "formats/write/spool.h"

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"

#define IN_MEMORY ((size_t)256 << 10) /* beyond this the bytes go to the file */
#define ONE_PUT ((size_t)4 << 20)     /* more than the longest line of any record */

void w_spool_open(struct w_spool *s, int directory)
{
    *s = (struct w_spool) { .directory = directory, .fd = -1 };
    buf_init(&s->pending, IN_MEMORY + ONE_PUT);
}

void w_spool_close(struct w_spool *s)
{
    io_close(&s->fd);
    buf_free(&s->pending);
}

static int store(struct w_spool *s, struct hz_error *err)
{
    int rc = s->fd < 0 ? io_create_spool(s->directory, &s->fd, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = io_write(s->fd, s->pending.data, s->pending.len, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", _("temporary file"));
    s->stored += s->pending.len;
    buf_reset(&s->pending);
    return HZ_OK;
}

int w_spool_put(struct w_spool *s, const void *bytes, size_t len, struct hz_error *err)
{
    buf_put(&s->pending, bytes, len);
    int rc = buf_check(&s->pending, err);
    if (rc != HZ_OK)
        return rc;
    s->total += len;
    return s->pending.len > IN_MEMORY ? store(s, err) : HZ_OK;
}

static int pass_on(const void *bytes, size_t len, struct w_stream *stream, struct w_digest *digest,
                   struct hz_error *err)
{
    int rc = digest != NULL ? w_digest_update(digest, bytes, len, err) : HZ_OK;
    return rc == HZ_OK ? w_stream_put(stream, bytes, len, err) : rc;
}

static int drain_file(struct w_spool *s, struct w_stream *stream, struct w_digest *digest, struct hz_error *err)
{
    unsigned char block[16384];
    int rc = HZ_OK;
    for (uint64_t at = 0; rc == HZ_OK && at < s->stored;) {
        uint64_t rest = s->stored - at;
        size_t want = rest < sizeof block ? (size_t)rest : sizeof block, got = 0;
        rc = io_read_at(s->fd, at, block, want, &got, err);
        if (rc == HZ_OK && got != want)
            rc = hz_error_set(err, HZ_E_IO, "%s", _("the file became shorter while it was used"));
        if (rc != HZ_OK)
            return hz_error_context(err, "%s", _("temporary file"));
        rc = pass_on(block, got, stream, digest, err);
        at += got;
    }
    return rc;
}

int w_spool_drain(struct w_spool *s, struct w_stream *stream, struct w_digest *digest, struct hz_error *err)
{
    int rc = drain_file(s, stream, digest, err);
    if (rc == HZ_OK)
        rc = pass_on(s->pending.data, s->pending.len, stream, digest, err);
    if (rc == HZ_OK && s->fd >= 0)
        rc = io_rewind(s->fd, err);
    if (rc != HZ_OK)
        return rc;
    s->total = s->stored = 0;
    buf_reset(&s->pending);
    return HZ_OK;
}

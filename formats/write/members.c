#include "formats/write/members.h"

#include <string.h>

#include "base/lang.h"
#include "formats/write/tags.h"
#include "formats/write/tarhead.h"

#define HEADER_MAX ((size_t)64 << 10)
#define TAGMANIFEST_MAX ((size_t)1 << 20) /* spec section 1 */

int w_members_open(struct w_members *m, const char *item, const struct w_stream_config *output, struct stamp started,
                   bool sha512, struct hz_error *err)
{
    bool fits = started.seconds >= 0 && (uint64_t)started.seconds <= W_TARHEAD_MTIME_MAX;
    memset(m, 0, sizeof *m);
    m->item = item;
    m->mtime = fits ? (uint64_t)started.seconds : 0;
    buf_init(&m->path, HEADER_MAX);
    buf_init(&m->header, HEADER_MAX);
    buf_init(&m->tagmanifest, TAGMANIFEST_MAX);
    buf_init(&m->tagmanifest512, 2 * TAGMANIFEST_MAX);
    m->sha512 = sha512;
    int rc = w_stream_open(&m->stream, output, err);
    if (rc != HZ_OK)
        return rc;
    return sha512 ? w_digest_new_both(&m->digest, err) : w_digest_new(&m->digest, err);
}

void w_members_close(struct w_members *m)
{
    buf_free(&m->path);
    buf_free(&m->header);
    buf_free(&m->tagmanifest);
    buf_free(&m->tagmanifest512);
    w_digest_free(m->digest);
    w_stream_close(m->stream);
}

const char *w_members_name(struct w_members *m, const char *name, struct hz_error *err)
{
    buf_reset(&m->path);
    buf_puts(&m->path, m->item);
    buf_putc(&m->path, '/');
    buf_puts(&m->path, name);
    const char *path = buf_text(&m->path);
    if (path == NULL)
        buf_check(&m->path, err);
    return path;
}

int w_members_begin(struct w_members *m, const char *name, uint64_t size, struct hz_error *err)
{
    const char *path = w_members_name(m, name, err);
    buf_reset(&m->header);
    int rc = path == NULL ? m->path.failed : w_tarhead_put(&m->header, path, size, m->mtime, err);
    return rc == HZ_OK ? w_stream_put(m->stream, m->header.data, m->header.len, err) : rc;
}

int w_members_pad(struct w_members *m, uint64_t size, struct hz_error *err)
{
    return w_stream_zeros(m->stream, w_tarhead_padding(size), err);
}

int w_members_put(struct w_members *m, const char *name, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = w_members_begin(m, name, len, err);
    if (rc == HZ_OK)
        rc = w_stream_put(m->stream, bytes, len, err);
    return rc == HZ_OK ? w_members_pad(m, len, err) : rc;
}

static int list(struct buf *manifest, const char *hex, const char *name, struct hz_error *err)
{
    w_tags_manifest_line(manifest, hex, name);
    int rc = buf_check(manifest, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", _("the list of tag files"));
}

int w_members_tag_begin(struct w_members *m, const char *name, uint64_t size, struct hz_error *err)
{
    int rc = w_members_begin(m, name, size, err);
    return rc == HZ_OK ? w_digest_start(m->digest, err) : rc;
}

int w_members_tag_put(struct w_members *m, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = w_digest_update(m->digest, bytes, len, err);
    return rc == HZ_OK ? w_stream_put(m->stream, bytes, len, err) : rc;
}

int w_members_tag_end(struct w_members *m, const char *name, uint64_t size, struct hz_error *err)
{
    char sha256[W_DIGEST_HEX], sha512[W_DIGEST_512_HEX];
    int rc = w_members_pad(m, size, err);
    if (rc == HZ_OK)
        rc = w_digest_end_hex(m->digest, sha256, err);
    if (rc == HZ_OK)
        rc = list(&m->tagmanifest, sha256, name, err);
    if (rc == HZ_OK && m->sha512)
        rc = w_digest_end_512_hex(m->digest, sha512, err);
    return rc == HZ_OK && m->sha512 ? list(&m->tagmanifest512, sha512, name, err) : rc;
}

int w_members_tag(struct w_members *m, const char *name, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = w_members_tag_begin(m, name, len, err);
    if (rc == HZ_OK)
        rc = w_members_tag_put(m, bytes, len, err);
    return rc == HZ_OK ? w_members_tag_end(m, name, len, err) : rc;
}

static int put_spool(struct w_members *m, struct w_spool *spool, struct hz_error *err)
{
    HZ_CLEANUP(w_spool_reader_close) struct w_spool_reader r = { 0 };
    size_t len = 1;
    int rc = w_spool_reader_open(&r, spool, err);
    while (rc == HZ_OK && len > 0) {
        const void *bytes = NULL;
        rc = w_spool_next(&r, &bytes, &len, err);
        if (rc == HZ_OK)
            rc = w_members_tag_put(m, bytes, len, err);
    }
    return rc;
}

int w_members_tag_copy(struct w_members *m, const char *name, struct w_spool *spool, struct hz_error *err)
{
    uint64_t size = spool->total;
    int rc = w_members_tag_begin(m, name, size, err);
    if (rc == HZ_OK)
        rc = put_spool(m, spool, err);
    return rc == HZ_OK ? w_members_tag_end(m, name, size, err) : rc;
}

int w_members_tag_spool(struct w_members *m, const char *name, struct w_spool *spool, struct hz_error *err)
{
    int rc = w_members_tag_copy(m, name, spool, err);
    return rc == HZ_OK ? w_spool_reset(spool, err) : rc;
}

int w_members_end(struct w_members *m, char file_sha256[W_DIGEST_HEX], uint64_t *file_bytes, struct hz_error *err)
{
    int rc = w_stream_zeros(m->stream, w_tarhead_end(w_stream_offset(m->stream)), err);
    return rc == HZ_OK ? w_stream_end(m->stream, file_sha256, file_bytes, err) : rc;
}

#include "formats/write/sink.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"

#define BUFFER ((size_t)1 << 20)

int w_sink_open(struct w_sink *s, int fd, struct hz_error *err)
{
    memset(s, 0, sizeof *s);
    s->fd = fd;
    s->buffer = malloc(BUFFER);
    if (s->buffer == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    return w_digest_new(&s->digest, err);
}

void w_sink_close(struct w_sink *s)
{
    w_digest_free(s->digest);
    free(s->buffer);
    memset(s, 0, sizeof *s);
}

static int emit(struct w_sink *s, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = w_digest_update(s->digest, bytes, len, err);
    return rc == HZ_OK ? io_write(s->fd, bytes, len, err) : rc;
}

static int flush(struct w_sink *s, struct hz_error *err)
{
    int rc = s->used > 0 ? emit(s, s->buffer, s->used, err) : HZ_OK;
    if (rc == HZ_OK)
        s->used = 0;
    return rc;
}

int w_sink_put(struct w_sink *s, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    s->offset += len;
    while (len > 0) {
        if (s->used == 0 && len >= BUFFER)
            return emit(s, p, len, err);
        size_t room = BUFFER - s->used, part = len < room ? len : room;
        memcpy(s->buffer + s->used, p, part);
        s->used += part;
        p += part;
        len -= part;
        int rc = s->used == BUFFER ? flush(s, err) : HZ_OK;
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

int w_sink_zeros(struct w_sink *s, uint64_t count, struct hz_error *err)
{
    static const unsigned char zeros[4096];
    int rc = HZ_OK;
    while (rc == HZ_OK && count > 0) {
        size_t part = count < sizeof zeros ? (size_t)count : sizeof zeros;
        rc = w_sink_put(s, zeros, part, err);
        count -= part;
    }
    return rc;
}

int w_sink_end(struct w_sink *s, char file_sha256[W_DIGEST_HEX], struct hz_error *err)
{
    int rc = flush(s, err);
    return rc == HZ_OK ? w_digest_end_hex(s->digest, file_sha256, err) : rc;
}

#include "verify/wire.h"

#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"

#define HEADER 8 /* length, type */
#define ENOUGH ((size_t)64 * 1024)
#define ABSENT UINT32_MAX

void wire_open(struct wire_out *w, int fd)
{
    w->fd = fd;
    w->begin = 0;
    buf_init(&w->pending, 2 * WIRE_PAYLOAD_MAX);
}

void wire_close(struct wire_out *w)
{
    buf_free(&w->pending);
}

void wire_begin(struct wire_out *w, enum wire_type type)
{
    w->begin = w->pending.len;
    wire_u32(w, 0);
    wire_u32(w, (uint32_t)type);
}

void wire_u32(struct wire_out *w, uint32_t value)
{
    buf_put(&w->pending, &value, sizeof value);
}

void wire_u64(struct wire_out *w, uint64_t value)
{
    buf_put(&w->pending, &value, sizeof value);
}

void wire_stamp(struct wire_out *w, struct stamp value)
{
    wire_u64(w, (uint64_t)value.seconds);
    wire_u32(w, value.nanoseconds);
}

void wire_fixed(struct wire_out *w, const void *bytes, size_t len)
{
    buf_put(&w->pending, bytes, len);
}

void wire_bytes(struct wire_out *w, const void *bytes, size_t len)
{
    wire_u32(w, (uint32_t)len);
    buf_put(&w->pending, bytes, len);
}

void wire_string(struct wire_out *w, const char *text)
{
    if (text)
        wire_bytes(w, text, strlen(text) + 1);
    else
        wire_u32(w, ABSENT);
}

int wire_flush(struct wire_out *w, struct hz_error *err)
{
    int code = io_write(w->fd, w->pending.data, w->pending.len, err);

    buf_reset(&w->pending);
    return code;
}

int wire_end(struct wire_out *w, struct hz_error *err)
{
    uint32_t len = (uint32_t)(w->pending.len - w->begin - HEADER);

    if (buf_check(&w->pending, err))
        return (int)w->pending.failed;
    memcpy(w->pending.data + w->begin, &len, sizeof len);
    return w->pending.len < ENOUGH ? HZ_OK : wire_flush(w, err);
}

static int nonsense(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("the sandboxed reader sent something that makes no sense"));
}

int wire_receive(int fd, struct buf *payload, struct wire_in *in, bool *ended, struct hz_error *err)
{
    uint32_t header[2];
    unsigned char *to;
    size_t got;
    int code = io_read(fd, header, sizeof header, &got, err);

    if (code)
        return code;
    *ended = !got;
    if (!got)
        return HZ_OK;
    if (got != sizeof header || header[0] > WIRE_PAYLOAD_MAX || header[1] > WIRE_ERROR)
        return nonsense(err);
    buf_reset(payload);
    to = buf_grow(payload, header[0]);
    if (!to && header[0])
        return buf_check(payload, err);
    code = io_read(fd, to, header[0], &got, err);
    if (code)
        return code;
    if (got != header[0])
        return nonsense(err);
    *in = (struct wire_in) { .type = (enum wire_type)header[1], .at = payload->data, .len = header[0] };
    return HZ_OK;
}

void wire_get_fixed(struct wire_in *in, void *out, size_t len)
{
    if (in->bad || in->len < len) {
        in->bad = true;
        memset(out, 0, len);
        return;
    }
    memcpy(out, in->at, len);
    in->at += len;
    in->len -= len;
}

uint32_t wire_get_u32(struct wire_in *in)
{
    uint32_t value;

    wire_get_fixed(in, &value, sizeof value);
    return value;
}

uint64_t wire_get_u64(struct wire_in *in)
{
    uint64_t value;

    wire_get_fixed(in, &value, sizeof value);
    return value;
}

bool wire_get_bool(struct wire_in *in)
{
    uint32_t value = wire_get_u32(in);

    if (value > 1)
        in->bad = true;
    return value == 1;
}

struct stamp wire_get_stamp(struct wire_in *in)
{
    struct stamp value = { .seconds = (int64_t)wire_get_u64(in) };

    value.nanoseconds = wire_get_u32(in);
    if (value.nanoseconds > 999999999) {
        in->bad = true;
        value.nanoseconds = 0;
    }
    return value;
}

struct wire_bytes wire_get_bytes(struct wire_in *in)
{
    uint32_t len = wire_get_u32(in);
    struct wire_bytes out = { "", 0 };

    if (in->bad || len > in->len) {
        in->bad = true;
        return out;
    }
    out = (struct wire_bytes) { len ? (const char *)in->at : "", len };
    in->at += len;
    in->len -= len;
    return out;
}

const char *wire_get_string(struct wire_in *in)
{
    struct wire_in look = *in;
    struct wire_bytes bytes;

    if (wire_get_u32(&look) == ABSENT && !look.bad) {
        *in = look;
        return NULL;
    }
    bytes = wire_get_bytes(in);
    if (in->bad || !bytes.len || memchr(bytes.at, 0, bytes.len) != bytes.at + bytes.len - 1) {
        in->bad = true;
        return NULL;
    }
    return bytes.at;
}

bool wire_done(const struct wire_in *in)
{
    return !in->bad && !in->len;
}

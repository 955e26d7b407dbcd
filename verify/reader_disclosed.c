#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "verify/reader.h"

bool reader_take_text(struct wire_in *in, char **out)
{
    const char *text = wire_get_string(in);

    if (!text)
        return !in->bad;
    if (*out || strlen(text) > ACCOUNT_TEXT_MAX || !text_is_utf8(text, strlen(text)))
        return false;
    *out = text_copy(text);
    in->no_memory = *out == NULL;
    return !in->no_memory;
}

static bool take_entry(struct wire_in *in, struct account_disclosed *out)
{
    struct wire_bytes path = wire_get_bytes(in), origin = wire_get_bytes(in);
    struct wire_bytes method;
    size_t source_len;

    if (!reader_take_text(in, &out->status))
        return false;
    method = wire_get_bytes(in);
    out->size = wire_get_u64(in);
    out->real_size = wire_get_u64(in);
    out->index = wire_get_u64(in);
    out->count = wire_get_u64(in);
    wire_get_fixed(in, out->sha256, sizeof out->sha256);
    buf_init(&out->origin, R_CATALOG_LINE_MAX);
    if (in->bad || !r_name_is_payload(path.at, path.len, &source_len) || out->index >= out->count ||
        origin.len > R_CATALOG_LINE_MAX || out->real_size > out->size || !out->status ||
        !text_is_utf8(method.at, method.len))
        return false;
    out->path = strndup(path.at, path.len);
    out->method = strndup(method.at, method.len);
    in->no_memory = !out->path || !out->method || buf_put(&out->origin, origin.at, origin.len);
    return !in->no_memory;
}

bool reader_take_disclosed(struct wire_in *in, struct account_disclosed *out)
{
    if (out->proven || out->has_started)
        return false; /* it comes once */
    out->proven = wire_get_bool(in);
    if (out->proven && !take_entry(in, out))
        return false;
    out->has_started = wire_get_bool(in);
    out->started = wire_get_stamp(in);
    return reader_take_text(in, &out->case_id) && reader_take_text(in, &out->operator_name) &&
           reader_take_text(in, &out->organisation) && wire_done(in);
}

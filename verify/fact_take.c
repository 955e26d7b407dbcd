#include "verify/fact_take.h"

#include "base/text.h"

/* As hostile as all that comes from the child: it is passed on only as canonical JSON. */
static bool is_object(const struct wire_bytes *value)
{
    struct r_json j;

    r_json_init(&j, value->at, value->len);
    return r_json_peek(&j) == R_JSON_OBJECT && r_json_skip(&j) && r_json_done(&j);
}

int fact_take_row(struct wire_in *in, const struct reader_listener *listener, bool *sound, struct hz_error *err)
{
    uint32_t kind = wire_get_u32(in);
    struct wire_bytes name = wire_get_bytes(in), value = wire_get_bytes(in);

    *sound = wire_done(in) && kind < FACT_KINDS && kind != FACT_FILES && name.len && name.len <= FACT_NAME_MAX &&
             value.len <= FACT_VALUE_MAX && text_is_utf8(name.at, name.len) && is_object(&value);
    if (!*sound || !listener->fact)
        return HZ_OK;
    return listener->fact(listener->context, (enum fact_kind)kind, name, value, err);
}

int fact_take_listing(struct wire_in *in, const struct reader_listener *listener, bool *sound, struct hz_error *err)
{
    uint32_t listing = wire_get_u32(in);
    bool whole = wire_get_bool(in);
    uint64_t left = wire_get_u64(in);

    *sound = wire_done(in) && listing < FACT_LISTINGS;
    if (!*sound || !listener->listing)
        return HZ_OK;
    return listener->listing(listener->context, listing, whole, left, err);
}

#include "formats/read/stat.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/name.h"

#define ORIGIN_MAX (3 * R_JSON_STRING_MAX)

void r_stat_origin_init(struct r_origin *o)
{
    o->known = false;
    buf_init(&o->text, ORIGIN_MAX);
    buf_init(&o->raw, ORIGIN_MAX);
}

void r_stat_origin_free(struct r_origin *o)
{
    buf_free(&o->text);
    buf_free(&o->raw);
}

static bool same_bytes(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (!a->len || memcmp(a->data, b->data, a->len) == 0);
}

static bool raw_from_base64(struct r_json *j, const struct r_span *base64, struct r_origin *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ORIGIN_MAX);
    int code = text_unbase64(&out->raw, base64->at, base64->len);

    if (code == HZ_E_NOMEM)
        return r_json_took(j, code);
    if (code || text_is_utf8(out->raw.data, out->raw.len))
        return r_json_fail(j, N_("base64 bytes that are valid UTF-8 and therefore not needed"));
    if (!r_json_took(j, text_to_utf8(&text, out->raw.data, out->raw.len)))
        return false;
    return same_bytes(&text, &out->text) || r_json_fail(j, N_("a text and its base64 bytes say different things"));
}

bool r_stat_origin_read(struct r_json *j, const struct r_value *text, const struct r_value *base64, bool path,
                        struct r_origin *out)
{
    buf_reset(&out->text);
    buf_reset(&out->raw);
    out->known = text->present;
    if (j->wrong)
        return false;
    if (!text->present)
        return base64->present ? r_json_fail(j, N_("base64 bytes without their text")) : true;
    if (!r_json_took(j, r_span_decode(&text->text, &out->text)))
        return false;
    if (base64->present) {
        if (!raw_from_base64(j, &base64->text, out))
            return false;
    } else if (!r_json_took(j, buf_put(&out->raw, out->text.data, out->text.len))) {
        return false;
    }
    if (path && !(out->raw.len == 1 && out->raw.data[0] == '/') && !r_name_is_origin(out->raw.data, out->raw.len))
        return r_json_fail(j, N_("an origin that is not an absolute path in its plain form"));
    return true;
}

bool r_stat_together(struct r_json *j, const struct r_value all[R_STAT_KEYS], bool *known)
{
    size_t i, present = 0;

    for (i = 0; i < R_STAT_KEYS; i++)
        present += i != R_STAT_BTIME && all[i].present;
    if (present && present < R_STAT_KEYS - 1)
        return r_json_fail(j, N_("mode, uid, gid, links, inode, device and times come together or not at all"));
    if (!present && all[R_STAT_BTIME].present)
        return r_json_fail(j, N_("a time of birth without the other times"));
    *known = present != 0;
    return true;
}

void r_stat_take(struct r_stat *out, bool known, const struct r_value all[R_STAT_KEYS])
{
    *out = (struct r_stat) { .known = known };
    if (!known)
        return;
    memcpy(out->mode, all[R_STAT_MODE_TEXT].text.at, R_STAT_MODE - 1);
    out->uid = (uint32_t)all[R_STAT_UID].number;
    out->gid = (uint32_t)all[R_STAT_GID].number;
    out->atime = all[R_STAT_ATIME].stamp;
    out->mtime = all[R_STAT_MTIME].stamp;
    out->ctime = all[R_STAT_CTIME].stamp;
    out->btime = all[R_STAT_BTIME].stamp;
    out->has_btime = all[R_STAT_BTIME].present;
}

bool r_stat_xattrs(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "name_b64", R_FIELD_BASE64, true, "+", NULL },
        { "value_b64", R_FIELD_BASE64, true, NULL, NULL },
    };
    HZ_CLEANUP(buf_free) struct buf before = BUF_INIT(R_JSON_STRING_MAX), name = BUF_INIT(R_JSON_STRING_MAX);
    struct r_value v[2];
    size_t count = 0;

    (void)context;
    for (r_json_array(j); r_json_item(j); count++) {
        struct buf swap = before;
        int order;

        if (!r_field_read(j, fields, 2, v, NULL))
            return false;
        buf_reset(&name);
        if (!r_json_took(j, text_unbase64(&name, v[0].text.at, v[0].text.len)))
            return false;
        order = count ? memcmp(before.data, name.data, before.len < name.len ? before.len : name.len) : -1;
        if (order > 0 || (order == 0 && before.len >= name.len))
            return r_json_fail(j, N_("extended attributes are repeated or not in order"));
        before = name;
        name = swap;
    }
    return !j->wrong && !count ? r_json_fail(j, N_("an empty array is said by leaving the key out")) : !j->wrong;
}

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/state.h"

static void wrong(struct r_state *s, int code, enum r_why why, size_t at, const char *text)
{
    r_state_ill(s);
    r_state_add(s, &(struct r_finding) { .code = code == HZ_E_LIMIT ? R_LIMIT_EXCEEDED : R_MANIFEST_MALFORMED,
                                         .why = why,
                                         .path = s->member.path,
                                         .offset = s->member.offset,
                                         .a = 1,
                                         .b = at + 1,
                                         .text = text,
                                         .need = R_NEED_TAG(s->member.tag) });
}

static void read_format(struct r_state *s)
{
    struct r_format format;
    const char *text;
    size_t at;
    int code = r_format_read(s->text.data, s->text.len, &format, &text, &at);

    s->started = format.started;
    s->sha512 = format.sha512;
    if (code == HZ_E_UNSUPPORTED) {
        s->stopped = true;
        r_state_place(s, R_CONTAINER_UNSUPPORTED, R_WHY_VERSION);
    } else if (code) {
        wrong(s, code, R_WHY_LINE, at, text);
    } else {
        s->has_format = true;
    }
    if (format.extensions)
        r_state_notice(s, R_NOTE_EXTENSION_KEYS, R_WHY_EXTENSIONS, "", 0);
}

static int read_acquisition(struct r_state *s, struct hz_error *err)
{
    const char *text;
    size_t at;
    int code = r_acquisition_read(s->text.data, s->text.len, &s->acquisition, &text, &at);

    if (code == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (code) {
        wrong(s, code, R_WHY_LINE, at, text);
        return HZ_OK;
    }
    s->has_acquisition = true;
    if (s->acquisition.extensions)
        r_state_notice(s, R_NOTE_EXTENSION_KEYS, R_WHY_EXTENSIONS, "", 0);
    if (!s->sink->acquisition)
        return HZ_OK;
    s->acquisition.record = s->text.data;
    s->acquisition.record_len = s->text.len;
    code = s->sink->acquisition(s->sink->context, &s->acquisition, err);
    s->acquisition.record = NULL;
    return code;
}

static int read_info(struct r_state *s, struct hz_error *err)
{
    buf_reset(&s->info_text);
    if (buf_put(&s->info_text, s->text.data, s->text.len))
        return buf_check(&s->info_text, err);
    s->has_info = !r_bag_info((const char *)s->info_text.data, s->info_text.len, &s->info);
    if (!s->has_info)
        wrong(s, HZ_E_FORMAT, R_WHY_FORM, 0, NULL);
    return HZ_OK;
}

static void read_merkle(struct r_state *s)
{
    s->has_merkle = !r_bag_merkle((const char *)s->text.data, s->text.len, &s->merkle_count, s->merkle_root);
    if (!s->has_merkle)
        wrong(s, HZ_E_FORMAT, R_WHY_FORM, 0, NULL);
}

/* A VERIFY text: known by its digest */
static void check_text(struct r_state *s, const char *expected)
{
    char hex[R_SHA256_HEX];

    text_hex(hex, s->tags.fixed[s->member.tag].digest, R_SHA256_SIZE);
    if (strcmp(hex, expected) != 0)
        wrong(s, HZ_E_FORMAT, R_WHY_FIXED_TEXT, 0, NULL);
}

int r_whole_read(struct r_state *s, struct hz_error *err)
{
    unsigned tag = s->member.tag;

    if (tag == R_TAG_VERIFY_JA || tag == R_TAG_VERIFY_EN) {
        check_text(s, tag == R_TAG_VERIFY_JA ? r_bag_verify_ja : r_bag_verify_en);
        return HZ_OK;
    }
    if (!s->member.whole) {
        if (!s->member.lines)
            r_state_ill(s); /* over its bound, which was said */
        return HZ_OK;
    }
    if (!s->text.len) {
        wrong(s, HZ_E_FORMAT, R_WHY_FORM, 0, NULL);
        return HZ_OK;
    }
    if (tag == R_TAG_ACQUISITION)
        return read_acquisition(s, err);
    if (tag == R_TAG_BAG_INFO)
        return read_info(s, err);
    if (tag == R_TAG_FORMAT)
        read_format(s);
    else if (tag == R_TAG_MERKLE)
        read_merkle(s);
    else if (!r_bag_is_bagit(s->text.data, s->text.len))
        wrong(s, HZ_E_FORMAT, R_WHY_FIXED_TEXT, 0, NULL);
    return HZ_OK;
}

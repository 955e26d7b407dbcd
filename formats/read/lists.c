#include <string.h>

#include "base/lang.h"
#include "formats/read/manifest.h"
#include "formats/read/name.h"
#include "formats/read/state.h"

int r_lists_wrong(struct r_state *s, int code, uint64_t number, size_t at, const char *wrong, struct hz_error *err)
{
    struct r_need need = s->member.kind == R_KIND_SEGMENT
                             ? (struct r_need) { .segment = (int32_t)(s->member.tag - R_TAG_FIXED) }
                             : R_NEED_TAG(s->member.tag);

    if (code == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (s->line_wrong)
        return HZ_OK; /* the first wrong line of a file speaks for it */
    r_state_ill(s);
    r_state_add(s, &(struct r_finding) { .code = code == HZ_E_LIMIT ? R_LIMIT_EXCEEDED : R_MANIFEST_MALFORMED,
                                         .why = R_WHY_LINE,
                                         .path = s->member.path,
                                         .offset = s->member.offset,
                                         .a = number,
                                         .b = at + 1,
                                         .text = wrong,
                                         .need = need });
    return HZ_OK;
}

static void count(struct r_state *s, const struct r_record *r)
{
    if (r->extensions)
        r_state_notice(s, R_NOTE_EXTENSION_KEYS, R_WHY_EXTENSIONS, "", 0);
    if (r->kind == R_RECORD_OBJECT) {
        s->objects++;
        r_tally_add(&s->recorded, r->source.at, r->source.len);
    } else if (r->kind == R_RECORD_ABSENT) {
        s->absences++;
        s->result->absences[r->absence]++;
        r_tally_add(&s->absent, r->source.at, r->source.len);
    } else {
        s->result->unlocked_databases += r_records_unlocked(r);
    }
}

int r_lists_record(void *context, const char *line, size_t len, uint64_t number, uint64_t offset, struct hz_error *err)
{
    struct r_state *s = context;
    unsigned tag = s->member.tag;
    enum r_records_kind kind = tag == R_TAG_OBJECTS  ? R_RECORD_OBJECT
                               : tag == R_TAG_ABSENT ? R_RECORD_ABSENT
                                                     : R_RECORD_ACTION;
    const char *wrong;
    size_t at;
    int code;

    (void)offset;
    if (number == 1)
        code = r_records_first(kind, line, len, &wrong, &at);
    else
        code = r_records_line(kind, line, len, &s->record, &wrong, &at);
    if (code)
        return r_lists_wrong(s, code, number, at, wrong, err);
    if (number == 1)
        return HZ_OK;
    count(s, &s->record);
    return s->sink->record ? s->sink->record(s->sink->context, &s->record, err) : HZ_OK;
}

int r_lists_manifest(void *context, const char *line, size_t len, uint64_t number, uint64_t offset,
                     struct hz_error *err)
{
    unsigned char digest[R_SHA512_SIZE];
    struct r_state *s = context;
    bool wide = s->member.tag == R_TAG_MANIFEST512;
    size_t path_len, source_len;
    const char *path;

    (void)offset;
    if (r_manifest_line(line, len, digest, wide ? R_SHA512_SIZE : R_SHA256_SIZE, &path, &path_len) ||
        !r_name_is_payload(path, path_len, &source_len))
        return r_lists_wrong(s, HZ_E_FORMAT, number, 0,
                             N_("a digest, two blanks and the name of a payload file were expected"), err);
    if (!wide) /* the lines of SHA-512 are compared all at once (wide.c) */
        r_listing_manifest(&s->listing, line, len);
    return HZ_OK;
}

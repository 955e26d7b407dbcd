#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/state.h"

enum { RANK_LINE = 4, RANK_PROOF, RANK_MERKLE, RANK_INFO };

bool r_disclosed_begins(struct r_state *s)
{
    if (s->member.offset || strcmp(s->member.path, r_disclosed_names[R_DISCLOSED_TEXT]) != 0)
        return s->disclosed.on;
    s->disclosed.on = s->result->disclosure = true;
    s->catalog_whole = false; /* it is not in here */
    return true;
}

static int part_number(const char *path)
{
    int i;

    for (i = 0; i < R_DISCLOSED_PARTS; i++)
        if (strcmp(path, r_disclosed_names[i]) == 0)
            return i;
    return -1;
}

bool r_disclosed_place(struct r_state *s, bool known)
{
    static const unsigned tags[R_TAG_FIXED] = {
        [R_TAG_BAGIT] = 1, [R_TAG_FORMAT] = 2, [R_TAG_MERKLE] = RANK_MERKLE, [R_TAG_BAG_INFO] = RANK_INFO
    };
    static const unsigned parts[] = { 0, RANK_LINE, RANK_PROOF };
    struct r_member *m = &s->member;
    int part = part_number(m->path);

    if (part >= 0) {
        m->kind = R_KIND_PART;
        m->tag = (unsigned)part;
        m->rank = parts[part];
        return true;
    }
    if (!known || m->kind == R_KIND_SEGMENT || m->kind == R_KIND_TAGMANIFEST512)
        return false;
    if (m->kind == R_KIND_TAG)
        m->rank = tags[m->tag];
    else if (m->kind == R_KIND_PAYLOAD)
        m->rank = RANK_LINE - 1;
    return m->rank > 0;
}

bool r_disclosed_refuses(const struct r_state *s)
{
    return strncmp(s->member.path, "data/blind/", 11) == 0 || s->last_path[0];
}

bool r_disclosed_again(struct r_state *s)
{
    uint32_t bit = UINT32_C(1) << s->member.tag;
    bool again = s->disclosed.seen & bit;

    s->disclosed.seen |= bit;
    if (!again)
        s->disclosed.offset[s->member.tag] = s->member.offset;
    return again;
}

static bool is_seen(const struct r_state *s, enum r_disclosed_part part)
{
    return s->disclosed.seen >> part & 1;
}

/* What the signature speaks for */
static bool is_intact(const struct r_state *s, enum r_tag tag)
{
    return r_tags_state(&s->tags, tag) == R_TAGS_INTACT;
}

static struct r_finding about(const struct r_state *s, enum r_disclosed_part part, enum r_code code, enum r_why why)
{
    return (struct r_finding) { .code = code,
                                .why = why,
                                .path = r_disclosed_names[part],
                                .offset = is_seen(s, part) ? s->disclosed.offset[part] : s->tagmanifest_offset };
}

static void wrong(struct r_state *s, enum r_disclosed_part part, int code, size_t at, const char *text)
{
    struct r_finding f =
        about(s, part, code == HZ_E_LIMIT ? R_LIMIT_EXCEEDED : R_MANIFEST_MALFORMED, text ? R_WHY_LINE : R_WHY_FORM);

    f.a = 1;
    f.b = at + 1;
    f.text = text;
    r_state_add(s, &f);
}

static void end_text(struct r_state *s)
{
    static const char word[] = "hozen-disclosure/";
    const char *text = s->text.len ? (const char *)s->text.data : "";
    size_t n = sizeof word - 1, digits;

    if (s->text.len == strlen(r_disclosed_text) && memcmp(text, r_disclosed_text, s->text.len) == 0)
        return;
    for (digits = n; digits < s->text.len && text[digits] >= '0' && text[digits] <= '9';)
        digits++;
    if (s->text.len > n && memcmp(text, word, n) == 0 && digits > n && digits < s->text.len && text[digits] == '\n' &&
        (digits != n + 1 || text[n] != '1')) {
        s->stopped = true;
        r_state_place(s, R_CONTAINER_UNSUPPORTED, R_WHY_VERSION);
        return;
    }
    r_state_place(s, R_MANIFEST_MALFORMED, R_WHY_FIXED_TEXT);
}

static int end_line(struct r_state *s, struct hz_error *err)
{
    struct buf *line = &s->disclosed.line;

    if (s->text.len < 2 || s->text.data[s->text.len - 1] != '\n') {
        wrong(s, R_DISCLOSED_LINE, HZ_E_FORMAT, 0, NULL);
        return HZ_OK;
    }
    s->disclosed.has_line = !buf_put(line, s->text.data, s->text.len - 1);
    return buf_check(line, err);
}

static int end_proof(struct r_state *s, struct hz_error *err)
{
    const char *text;
    size_t at;
    int code = r_disclosed_read(s->text.len ? s->text.data : (const unsigned char *)"", s->text.len,
                                &s->disclosed.proof, &s->disclosed.index, &text, &at);

    if (code == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (code)
        wrong(s, R_DISCLOSED_PROOF, code, at, text);
    s->disclosed.has_proof = !code;
    return HZ_OK;
}

int r_disclosed_end(struct r_state *s, struct hz_error *err)
{
    if (!s->member.whole)
        return HZ_OK; /* over its bound, which was said */
    if (s->member.tag == R_DISCLOSED_LINE)
        return end_line(s, err);
    if (s->member.tag == R_DISCLOSED_PROOF)
        return end_proof(s, err);
    end_text(s);
    return HZ_OK;
}

bool r_disclosed_may_lack(const struct r_state *s, unsigned tag)
{
    if (tag == R_TAG_MANIFEST512 && s->has_format && !s->sha512)
        return false; /* it must not be listed either */
    return s->disclosed.on && tag != R_TAG_BAGIT && tag != R_TAG_FORMAT && tag != R_TAG_MERKLE && tag != R_TAG_BAG_INFO;
}

/* The line is of the bundle: now the file */
static void compare(struct r_state *s, const struct r_window_file *f)
{
    const struct r_entry *e = &s->entry;
    struct r_finding finding = { .code = R_CATALOG_MISMATCH, .path = s->last_path };
    char path[R_NAME_PATH_MAX + 1];

    memcpy(path, e->path.at, e->path.len);
    path[e->path.len] = 0;
    finding.original = e->origin.known ? buf_text(&s->entry.origin.text) : NULL;
    finding.offset = f ? f->offset : s->tagmanifest_offset;
    if (!f) {
        finding.code = R_PAYLOAD_MISSING;
        finding.why = R_WHY_DISCLOSED_NO_FILE;
        finding.path = path;
    } else if (strcmp(path, s->last_path) != 0) {
        finding.why = R_WHY_DISCLOSED_OTHER;
        finding.original = NULL;
        finding.text = path;
    } else if (!f->left && memcmp(f->digest, e->sha256, R_SHA256_SIZE) != 0) {
        finding.code = R_PAYLOAD_ALTERED;
        finding.why = R_WHY_DIGEST;
    } else if (f->size != e->size) {
        finding.why = R_WHY_SIZE;
        finding.a = f->size;
        finding.b = e->size;
    } else {
        return;
    }
    r_state_add(s, &finding);
}

static int check_line(struct r_state *s, const struct r_window_file *f, struct hz_error *err)
{
    const struct buf *line = &s->disclosed.line;
    const char *text;
    size_t at;
    int code = r_catalog_line((const char *)line->data, line->len, &s->entry, &text, &at);

    if (code == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (code) {
        wrong(s, R_DISCLOSED_LINE, code, at, text);
        return HZ_OK;
    }
    s->disclosed.proven = true;
    if (s->entry.extensions)
        r_state_notice(s, R_NOTE_EXTENSION_KEYS, R_WHY_EXTENSIONS, "", 0);
    compare(s, f);
    return HZ_OK;
}

/* What is missing, or does not lead from the line to the root. true when the line can be believed. */
static bool check_proof(struct r_state *s, const struct r_window_file *f)
{
    struct r_finding finding = about(s, R_DISCLOSED_LINE, R_MERKLE_MISMATCH, R_WHY_DISCLOSED_NO_PROOF);
    const struct buf *line = &s->disclosed.line;
    unsigned char leaf[R_SHA256_SIZE];

    finding.need = R_NEED_TAG(R_TAG_MERKLE);
    if (!is_seen(s, R_DISCLOSED_LINE) && f) {
        r_state_add(s, &(struct r_finding) { .code = R_PAYLOAD_UNLISTED,
                                             .why = R_WHY_DISCLOSED_LINE,
                                             .path = s->last_path,
                                             .offset = f->offset });
    } else if (s->disclosed.has_line && !is_seen(s, R_DISCLOSED_PROOF)) {
        r_state_add(s, &finding);
    } else if (s->disclosed.has_line && s->disclosed.has_proof && s->has_merkle && is_intact(s, R_TAG_MERKLE)) {
        r_hash_put(&s->scratch, "", 1);
        r_hash_put(&s->scratch, line->data, line->len);
        r_hash_finish(&s->scratch, leaf);
        if (r_proof_inclusion(&s->disclosed.proof, leaf, s->disclosed.index, s->merkle_count, s->merkle_root))
            return true;
        finding.why = R_WHY_DISCLOSED_PROOF;
        r_state_add(s, &finding);
    }
    return false;
}

static void check_numbers(struct r_state *s, const struct r_window_file *f)
{
    uint64_t segments = s->merkle_count / R_CATALOG_SEGMENT + (s->merkle_count % R_CATALOG_SEGMENT != 0);

    if (!s->has_merkle || !is_intact(s, R_TAG_MERKLE))
        return;
    if (segments != s->tags.segment_count)
        r_state_add(s, &(struct r_finding) { .code = R_MERKLE_MISMATCH,
                                             .why = R_WHY_DISCLOSED_SEGMENTS,
                                             .path = "meta/merkle-root.txt",
                                             .offset = s->tags.fixed[R_TAG_MERKLE].offset,
                                             .a = s->merkle_count,
                                             .b = s->tags.segment_count });
    if (s->has_info && is_intact(s, R_TAG_BAG_INFO) &&
        (s->info.count != s->merkle_count || (f && s->info.octets < f->size)))
        r_state_add(s, &(struct r_finding) { .code = R_CATALOG_MISMATCH,
                                             .why = R_WHY_FIELD,
                                             .path = "bag-info.txt",
                                             .offset = s->tags.fixed[R_TAG_BAG_INFO].offset,
                                             .text = "Payload-Oxum" });
}

int r_disclosed_settle(struct r_state *s, struct hz_error *err)
{
    const struct r_window_file *f = s->window.count ? &s->window.files[0] : NULL;
    int code = HZ_OK;

    r_input_digested(&s->input);
    check_numbers(s, f);
    if (check_proof(s, f))
        code = check_line(s, f, err);
    if (!f && !s->disclosed.proven)
        r_state_add(s, &(struct r_finding) { .code = R_PAYLOAD_MISSING,
                                             .why = R_WHY_DISCLOSED_NO_FILE,
                                             .offset = s->tagmanifest_offset });
    return code;
}

int r_disclosed_tell(struct r_state *s, struct hz_error *err)
{
    const struct r_bundle_sink *sink = s->sink;
    const struct r_disclosed d = { .entry = s->disclosed.proven ? &s->entry : NULL,
                                   .index = s->disclosed.index,
                                   .count = s->merkle_count,
                                   .started = s->has_format && is_intact(s, R_TAG_FORMAT) ? &s->started : NULL,
                                   .info = s->has_info && is_intact(s, R_TAG_BAG_INFO) ? &s->info : NULL };
    int code = d.entry && sink->entry ? sink->entry(sink->context, d.entry, err) : HZ_OK;

    return !code && sink->disclosed ? sink->disclosed(sink->context, &d, err) : code;
}

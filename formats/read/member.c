#include <string.h>

#include "base/text.h"
#include "formats/read/state.h"

enum { RANK_PAYLOAD = 2, RANK_AFTER_PAYLOAD = 3, RANK_TAGMANIFEST512 = 20, RANK_TAGMANIFEST, RANK_SIGNATURE };

/* signatures/<64 lower-case hex>.sshsig */
static bool is_signature(const char *path, size_t len)
{
    unsigned char id[R_SHA256_SIZE];

    return len == 82 && memcmp(path, "signatures/", 11) == 0 && memcmp(path + 75, ".sshsig", 7) == 0 &&
           !text_unhex(id, sizeof id, path + 11, 64);
}

static bool classify(struct r_member *m)
{
    bool payload = m->path_len > 5 && memcmp(m->path, "data/", 5) == 0;
    int tag = payload ? -1 : r_tags_number(m->path, m->path_len);

    if (tag > R_TAG_FIXED) {
        m->kind = R_KIND_SEGMENT;
        m->rank = RANK_PAYLOAD;
    } else if (tag >= 0) {
        m->kind = R_KIND_TAG;
        m->rank = tag <= R_TAG_FORMAT ? (unsigned)tag : RANK_AFTER_PAYLOAD + (unsigned)tag;
    } else if (strcmp(m->path, "tagmanifest-sha512.txt") == 0) {
        m->kind = R_KIND_TAGMANIFEST512;
        m->rank = RANK_TAGMANIFEST512;
    } else if (strcmp(m->path, "tagmanifest-sha256.txt") == 0) {
        m->kind = R_KIND_TAGMANIFEST;
        m->rank = RANK_TAGMANIFEST;
    } else if (is_signature(m->path, m->path_len)) {
        m->kind = R_KIND_SIGNATURE;
        m->rank = RANK_SIGNATURE;
    } else if (r_name_is_payload(m->path, m->path_len, &m->source_len)) {
        m->kind = R_KIND_PAYLOAD;
        m->rank = RANK_PAYLOAD;
    } else {
        return false;
    }
    m->tag = tag < 0 ? 0 : (unsigned)tag;
    return true;
}

static int skip(struct r_state *s, enum r_code code, enum r_why why)
{
    r_state_place(s, code, why);
    s->member.kind = R_KIND_SKIPPED;
    return HZ_OK;
}

static void limit_size(struct r_state *s, uint64_t limit, struct r_need need)
{
    r_state_add(s, &(struct r_finding) { .code = R_LIMIT_EXCEEDED,
                                         .why = R_WHY_LIMIT_SIZE,
                                         .path = s->member.path,
                                         .offset = s->member.offset,
                                         .a = s->member.size,
                                         .b = limit,
                                         .need = need });
}

/* Bytes are kept when they are within the bound of section 1; beyond it only the digest is made */
static void keep_whole(struct r_state *s, uint64_t limit, struct r_need need)
{
    if (s->member.size > limit) {
        limit_size(s, limit, need);
        return;
    }
    buf_reset(&s->text);
    s->text.limit = (size_t)limit + 1;
    s->member.whole = true;
}

static void begin_lines(struct r_state *s, size_t limit)
{
    r_line_begin(&s->line, limit);
    s->member.lines = true;
    s->line_wrong = false;
}

static int begin_tag(struct r_state *s)
{
    static const uint64_t limits[R_TAG_FIXED] = {
        [R_TAG_BAGIT] = 4096,  [R_TAG_FORMAT] = R_FORMAT_MAX,     [R_TAG_ACQUISITION] = R_ACQUISITION_MAX,
        [R_TAG_MERKLE] = 4096, [R_TAG_BAG_INFO] = R_BAG_INFO_MAX,
    };
    struct r_member *m = &s->member;
    struct r_tags_file *file = r_tags_file(&s->tags, m->tag);

    if (file->seen)
        return skip(s, R_MEMBER_DUPLICATE, R_WHY_TWICE);
    if (m->rank < s->rank)
        r_state_place(s, R_CONTAINER_MALFORMED, R_WHY_ORDER);
    file->seen = true;
    file->offset = m->offset;
    if (limits[m->tag])
        keep_whole(s, limits[m->tag], R_NEED_TAG(m->tag));
    else if (m->tag == R_TAG_MANIFEST || m->tag == R_TAG_MANIFEST512)
        begin_lines(s, 1100);
    else if (m->tag <= R_TAG_ACTIONS)
        begin_lines(s, R_RECORDS_LINE_MAX);
    return HZ_OK;
}

static int begin_segment(struct r_state *s)
{
    struct r_member *m = &s->member;
    unsigned number = m->tag - R_TAG_FIXED;
    struct r_tags_file *file = r_tags_file(&s->tags, m->tag);

    if (!file && number != s->segment)
        return skip(s, R_MEMBER_FORBIDDEN, R_WHY_NAME);
    if (!file)
        return skip(s, R_LIMIT_EXCEEDED, R_WHY_LIMIT_SEGMENTS);
    if (file->seen)
        return skip(s, R_MEMBER_DUPLICATE, R_WHY_TWICE);
    file->seen = true;
    file->offset = m->offset;
    if (m->rank < s->rank)
        r_state_place(s, R_CONTAINER_MALFORMED, R_WHY_ORDER);
    else if (number != s->segment)
        r_state_add(s, &(struct r_finding) { .code = R_MEMBER_FORBIDDEN,
                                             .why = R_WHY_SEGMENT_NUMBER,
                                             .path = m->path,
                                             .offset = m->offset,
                                             .after = s->after,
                                             .a = s->segment });
    if (number != s->segment || m->rank < s->rank)
        s->catalog_whole = false;
    if (number < s->segment || m->rank < s->rank)
        return HZ_OK; /* the files it lists have passed: only its digest is of use */
    r_payload_segment_begin(s);
    begin_lines(s, R_CATALOG_LINE_MAX);
    return HZ_OK;
}

static int begin_signature(struct r_state *s)
{
    const char *keyid = s->member.path + 11;
    int order = memcmp(keyid, s->signature_before, 64);

    if (s->signature_before[0] && order == 0)
        return skip(s, R_MEMBER_DUPLICATE, R_WHY_TWICE);
    if (s->signature_before[0] && order < 0)
        r_state_place(s, R_CONTAINER_MALFORMED, R_WHY_ORDER);
    if (++s->signature_count > R_BUNDLE_SIGNATURES)
        return skip(s, R_LIMIT_EXCEEDED, R_WHY_LIMIT_SIGNATURES);
    memcpy(s->signature_before, keyid, 64);
    keep_whole(s, R_BUNDLE_SIGNATURE_MAX, (struct r_need) { 0 });
    return HZ_OK;
}

static int begin_tagmanifest(struct r_state *s)
{
    if (s->tagmanifest_seen)
        return skip(s, R_MEMBER_DUPLICATE, R_WHY_TWICE);
    if (s->member.rank < s->rank)
        r_state_place(s, R_CONTAINER_MALFORMED, R_WHY_ORDER);
    s->tagmanifest_seen = true;
    s->tagmanifest_offset = s->member.offset;
    keep_whole(s, R_TAGMANIFEST_MAX, (struct r_need) { 0 });
    return HZ_OK;
}

static int begin_tagmanifest512(struct r_state *s)
{
    if (s->tagmanifest512.seen)
        return skip(s, R_MEMBER_DUPLICATE, R_WHY_TWICE);
    if (s->member.rank < s->rank)
        r_state_place(s, R_CONTAINER_MALFORMED, R_WHY_ORDER);
    s->tagmanifest512.seen = true;
    s->tagmanifest512.offset = s->member.offset;
    s->tagmanifest512.too_large = s->member.size > R_TAGMANIFEST512_MAX;
    if (s->tagmanifest512.too_large)
        limit_size(s, R_TAGMANIFEST512_MAX, (struct r_need) { 0 });
    return HZ_OK;
}

/* The lists of SHA-512 are there when format.json says so; where it cannot be read they may be */
static bool has_place(const struct r_state *s)
{
    const struct r_member *m = &s->member;
    bool list = m->kind == R_KIND_TAGMANIFEST512 || (m->kind == R_KIND_TAG && m->tag == R_TAG_MANIFEST512);

    return !list || s->sha512 || (s->tags.fixed[R_TAG_FORMAT].seen && !s->has_format);
}

/* What a member is, by its name; false when it has no place here */
static bool recognise(struct r_state *s)
{
    bool known = classify(&s->member);

    return r_disclosed_begins(s) ? r_disclosed_place(s, known) : known && has_place(s);
}

static int begin_part(struct r_state *s)
{
    static const uint64_t limits[R_DISCLOSED_PARTS] = { 4096, R_CATALOG_LINE_MAX + 1, R_DISCLOSED_PROOF_MAX };

    if (r_disclosed_again(s))
        return skip(s, R_MEMBER_DUPLICATE, R_WHY_TWICE);
    if (s->member.rank < s->rank)
        r_state_place(s, R_CONTAINER_MALFORMED, R_WHY_ORDER);
    keep_whole(s, limits[s->member.tag], (struct r_need) { 0 });
    return HZ_OK;
}

static int begin_payload(struct r_state *s, struct hz_error *err)
{
    if (s->disclosed.on && strcmp(s->last_path, s->member.path) == 0)
        return skip(s, R_MEMBER_DUPLICATE, R_WHY_TWICE);
    if (s->disclosed.on && r_disclosed_refuses(s))
        return skip(s, R_MEMBER_FORBIDDEN, R_WHY_DISCLOSED_ONE);
    return s->member.rank < s->rank ? skip(s, R_CONTAINER_MALFORMED, R_WHY_ORDER) : r_payload_begin(s, err);
}

/* Which members are hashed with SHA-512: the signed one, and what the lists of SHA-512 name. bagit.txt and format.json
 * come before it is known whether there are any. */
static bool is_wide(const struct r_state *s)
{
    const struct r_member *m = &s->member;

    if (m->kind == R_KIND_TAG && m->tag <= R_TAG_FORMAT)
        return true;
    return m->kind == R_KIND_TAGMANIFEST ||
           (s->sha512 && (m->kind == R_KIND_TAG || m->kind == R_KIND_SEGMENT || m->kind == R_KIND_PAYLOAD));
}

int r_member_begin(struct r_state *s, struct hz_error *err)
{
    struct r_member *m = &s->member;
    int code = HZ_OK;

    if (!recognise(s))
        return skip(s, R_MEMBER_FORBIDDEN, R_WHY_NAME);
    switch (m->kind) {
    case R_KIND_TAG:
        code = begin_tag(s);
        break;
    case R_KIND_SEGMENT:
        code = begin_segment(s);
        break;
    case R_KIND_TAGMANIFEST512:
        code = begin_tagmanifest512(s);
        break;
    case R_KIND_TAGMANIFEST:
        code = begin_tagmanifest(s);
        break;
    case R_KIND_SIGNATURE:
        code = begin_signature(s);
        break;
    case R_KIND_PART:
        code = begin_part(s);
        break;
    default:
        code = begin_payload(s, err);
        break;
    }
    if (m->rank > s->rank)
        s->rank = m->rank;
    m->wide = is_wide(s);
    return code;
}

static r_line_take *line_reader(const struct r_state *s)
{
    if (s->member.kind == R_KIND_SEGMENT)
        return r_payload_line;
    return s->member.tag >= R_TAG_MANIFEST ? r_lists_manifest : r_lists_record;
}

/* A file that lies in one piece can be hashed while the next ones are parsed */
static bool digest_later(struct r_state *s, const unsigned char *bytes, size_t len)
{
    struct r_window_file *f = r_window_next(&s->window);

    if (f)
        r_input_digest(&s->input, &(struct r_later_item) { .bytes = bytes,
                                                           .len = len,
                                                           .sha256 = f->digest,
                                                           .sha512 = s->member.wide ? f->digest512 : NULL });
    return f != NULL;
}

int r_member_data(struct r_state *s, const unsigned char *bytes, size_t len, struct hz_error *err)
{
    struct r_member *m = &s->member;

    if (m->kind == R_KIND_SKIPPED)
        return HZ_OK;
    m->later = m->kind == R_KIND_PAYLOAD && !m->whole && len == m->size && digest_later(s, bytes, len);
    if (!m->later)
        r_hash_put(&s->digest, bytes, len);
    if (!m->later && m->wide)
        r_hash_put(&s->digest512, bytes, len);
    if (m->whole && buf_put(&s->text, bytes, len))
        return buf_check(&s->text, err);
    if (m->lines)
        return r_line_put(&s->line, bytes, len, line_reader(s), s, err);
    if (m->kind == R_KIND_PAYLOAD && s->sink->data)
        return s->sink->data(s->sink->context, bytes, len, err);
    return HZ_OK;
}

/* The last line must end, and there is at least one */
static void end_lines(struct r_state *s)
{
    struct r_need need = s->member.kind == R_KIND_SEGMENT
                             ? (struct r_need) { .segment = (int32_t)(s->member.tag - R_TAG_FIXED) }
                             : R_NEED_TAG(s->member.tag);
    struct r_finding finding = { .path = s->member.path, .offset = s->member.offset, .need = need };

    if (s->line.too_long || !r_line_whole(&s->line) || !s->line.number)
        r_state_ill(s);
    if (s->line.too_long) {
        finding.code = R_LIMIT_EXCEEDED;
        finding.why = R_WHY_LIMIT_LINE;
        finding.a = s->line.number + 1;
        finding.b = s->line.limit;
        r_state_add(s, &finding);
    } else if (!r_line_whole(&s->line) || !s->line.number) {
        finding.code = R_MANIFEST_MALFORMED;
        finding.why = R_WHY_LAST_LINE;
        r_state_add(s, &finding);
    }
    if (s->member.kind == R_KIND_SEGMENT)
        r_payload_segment_end(s);
}

static int end_tagmanifest(struct r_state *s)
{
    uint64_t line;
    enum r_why why;

    s->result->has_content_id = true;
    if (!s->member.whole)
        return HZ_OK;
    s->tagmanifest_read = r_tags_read(&s->tags, (const char *)s->text.data, s->text.len, &line, &why) == HZ_OK;
    if (!s->tagmanifest_read)
        r_state_add(s, &(struct r_finding) { .code = R_MANIFEST_MALFORMED,
                                             .why = why == R_WHY_FORM ? R_WHY_TAGMANIFEST_ORDER : why,
                                             .path = s->member.path,
                                             .offset = s->member.offset,
                                             .a = line });
    return HZ_OK;
}

/* Where the digests of a member belong */
static void end_digests(struct r_state *s)
{
    unsigned char nowhere[R_SHA512_SIZE], *sha256 = nowhere, *sha512 = nowhere;
    const struct r_member *m = &s->member;
    struct r_window_file *f;

    if (m->kind == R_KIND_TAG || m->kind == R_KIND_SEGMENT) {
        sha256 = r_tags_file(&s->tags, m->tag)->digest;
        sha512 = r_tags_file(&s->tags, m->tag)->digest512;
    } else if (m->kind == R_KIND_TAGMANIFEST) {
        sha256 = s->result->content_id;
        sha512 = s->result->signed_digest;
    } else if (m->kind == R_KIND_TAGMANIFEST512) {
        sha256 = s->tagmanifest512.digest;
    } else if (m->kind == R_KIND_PAYLOAD && (f = r_window_next(&s->window))) {
        sha256 = f->digest;
        sha512 = f->digest512;
    }
    r_hash_finish(&s->digest, sha256);
    if (m->wide)
        r_hash_finish(&s->digest512, sha512);
}

int r_member_end(struct r_state *s, struct hz_error *err)
{
    struct r_member *m = &s->member;
    int code = r_disclosing_part(s, err);
    char keyid[65];

    if (code || m->kind == R_KIND_SKIPPED)
        return code;
    if (!m->later && !m->left)
        end_digests(s);
    if (m->lines)
        end_lines(s);
    if (m->kind == R_KIND_PAYLOAD)
        return r_payload_end(s, err);
    if (m->kind == R_KIND_PART)
        return r_disclosed_end(s, err);
    if (m->kind == R_KIND_TAGMANIFEST)
        return end_tagmanifest(s);
    if (m->kind == R_KIND_SIGNATURE && m->whole && s->sink->signature) {
        memcpy(keyid, m->path + 11, 64);
        keyid[64] = 0;
        return s->sink->signature(s->sink->context, keyid, s->text.len ? s->text.data : (unsigned char *)"",
                                  s->text.len, m->offset, err);
    }
    return m->kind == R_KIND_TAG ? r_whole_read(s, err) : HZ_OK;
}

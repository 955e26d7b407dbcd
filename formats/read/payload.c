#include <string.h>

#include "base/lang.h"
#include "formats/read/name.h"
#include "formats/read/state.h"

#define BLIND "data/blind/blind.txt"

static bool known_source(const char *source, size_t len)
{
    static const char *const known[] = { "blind",    "system",     "network",  "processes",   "memory",
                                         "firewall", "kernel",     "sessions", "databases",   "journal",
                                         "logs",     "recent",     "accounts", "persistence", "recent-files",
                                         "packages", "containers", "files",    "long",        "ns",
                                         "closing" };
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i]) == len && memcmp(known[i], source, len) == 0)
            return true;
    return false;
}

static void new_source(struct r_state *s, const char *source, size_t len)
{
    bool first = r_tally_add(&s->stored, source, len);

    if (!first)
        r_state_place(s, R_MEMBER_FORBIDDEN, R_WHY_SOURCE_TWICE);
    else if (s->stored.sources == R_ACQUISITION_SOURCES + 1)
        r_state_place(s, R_LIMIT_EXCEEDED, R_WHY_LIMIT_SOURCES);
    if (first && !known_source(source, len))
        r_state_notice(s, R_NOTE_UNKNOWN_SOURCE, R_WHY_UNKNOWN_SOURCE, source, len);
}

/* true when the path is a repetition: of the one before, or of one that waits for its segment. Asked only where the
 * order is broken. */
static bool repeated(struct r_state *s)
{
    const struct r_member *m = &s->member;
    size_t at;

    if (strcmp(m->path, s->last_path) != 0 && !r_window_find(&s->window, m->path, m->path_len, &at))
        return false;
    r_state_place(s, R_MEMBER_DUPLICATE, R_WHY_TWICE);
    return true;
}

/* Order against the path before; false when the member is a repetition and is left out */
static bool check_order(struct r_state *s, size_t source_len)
{
    const struct r_member *m = &s->member;
    size_t before = strlen(s->last_path);
    const char *source = m->path + 5;
    int order;

    if (!before || source_len != s->last_source_len || memcmp(m->path, s->last_path, 6 + source_len) != 0) {
        bool known = r_tally_has(&s->stored, source, source_len);

        if (known && repeated(s))
            return false;
        new_source(s, source, source_len);
        return true;
    }
    order = r_name_compare(s->last_path, before, m->path, m->path_len);
    if (order == -1)
        return true;
    if (repeated(s))
        return false;
    if (order == 0 || order == -2)
        r_state_place(s, R_MEMBER_FORBIDDEN, R_WHY_TWIN);
    else
        r_state_place(s, R_CONTAINER_MALFORMED, R_WHY_ORDER);
    return true;
}

int r_payload_begin(struct r_state *s, struct hz_error *err)
{
    struct r_member *m = &s->member;
    size_t source_len = m->source_len;
    bool first = !s->last_path[0], blind;

    if (!check_order(s, source_len)) {
        m->kind = R_KIND_SKIPPED;
        return HZ_OK;
    }
    blind = strcmp(m->path, BLIND) == 0;
    if (!first && source_len == 5 && memcmp(m->path + 5, "blind", 5) == 0)
        r_state_place(s, R_MEMBER_FORBIDDEN, R_WHY_BLIND);
    if (blind) {
        s->blind_seen = true;
        s->blind_offset = m->offset;
        buf_reset(&s->text);
        s->text.limit = R_BAG_BLIND_SIZE;
        m->whole = m->size == R_BAG_BLIND_SIZE;
        s->blind_ill = !m->whole;
    }
    memcpy(s->last_path, m->path, m->path_len + 1);
    s->last_source_len = source_len;
    m->left = !blind && s->sink->leave && s->sink->leave(s->sink->context, m->path);
    return s->sink->file && !m->left ? s->sink->file(s->sink->context, m->path, m->size, err) : HZ_OK;
}

int r_payload_end(struct r_state *s, struct hz_error *err)
{
    struct r_member *m = &s->member;
    int code;

    if (m->whole)
        s->blind_ill = !r_bag_is_blind(s->text.data, s->text.len);
    s->result->files++;
    s->result->left += m->left;
    s->result->bytes += m->size;
    code = r_window_add(&s->window, m->path, m->path_len, m->size, m->offset, m->left, err);
    if (code || !s->sink->file_end || m->left)
        return code;
    return s->sink->file_end(s->sink->context, err);
}

static struct r_need need_segment(const struct r_state *s)
{
    return (struct r_need) { .segment = (int32_t)(s->member.tag - R_TAG_FIXED) };
}

void r_payload_segment_begin(struct r_state *s)
{
    unsigned number = s->member.tag - R_TAG_FIXED;
    char before[R_TAGS_NAME_SIZE];

    r_input_digested(&s->input);
    if (number > 1 && number == s->segment && s->segment_lines < R_CATALOG_SEGMENT && !s->line_wrong) {
        r_tags_name(before, s->member.tag - 1);
        r_state_add(s, &(struct r_finding) { .code = R_MANIFEST_MALFORMED,
                                             .why = R_WHY_SEGMENT_LINES,
                                             .path = before,
                                             .offset = s->tags.segments[number - 2].offset,
                                             .a = s->segment_lines,
                                             .need.segment = (int32_t)number - 1 });
    }
    s->segment_lines = s->segment_met = 0;
    s->segment_mark = s->result->findings.count;
    s->segment_order_wrong = false;
    s->window.next = 0;
}

static void segment_finding(struct r_state *s, enum r_code code, enum r_why why, uint64_t a)
{
    r_state_add(s, &(struct r_finding) { .code = code,
                                         .why = why,
                                         .path = s->member.path,
                                         .offset = s->member.offset,
                                         .a = a,
                                         .need = need_segment(s) });
}

/* A catalog line against the file that it lists */
static void compare(struct r_state *s, const struct r_entry *e)
{
    struct r_finding finding = { .offset = s->member.offset, .need = need_segment(s) };
    char path[R_NAME_PATH_MAX + 1];
    struct r_window_file *f;
    size_t at = 0;

    memcpy(path, e->path.at, e->path.len);
    path[e->path.len] = 0;
    finding.path = path;
    finding.original = e->origin.known ? buf_text(&s->entry.origin.text) : NULL;
    f = r_window_find(&s->window, e->path.at, e->path.len, &at);
    if (!f) {
        finding.code = R_PAYLOAD_MISSING;
        finding.why = R_WHY_LISTED_ONLY;
        r_state_add(s, &finding);
        return;
    }
    if ((f->listed || at < s->window.next) && !s->segment_order_wrong) {
        segment_finding(s, R_CATALOG_MISMATCH, R_WHY_CATALOG_ORDER, 0);
        s->segment_order_wrong = true;
    }
    f->listed = true;
    s->segment_met++;
    s->window.next = at + 1;
    finding.offset = f->offset;
    if (!f->left && memcmp(f->digest, e->sha256, R_SHA256_SIZE) != 0) {
        finding.code = R_PAYLOAD_ALTERED;
        finding.why = R_WHY_DIGEST;
        r_state_add(s, &finding);
    } else if (f->size != e->size) {
        finding.code = R_CATALOG_MISMATCH;
        finding.why = R_WHY_SIZE;
        finding.a = f->size;
        finding.b = e->size;
        r_state_add(s, &finding);
    } else if (s->blind_ill && f->offset == s->blind_offset && s->blind_seen) {
        finding.code = R_MANIFEST_MALFORMED;
        finding.why = R_WHY_FORM;
        r_state_add(s, &finding);
    }
}

static bool known_method(const struct r_span *method)
{
    static const char *const known[] = { "read",       "generated",     "procfs",     "sysfs",     "debugfs",
                                         "tracefs",    "cgroupfs",      "securityfs", "selinuxfs", "netlink",
                                         "ofd-locked", "unlocked-copy", "exec" };
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++)
        if (r_span_is(method, known[i]))
            return true;
    return false;
}

/* What is there otherwise than it was asked for */
static void count(struct r_bundle_result *result, const struct r_entry *e)
{
    struct r_bundle_cut *cut = e->status == R_LIMITED ? &result->limited : &result->shrunk;

    result->unlocked_files += r_span_is(&e->method, R_RECORDS_UNLOCKED);
    if (e->status != R_LIMITED && e->status != R_SHRUNK)
        return;
    cut->files++;
    cut->filled += e->real_size < e->size;
    cut->zeros += e->size - e->real_size;
}

/* The tree takes the leaves that wait. */
static void take_leaves(struct r_state *s)
{
    size_t i;

    r_input_digested(&s->input);
    for (i = 0; i < s->leaf_count; i++)
        r_merkle_add_leaf(&s->merkle, s->leaves[i]);
    s->leaf_count = 0;
}

/* One who makes a disclosure looks at the tree after each of them. */
static void add_leaf(struct r_state *s, const char *line, size_t len)
{
    if (s->sink->disclose) {
        r_merkle_add(&s->merkle, &s->scratch, line, len);
        return;
    }
    if (s->leaf_count == R_CATALOG_SEGMENT)
        take_leaves(s);
    r_input_digest(&s->input, &(struct r_later_item) { .bytes = (const unsigned char *)line,
                                                       .len = len,
                                                       .sha256 = s->leaves[s->leaf_count++],
                                                       .leaf = true });
}

int r_payload_line(void *context, const char *line, size_t len, uint64_t number, uint64_t offset, struct hz_error *err)
{
    struct r_state *s = context;
    struct r_entry *e = &s->entry;
    const char *wrong;
    size_t at;
    int code, told;

    (void)offset;
    s->segment_lines++;
    code = r_catalog_line(line, len, e, &wrong, &at);
    told = r_disclosing_line(s, line, len, code ? NULL : e, err);
    if (told)
        return told;
    add_leaf(s, line, len);
    if (code)
        return r_lists_wrong(s, code, number, at, wrong, err);
    if (e->extensions)
        r_state_notice(s, R_NOTE_EXTENSION_KEYS, R_WHY_EXTENSIONS, "", 0);
    if (!known_method(&e->method))
        r_state_notice(s, R_NOTE_UNKNOWN_METHOD, R_WHY_UNKNOWN_METHOD, e->method.at, e->method.len);
    r_tally_add(&s->collected, e->source.at, e->source.len);
    s->catalog_bytes += e->size;
    count(s->result, e);
    compare(s, e);
    code = r_listing_catalog(&s->listing, e->sha256, e->path.at, e->path.len, err);
    if (code || !s->sink->entry)
        return code;
    return s->sink->entry(s->sink->context, e, err);
}

/* Files that no line lists */
static void report_unlisted(struct r_state *s)
{
    char path[R_NAME_PATH_MAX + 1];
    size_t i;

    for (i = 0; i < s->window.count; i++) {
        const struct r_window_file *f = &s->window.files[i];

        if (f->listed)
            continue;
        r_window_path(&s->window, f, path, sizeof path);
        r_state_add(s, &(struct r_finding) { .code = R_PAYLOAD_UNLISTED,
                                             .why = R_WHY_STORED_ONLY,
                                             .path = path,
                                             .offset = f->offset,
                                             .need.segment = (int32_t)s->segment });
    }
    if (s->window.overflow)
        r_state_add(s, &(struct r_finding) { .code = R_PAYLOAD_UNLISTED,
                                             .why = R_WHY_STORED_MANY,
                                             .offset = s->member.offset,
                                             .a = s->window.overflow,
                                             .need.segment = (int32_t)s->segment });
}

void r_payload_segment_end(struct r_state *s)
{
    unsigned number = s->member.tag - R_TAG_FIXED;

    take_leaves(s);
    if (s->line_wrong || s->line.too_long)
        s->catalog_whole = false; /* which files it lists cannot be told */
    if (number != s->segment && !s->segment_met)
        r_finding_truncate(&s->result->findings, s->segment_mark); /* that it is in the wrong place says it all */
    if (s->catalog_whole)
        report_unlisted(s);
    r_wide_files(s);
    if (s->segment_lines > R_CATALOG_SEGMENT)
        segment_finding(s, R_MANIFEST_MALFORMED, R_WHY_SEGMENT_LINES, s->segment_lines);
    r_window_clear(&s->window);
    s->segment = number + 1;
}

void r_payload_finish(struct r_state *s)
{
    if (s->catalog_whole)
        report_unlisted(s);
    if (!s->blind_seen)
        r_state_add(s, &(struct r_finding) { .code = R_PAYLOAD_MISSING, .why = R_WHY_BLIND_MISSING, .path = BLIND });
}

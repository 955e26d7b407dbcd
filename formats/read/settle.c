#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "formats/read/state.h"

#define MTIME_MAX INT64_C(8589934591) /* eleven octal digits */

static bool is_ill(const struct r_state *s, uint32_t tags)
{
    return (s->ill & tags) != 0;
}

#define BIT(tag) (UINT32_C(1) << (tag))

static void tag_finding(struct r_state *s, unsigned tag, enum r_code code, enum r_why why, uint64_t a, uint64_t b,
                        const char *text, struct r_need need)
{
    const struct r_tags_file *file = r_tags_file(&s->tags, tag);
    char path[R_TAGS_NAME_SIZE];

    r_tags_name(path, tag);
    r_state_add(s, &(struct r_finding) { .code = code,
                                         .why = why,
                                         .path = path,
                                         .offset = file && file->seen ? file->offset : s->tagmanifest_offset,
                                         .a = a,
                                         .b = b,
                                         .text = text,
                                         .need = need });
}

/* Every tag file against the tagmanifest */
static void check_tag(struct r_state *s, unsigned tag, bool required)
{
    enum r_why why = R_WHY_TAG_NOWHERE;

    switch (r_tags_state(&s->tags, tag)) {
    case R_TAGS_UNKNOWN:
    case R_TAGS_INTACT:
        return;
    case R_TAGS_ALTERED:
        why = R_WHY_TAG_DIGEST;
        break;
    case R_TAGS_MISSING:
        if (r_disclosed_may_lack(s, tag))
            return;
        why = R_WHY_TAG_MISSING;
        break;
    case R_TAGS_UNLISTED:
        why = R_WHY_TAG_UNLISTED;
        break;
    case R_TAGS_NOWHERE:
        if (!required)
            return;
        break;
    }
    tag_finding(s, tag, R_TAG_ALTERED, why, 0, 0, NULL, (struct r_need) { 0 });
}

static void check_tags(struct r_state *s)
{
    unsigned tag, last = R_TAG_FIXED + (unsigned)s->tags.segment_count;

    if (!s->tagmanifest_seen)
        r_state_add(s, &(struct r_finding) { .code = R_TAG_ALTERED,
                                             .why = R_WHY_TAGMANIFEST_MISSING,
                                             .path = "tagmanifest-sha256.txt",
                                             .offset = s->input.offset });
    for (tag = 0; tag < R_TAG_FIXED; tag++)
        check_tag(s, tag, tag != R_TAG_MANIFEST512 || s->sha512);
    check_tag(s, R_TAG_FIXED + 1, true);
    for (tag = R_TAG_FIXED + 2; tag <= last; tag++)
        check_tag(s, tag, s->disclosed.on);
}

static void check_manifest(struct r_state *s)
{
    struct r_need need = { .tags = BIT(R_TAG_MANIFEST), .segment = R_NEED_CATALOG };
    struct r_listing *l = &s->listing;

    if (is_ill(s, BIT(R_TAG_MANIFEST)) || !s->catalog_whole || r_listing_same(l, s->tags.fixed[R_TAG_MANIFEST].digest))
        return;
    if (l->differs && l->by_segment)
        tag_finding(s, R_TAG_MANIFEST, R_CATALOG_MISMATCH, R_WHY_MANIFEST_SEGMENT, l->at, l->at + R_CATALOG_SEGMENT - 1,
                    NULL, need);
    else if (l->differs)
        tag_finding(s, R_TAG_MANIFEST, R_CATALOG_MISMATCH, R_WHY_MANIFEST_LINE, l->at, 0, l->path, need);
    else
        tag_finding(s, R_TAG_MANIFEST, R_CATALOG_MISMATCH, R_WHY_MANIFEST_COUNT, l->manifest.lines, l->catalog.lines,
                    NULL, need);
}

static void check_merkle(struct r_state *s)
{
    struct r_need need = { .tags = BIT(R_TAG_MERKLE), .segment = R_NEED_CATALOG };
    unsigned char root[R_SHA256_SIZE];

    if (!s->has_merkle || !s->catalog_whole)
        return;
    r_merkle_root(&s->merkle, &s->scratch, root);
    if (s->merkle.count != s->merkle_count)
        tag_finding(s, R_TAG_MERKLE, R_MERKLE_MISMATCH, R_WHY_MERKLE_COUNT, s->merkle_count, s->merkle.count, NULL,
                    need);
    else if (memcmp(root, s->merkle_root, R_SHA256_SIZE) != 0)
        tag_finding(s, R_TAG_MERKLE, R_MERKLE_MISMATCH, R_WHY_MERKLE_ROOT, 0, 0, NULL, need);
}

static bool text_is(const struct r_bag_text *text, const void *bytes, size_t len)
{
    return text->len == len && (!len || memcmp(text->at, bytes, len) == 0);
}

static void info_differs(struct r_state *s, const char *key, uint32_t with, int32_t segment)
{
    tag_finding(s, R_TAG_BAG_INFO, R_CATALOG_MISMATCH, R_WHY_FIELD, 0, 0, key,
                (struct r_need) { .tags = BIT(R_TAG_BAG_INFO) | with, .segment = segment });
}

static void check_info(struct r_state *s)
{
    const struct r_acquisition *a = &s->acquisition;
    const struct r_bag_info *info = &s->info;
    const char *name = s->result->name;
    char date[11];

    if (!s->has_info)
        return;
    if (!text_is(&info->identifier, name, strlen(name)))
        info_differs(s, "External-Identifier", 0, 0);
    if (s->has_format) {
        r_bag_date(date, s->started);
        if (!text_is(&info->date, date, 10))
            info_differs(s, "Bagging-Date", BIT(R_TAG_FORMAT), 0);
    }
    if (s->catalog_whole && (info->octets != s->catalog_bytes || info->count != s->merkle.count))
        info_differs(s, "Payload-Oxum", 0, R_NEED_CATALOG);
    if (!s->has_acquisition)
        return;
    if (!text_is(&info->contact, a->operator_name.data, a->operator_name.len))
        info_differs(s, "Contact-Name", BIT(R_TAG_ACQUISITION), 0);
    if (!text_is(&info->sender, a->case_id.data, a->case_id.len))
        info_differs(s, "Internal-Sender-Identifier", BIT(R_TAG_ACQUISITION), 0);
    if ((info->organisation.at != NULL) != a->has_organisation ||
        !text_is(&info->organisation, a->organisation.data, a->organisation.len))
        info_differs(s, "Source-Organization", BIT(R_TAG_ACQUISITION), 0);
}

static void counts_differ(struct r_state *s, enum r_why why, const char *text)
{
    struct r_need need = { .tags = BIT(R_TAG_ACQUISITION) | BIT(R_TAG_OBJECTS) | BIT(R_TAG_ABSENT),
                           .segment = R_NEED_CATALOG };

    tag_finding(s, R_TAG_ACQUISITION, R_CATALOG_MISMATCH, why, 0, 0, text, need);
}

static const struct r_source *find_source(const struct r_acquisition *a, const char *name, size_t *at)
{
    for (*at = 0; *at < a->source_count; ++*at)
        if (strcmp(a->sources[*at].name, name) == 0)
            return &a->sources[*at];
    return NULL;
}

/* Every source that a line names must be among those of the record */
static void check_named(struct r_state *s, const struct r_tally *t)
{
    size_t i, at;

    for (i = 0; i < t->sources; i++)
        if (strcmp(t->of[i].name, "blind") != 0 && !find_source(&s->acquisition, t->of[i].name, &at))
            counts_differ(s, R_WHY_SOURCES, t->of[i].name);
}

/* No name twice; those with payload in the order of the tar */
static void check_order(struct r_state *s)
{
    const struct r_acquisition *a = &s->acquisition;
    size_t i, at, before = 0;

    for (i = 0; i < a->source_count; i++)
        if (find_source(a, a->sources[i].name, &at) && at != i)
            counts_differ(s, R_WHY_SOURCES, a->sources[i].name);
    for (i = 0; i < s->stored.sources; i++) {
        const char *name = s->stored.of[i].name;

        if (!r_tally_has(&s->collected, name, strlen(name)) || !find_source(a, name, &at))
            continue;
        if (at < before)
            counts_differ(s, R_WHY_SOURCES, name);
        before = at;
    }
}

static bool adds_up(const struct r_counts *c)
{
    uint64_t sum;

    return num_add_u64(c->collected, c->recorded, &sum) && num_add_u64(sum, c->absent, &sum) && sum == c->asked;
}

static void check_counts(struct r_state *s)
{
    const struct r_acquisition *a = &s->acquisition;
    size_t i;

    if (!s->has_acquisition || !s->catalog_whole || is_ill(s, BIT(R_TAG_OBJECTS) | BIT(R_TAG_ABSENT)))
        return;
    if (!adds_up(&a->counts) || a->counts.collected != s->merkle.count || a->counts.recorded != s->objects ||
        a->counts.absent != s->absences)
        counts_differ(s, R_WHY_COUNTS, NULL);
    for (i = 0; i < a->source_count; i++) {
        const struct r_source *source = &a->sources[i];

        if (!adds_up(&source->counts) || source->counts.collected != r_tally_get(&s->collected, source->name) ||
            source->counts.recorded != r_tally_get(&s->recorded, source->name) ||
            source->counts.absent != r_tally_get(&s->absent, source->name) || strcmp(source->name, "blind") == 0)
            counts_differ(s, R_WHY_SOURCE_COUNTS, source->name);
    }
    check_named(s, &s->collected);
    check_named(s, &s->recorded);
    check_named(s, &s->absent);
    check_order(s);
}

static void check_acquisition(struct r_state *s)
{
    const struct r_acquisition *a = &s->acquisition;
    const char *name = s->result->name;

    if (!s->has_acquisition)
        return;
    if (a->item.len != strlen(name) || memcmp(a->item.data, name, a->item.len) != 0)
        tag_finding(s, R_TAG_ACQUISITION, R_CATALOG_MISMATCH, R_WHY_FIELD, 0, 0, "item", R_NEED_TAG(R_TAG_ACQUISITION));
    if (s->has_format && stamp_compare(a->started, s->started) != 0)
        tag_finding(s, R_TAG_ACQUISITION, R_CATALOG_MISMATCH, R_WHY_FIELD, 0, 0, "started",
                    (struct r_need) { .tags = BIT(R_TAG_ACQUISITION) | BIT(R_TAG_FORMAT) });
    check_counts(s);
}

static void check_mtime(struct r_state *s)
{
    int64_t seconds = s->started.seconds;

    if (seconds < 0 || seconds > MTIME_MAX)
        seconds = 0;
    if (s->has_format && s->mtime != (uint64_t)seconds)
        tag_finding(s, R_TAG_FORMAT, R_CONTAINER_MALFORMED, R_WHY_MTIME, 0, 0, NULL, R_NEED_TAG(R_TAG_FORMAT));
}

/* Drops what an altered tag file explains. Without a tagmanifest nobody can say whether file or catalog was altered. */
static bool keep(const void *context, struct r_finding *finding)
{
    const struct r_tags *tags = context;

    if (r_tags_explain(tags, &finding->need))
        return false;
    if (!tags->known && finding->code == R_PAYLOAD_ALTERED) {
        finding->code = R_CATALOG_MISMATCH;
        finding->why = R_WHY_DIGEST_UNSURE;
    }
    return true;
}

int r_settle_finish(struct r_state *s, struct hz_error *err)
{
    int code = HZ_OK;

    if (s->tagmanifest_seen || s->result->ended) {
        if (!s->disclosed.on)
            r_payload_finish(s);
        check_tags(s);
        check_mtime(s);
        check_manifest(s);
        check_merkle(s);
        check_info(s);
        check_acquisition(s);
        if (s->disclosed.on)
            code = r_disclosed_settle(s, err);
        else
            r_wide_check(s);
    }
    r_finding_filter(&s->result->findings, keep, &s->tags);
    r_finding_sort(&s->result->findings);
    return code;
}

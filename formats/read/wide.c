#include <string.h>

#include "base/text.h"
#include "formats/read/state.h"

#define HEX512 ((size_t)2 * R_SHA512_SIZE)

/* "<128 hex>  <path>\n" */
static void put_line(struct r_hash *h, const unsigned char digest[R_SHA512_SIZE], const void *path, size_t len)
{
    char hex[HEX512 + 2];

    text_hex(hex, digest, R_SHA512_SIZE);
    r_hash_put(h, hex, HEX512);
    r_hash_put(h, "  ", 2);
    r_hash_put(h, path, len);
    r_hash_put(h, "\n", 1);
}

void r_wide_files(struct r_state *s)
{
    size_t i;

    for (i = 0; s->sha512 && i < s->window.count; i++) {
        const struct r_window_file *f = &s->window.files[i];

        put_line(&s->manifest512, f->digest512, s->window.names.data + f->name_at, f->name_len);
    }
}

/* true when a file that differs from its catalog line explains another digest too */
static bool is_explained(const struct r_findings *list)
{
    bool payload = list->dropped > 0;
    size_t i;

    for (i = 0; i < list->count && !payload; i++)
        payload = list->list[i].code <= R_MEMBER_FORBIDDEN;
    return payload;
}

static void check_manifest(struct r_state *s)
{
    const struct r_tags_file *file = &s->tags.fixed[R_TAG_MANIFEST512];
    unsigned char expected[R_SHA256_SIZE];

    if (!file->seen || s->result->left || (s->ill >> R_TAG_MANIFEST512 & 1) || !s->catalog_whole ||
        is_explained(&s->result->findings))
        return;
    r_hash_finish(&s->manifest512, expected);
    if (memcmp(expected, file->digest, sizeof expected) != 0)
        r_state_add(
            s, &(struct r_finding) { .code = R_CATALOG_MISMATCH,
                                     .why = R_WHY_MANIFEST512,
                                     .path = "manifest-sha512.txt",
                                     .offset = file->offset,
                                     .need = { .tags = UINT32_C(1) << R_TAG_MANIFEST512, .segment = R_NEED_CATALOG } });
}

/* Appends the line of a tag member; false when it does not agree with the tagmanifest of SHA-256 */
static bool put_tag(struct r_state *s, unsigned tag, struct r_hash *h)
{
    char path[R_TAGS_NAME_SIZE];

    if (r_tags_state(&s->tags, tag) != R_TAGS_INTACT)
        return false;
    r_tags_name(path, tag);
    put_line(h, r_tags_file(&s->tags, tag)->digest512, path, strlen(path));
    return true;
}

/* What the list should be, by its digest; false when that cannot be told */
static bool expect_tags(struct r_state *s, unsigned char digest[R_SHA256_SIZE])
{
    unsigned tag, last = R_TAG_FIXED + (unsigned)s->tags.segment_count;
    bool all = true;

    for (tag = 0; tag <= R_TAG_FORMAT && all; tag++)
        all = put_tag(s, tag, &s->scratch);
    for (tag = R_TAG_FIXED + 1; tag <= last && all; tag++)
        all = put_tag(s, tag, &s->scratch);
    for (tag = R_TAG_FORMAT + 1; tag < R_TAG_FIXED && all; tag++)
        all = put_tag(s, tag, &s->scratch);
    r_hash_finish(&s->scratch, digest);
    return all;
}

static void check_tagmanifest(struct r_state *s)
{
    unsigned char expected[R_SHA256_SIZE];
    struct r_finding finding = { .code = R_TAG_ALTERED,
                                 .path = "tagmanifest-sha512.txt",
                                 .offset = s->tagmanifest512.seen ? s->tagmanifest512.offset : s->tagmanifest_offset };

    if (!s->tagmanifest512.seen)
        finding.why = R_WHY_TAGMANIFEST512_MISSING;
    else if (s->tagmanifest_read && !s->tagmanifest512.too_large && expect_tags(s, expected) &&
             memcmp(expected, s->tagmanifest512.digest, sizeof expected) != 0)
        finding.why = R_WHY_TAGMANIFEST512;
    else
        return;
    r_state_add(s, &finding);
}

void r_wide_check(struct r_state *s)
{
    if (!s->sha512)
        return;
    check_manifest(s);
    check_tagmanifest(s);
}

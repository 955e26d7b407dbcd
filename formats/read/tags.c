#include "formats/read/tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "formats/read/manifest.h"

static const char *const names[R_TAG_FIXED] = {
    "bagit.txt",          "meta/format.json",      "meta/objects.jsonl",   "meta/absent.jsonl",
    "meta/actions.jsonl", "meta/acquisition.json", "meta/merkle-root.txt", "meta/VERIFY.ja.txt",
    "meta/VERIFY.en.txt", "bag-info.txt",          "manifest-sha256.txt",  "manifest-sha512.txt",
};

void r_tags_free(struct r_tags *t)
{
    free(t->segments);
    memset(t, 0, sizeof *t);
}

/* meta/catalog-NNNNNN.jsonl */
static unsigned segment_number(const char *path, size_t len)
{
    unsigned number = 0;
    size_t i;

    if (len != 25 || memcmp(path, "meta/catalog-", 13) != 0 || memcmp(path + 19, ".jsonl", 6) != 0)
        return 0;
    for (i = 13; i < 19; i++) {
        if (path[i] < '0' || path[i] > '9')
            return 0;
        number = number * 10 + (unsigned)(path[i] - '0');
    }
    return number;
}

int r_tags_number(const char *path, size_t len)
{
    unsigned number = segment_number(path, len);
    int i;

    for (i = 0; i < R_TAG_FIXED; i++)
        if (strlen(names[i]) == len && memcmp(names[i], path, len) == 0)
            return i;
    return number ? (int)(R_TAG_FIXED + number) : -1;
}

void r_tags_name(char out[R_TAGS_NAME_SIZE], unsigned tag)
{
    if (tag < R_TAG_FIXED)
        snprintf(out, R_TAGS_NAME_SIZE, "%s", names[tag]);
    else
        snprintf(out, R_TAGS_NAME_SIZE, "meta/catalog-%06u.jsonl", tag - R_TAG_FIXED);
}

struct r_tags_file *r_tags_file(struct r_tags *t, unsigned tag)
{
    size_t n = tag - R_TAG_FIXED;

    if (tag < R_TAG_FIXED)
        return &t->fixed[tag];
    if (n < 1 || n > R_TAGS_SEGMENTS)
        return NULL;
    if (n > t->segment_capacity) {
        size_t capacity = n + n / 2 + 16;
        struct r_tags_file *more = reallocarray(t->segments, capacity, sizeof *more);

        if (!more)
            return NULL;
        memset(more + t->segment_capacity, 0, (capacity - t->segment_capacity) * sizeof *more);
        t->segments = more;
        t->segment_capacity = capacity;
    }
    if (n > t->segment_count)
        t->segment_count = n;
    return &t->segments[n - 1];
}

enum r_tags_state r_tags_state(const struct r_tags *t, unsigned tag)
{
    const struct r_tags_file *f = tag < R_TAG_FIXED ? &t->fixed[tag] : NULL;

    if (tag > R_TAG_FIXED && tag - R_TAG_FIXED <= t->segment_count)
        f = &t->segments[tag - R_TAG_FIXED - 1];
    if (!t->known)
        return R_TAGS_UNKNOWN;
    if (!f || (!f->seen && !f->listed))
        return R_TAGS_NOWHERE;
    if (!f->seen || !f->listed)
        return f->seen ? R_TAGS_UNLISTED : R_TAGS_MISSING;
    return memcmp(f->digest, f->listed_digest, R_SHA256_SIZE) == 0 ? R_TAGS_INTACT : R_TAGS_ALTERED;
}

static bool explains(const struct r_tags *t, unsigned tag)
{
    enum r_tags_state state = r_tags_state(t, tag);

    return state == R_TAGS_ALTERED || state == R_TAGS_MISSING || state == R_TAGS_UNLISTED;
}

bool r_tags_explain(const struct r_tags *t, const struct r_need *need)
{
    unsigned i;

    for (i = 0; i < R_TAG_FIXED; i++)
        if (need->tags >> i & 1 && explains(t, i))
            return true;
    if (need->segment > 0)
        return explains(t, R_TAG_FIXED + (unsigned)need->segment);
    for (i = 1; need->segment == R_NEED_CATALOG && i <= t->segment_count; i++)
        if (explains(t, R_TAG_FIXED + i))
            return true;
    return false;
}

/* Place of a tag in the tar: bagit.txt, format.json, the segments, the others */
static unsigned rank(unsigned tag)
{
    if (tag > R_TAG_FIXED)
        return 2 + tag - R_TAG_FIXED;
    return tag < 2 ? tag : R_TAGS_SEGMENTS + 10 + tag;
}

static bool take_line(struct r_tags *t, const char *line, size_t len, unsigned *before, enum r_why *why)
{
    unsigned char digest[R_SHA256_SIZE];
    struct r_tags_file *file;
    const char *path;
    size_t path_len;
    int tag;

    *why = R_WHY_FORM;
    if (r_manifest_line(line, len, digest, R_SHA256_SIZE, &path, &path_len))
        return false;
    *why = R_WHY_TAGMANIFEST_ORDER;
    tag = r_tags_number(path, path_len);
    file = tag < 0 ? NULL : r_tags_file(t, (unsigned)tag);
    if (!file || rank((unsigned)tag) < *before)
        return false;
    *before = rank((unsigned)tag) + 1;
    file->listed = true;
    memcpy(file->listed_digest, digest, sizeof digest);
    return true;
}

static void forget(struct r_tags *t)
{
    size_t i;

    for (i = 0; i < R_TAG_FIXED; i++)
        t->fixed[i].listed = false;
    for (i = 0; i < t->segment_count; i++)
        t->segments[i].listed = false;
}

int r_tags_read(struct r_tags *t, const char *text, size_t len, uint64_t *line, enum r_why *why)
{
    const char *p = text, *end;
    unsigned before = 0;

    *line = 0;
    *why = R_WHY_LAST_LINE;
    if (!len) /* text may be NULL */
        return HZ_E_FORMAT;
    end = text + len;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));

        ++*line;
        if (!newline || !take_line(t, p, (size_t)(newline - p), &before, why)) {
            forget(t);
            return HZ_E_FORMAT;
        }
        p = newline + 1;
    }
    t->known = true;
    return HZ_OK;
}

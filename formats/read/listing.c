#include "formats/read/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

/* FNV-1a, eight bytes at a time. Not collision resistant, and need not be: it names a line, the SHA-256 over all lines
 * decides. */
#define MARK_BEGIN UINT64_C(0xcbf29ce484222325)
#define MARK_PRIME UINT64_C(0x100000001b3)

static uint64_t mark(uint64_t from, const char *bytes, size_t len)
{
    uint64_t eight = len;

    for (; len >= sizeof eight; len -= sizeof eight, bytes += sizeof eight) {
        from = (from ^ eight) * MARK_PRIME;
        from ^= from >> 32;
        memcpy(&eight, bytes, sizeof eight);
    }
    from = (from ^ eight) * MARK_PRIME;
    from ^= from >> 32;
    eight = 0;
    memcpy(&eight, bytes, len);
    return (from ^ eight) * MARK_PRIME;
}

int r_listing_open(struct r_listing *l, struct hz_error *err)
{
    memset(l, 0, sizeof *l);
    return r_hash_open(&l->all, R_SHA256, err);
}

void r_listing_close(struct r_listing *l)
{
    r_hash_close(&l->all);
    free(l->lines);
    free(l->segments);
    l->lines = l->segments = NULL;
}

/* Stores a mark at place n of a growing array */
static int keep(uint64_t **array, size_t *room, uint64_t n, uint64_t value, struct hz_error *err)
{
    if (n >= *room) {
        size_t more = (size_t)n + (size_t)n / 2 + 1024;
        uint64_t *bigger = reallocarray(*array, more, sizeof **array);

        if (!bigger)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        *array = bigger;
        *room = more;
    }
    (*array)[n] = value;
    return HZ_OK;
}

/* Adds a line to one side; returns its mark */
static uint64_t add(struct r_listing_side *side, const char *line, size_t len)
{
    uint64_t value = mark(MARK_BEGIN, line, len);

    /* of all lines so far, since only the first difference is told */
    side->segment_mark = (side->segment_mark ^ value) * MARK_PRIME;
    side->lines++;
    return value;
}

int r_listing_catalog(struct r_listing *l, const unsigned char digest[R_SHA256_SIZE], const char *path, size_t len,
                      struct hz_error *err)
{
    char line[R_LISTING_PATH_SIZE + 67];
    uint64_t n = l->catalog.lines, value;
    int code = HZ_OK;

    text_hex(line, digest, R_SHA256_SIZE);
    memcpy(line + 64, "  ", 2);
    memcpy(line + 66, path, len); /* a checked payload path: at most 900 bytes */
    line[len + 66] = '\n';
    r_hash_put(&l->all, line, len + 67);
    value = add(&l->catalog, line, len + 66);
    if (n < R_LISTING_LINES)
        code = keep(&l->lines, &l->line_room, n, value, err);
    return code ? code : keep(&l->segments, &l->segment_room, n / R_CATALOG_SEGMENT, l->catalog.segment_mark, err);
}

static void set_first(struct r_listing *l, bool by_segment, uint64_t at, const char *line, size_t len)
{
    size_t n = len < R_LISTING_PATH_SIZE ? len : R_LISTING_PATH_SIZE - 1;

    if (l->differs)
        return;
    l->differs = true;
    l->by_segment = by_segment;
    l->at = at;
    memcpy(l->path, line, n);
    l->path[n] = 0;
}

void r_listing_manifest(struct r_listing *l, const char *line, size_t len)
{
    uint64_t n = l->manifest.lines, value = add(&l->manifest, line, len);
    bool segment_ends = l->manifest.lines % R_CATALOG_SEGMENT == 0 || l->manifest.lines == l->catalog.lines;

    if (n >= l->catalog.lines)
        set_first(l, false, n + 1, line, len);
    else if (n < R_LISTING_LINES && l->lines[n] != value)
        set_first(l, false, n + 1, line, len);
    else if (segment_ends && l->segments[n / R_CATALOG_SEGMENT] != l->manifest.segment_mark)
        set_first(l, true, n / R_CATALOG_SEGMENT * R_CATALOG_SEGMENT + 1, "", 0);
}

bool r_listing_same(struct r_listing *l, const unsigned char manifest[R_SHA256_SIZE])
{
    unsigned char catalog[R_SHA256_SIZE];

    r_hash_finish(&l->all, catalog);
    return l->catalog.lines == l->manifest.lines &&
           (!l->catalog.lines || memcmp(catalog, manifest, R_SHA256_SIZE) == 0);
}

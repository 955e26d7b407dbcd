/* The sample bundle with some of its tag files edited, and a tagmanifest that lists what came of it. */
#ifndef HZ_TESTS_READ_EDIT_H
#define HZ_TESTS_READ_EDIT_H

#include <stdio.h>

#include "base/text.h"
#include "tests/unit/read/change.h"
#include "tests/unit/read/sample.h"

#define ROOM ((size_t)1024 * 1024)
#define TAGMANIFEST "tagmanifest-sha256.txt"
#define ACQUISITION "meta/acquisition.json"
#define CATALOG "meta/catalog-000001.jsonl"

struct edit {
    const char *path; /* of the tag file; NULL: no more */
    struct change change;
};

static inline void set_digest(struct buf *tagmanifest, const char *path, const struct buf *content)
{
    unsigned char digest[R_SHA256_SIZE];
    char hex[R_SHA256_HEX], line_end[1100];
    char *at;

    r_hash_sha256(digest, content->data, content->len);
    text_hex(hex, digest, sizeof digest);
    snprintf(line_end, sizeof line_end, "  %s\n", path);
    at = strstr((char *)tagmanifest->data, line_end);
    assert_non_null(at);
    memcpy(at - 64, hex, 64);
}

/* The member's content with the edits made that are its own */
static inline void edited(const struct sample *s, const struct sample_member *m, const struct edit *edits,
                          struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf before = BUF_INIT(ROOM);
    size_t i;

    buf_put(out, s->bytes.data + m->content, m->size);
    assert_non_null(buf_text(out));
    for (i = 0; i < 4 && edits[i].path; i++)
        if (strcmp(edits[i].path, m->path) == 0) {
            buf_reset(&before);
            buf_put(&before, out->data, out->len);
            apply(buf_text(&before), &edits[i].change, out);
        }
}

/* The bundle with its edits, and a tagmanifest that lists what came of them */
static inline void rebuild(struct sample *s, const struct edit *edits, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf tagmanifest = BUF_INIT(ROOM);
    size_t i;

    edited(s, sample_find(s, TAGMANIFEST), edits, &tagmanifest);
    for (i = 0; i < s->count; i++) {
        HZ_CLEANUP(buf_free) struct buf content = BUF_INIT(ROOM);
        const struct sample_member *m = &s->members[i];
        char name[1100];

        edited(s, m, edits, &content);
        if (strncmp(m->path, "data/", 5) != 0 && strncmp(m->path, "signatures/", 11) != 0 &&
            strcmp(m->path, TAGMANIFEST) != 0)
            set_digest(&tagmanifest, m->path, &content);
        snprintf(name, sizeof name, "SAMPLE-1/%s", m->path);
        if (strcmp(m->path, TAGMANIFEST) == 0)
            sample_put_member(out, name, tagmanifest.data, tagmanifest.len, sample_mtime(s));
        else
            sample_put_member(out, name, content.data, content.len, sample_mtime(s));
    }
    sample_put_end(out);
}

#endif

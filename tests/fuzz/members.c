/* Bundles made of members that fit each other: the input says names and contents, headers, digests and lists are made
 * here, so that what is wrong is wrong under right digests. Each part between two cuts is a member: one byte of orders,
 * its name behind NAME/, a newline, its content. */
#include "base/text.h"
#include "formats/read/hash.h"
#include "formats/read/merkle.h"
#include "formats/write/tarhead.h"
#include "tests/fuzz/reading.h"

#define TAR_MAX ((size_t)4 << 20)
#define ITEM "SAMPLE-1/"
#define MTIME UINT64_C(1456822800) /* of the samples' started */

struct made {
    struct buf tar, manifest, tags;
    struct r_merkle tree;
    char digests[4096][R_SHA256_HEX]; /* of payload files, in their order */
    size_t payload, told;             /* files; those that a catalog line has named */
};

static bool begins(const struct buf *b, const char *with)
{
    return b->len >= strlen(with) && memcmp(b->data, with, strlen(with)) == 0;
}

static void list(struct buf *out, const struct buf *name, const struct buf *content, char hex[R_SHA256_HEX])
{
    unsigned char digest[R_SHA256_SIZE];
    r_hash_sha256(digest, content->data, content->len);
    text_hex(hex, digest, sizeof digest);
    buf_printf(out, "%s  ", hex);
    buf_put(out, name->data, name->len);
    buf_putc(out, '\n');
}

/* The digests in the lines of a catalog segment become those of the files, and the lines leaves of the tree. */
static void catalog(struct made *m, struct buf *content)
{
    static const char key[] = "\"sha256\":\"";
    struct r_hash h = { NULL };
    FUZZ_HOLDS(r_hash_open(&h, R_SHA256, NULL) == HZ_OK);
    for (size_t at = 0; at < content->len;) {
        unsigned char *line = content->data + at, *end = memchr(line, '\n', content->len - at);
        if (end == NULL)
            break;
        unsigned char *found = memmem(line, (size_t)(end - line), key, sizeof key - 1);
        if (found != NULL && (size_t)(end - found) > sizeof key - 1 + 64 && m->told < m->payload)
            memcpy(found + sizeof key - 1, m->digests[m->told++], 64);
        r_merkle_add(&m->tree, &h, line, (size_t)(end - line));
        at += (size_t)(end - line) + 1;
    }
    r_hash_close(&h);
}

static void root(struct made *m, struct buf *content)
{
    unsigned char digest[R_SHA256_SIZE];
    struct r_hash h = { NULL };
    char hex[R_SHA256_HEX];
    FUZZ_HOLDS(r_hash_open(&h, R_SHA256, NULL) == HZ_OK);
    r_merkle_root(&m->tree, &h, digest);
    r_hash_close(&h);
    text_hex(hex, digest, sizeof digest);
    buf_reset(content);
    buf_printf(content, "%llu\n%s\n", (unsigned long long)m->tree.count, hex);
}

/* Content that follows from the members before, unless the member's orders are to leave it. */
static void make(struct made *m, const struct buf *name, struct buf *content)
{
    if (begins(name, "meta/catalog-"))
        catalog(m, content);
    else if (begins(name, "meta/merkle-root.txt"))
        root(m, content);
    else if (begins(name, "manifest-sha256.txt")) {
        buf_reset(content);
        buf_put(content, m->manifest.data, m->manifest.len);
    } else if (begins(name, "tagmanifest-sha256.txt")) {
        buf_reset(content);
        buf_put(content, m->tags.data, m->tags.len);
    }
}

static void put(struct made *m, struct buf *name, const struct buf *content)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT(8192);
    char hex[R_SHA256_HEX];
    buf_puts(&full, ITEM);
    buf_put(&full, name->data, name->len);
    if (buf_text(&full) == NULL || w_tarhead_put(&m->tar, (const char *)full.data, content->len, MTIME, NULL) != HZ_OK)
        return;
    buf_put(&m->tar, content->data, content->len);
    buf_grow(&m->tar, w_tarhead_padding(content->len));
    if (begins(name, "data/")) {
        list(&m->manifest, name, content, hex);
        if (m->payload < sizeof m->digests / sizeof m->digests[0])
            memcpy(m->digests[m->payload++], hex, R_SHA256_HEX);
    } else if (!begins(name, "signatures/") && !begins(name, "tagmanifest-")) {
        list(&m->tags, name, content, hex);
    }
}

static void take(struct made *m, struct fuzz_part part)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(TAR_MAX);
    HZ_CLEANUP(buf_free) struct buf content = BUF_INIT(TAR_MAX);
    const uint8_t *newline = part.len > 1 ? memchr(part.at + 1, '\n', part.len - 1) : NULL;
    if (newline == NULL)
        return;
    buf_put(&name, part.at + 1, (size_t)(newline - part.at) - 1);
    buf_put(&content, newline + 1, part.len - (size_t)(newline - part.at) - 1);
    if (part.at[0] & 1)
        make(m, &name, &content);
    put(m, &name, &content);
}

static void begin(struct buf *b)
{
    buf_reset(b);
    b->limit = TAR_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part rest = { data, size };
    static struct made made; /* its memory is kept */
    struct made *m = &made;
    struct reading r;

    FUZZ_HOLDS(r_hash_start(NULL) == HZ_OK);
    begin(&m->tar);
    begin(&m->manifest);
    begin(&m->tags);
    m->payload = m->told = 0;
    r_merkle_begin(&m->tree);
    while (rest.len > 0)
        take(m, fuzz_part(&rest));
    buf_grow(&m->tar, w_tarhead_end(m->tar.len));
    if (m->tar.failed == HZ_OK) {
        reading_do(&r, m->tar.data, m->tar.len, 0);
        reading_judge(&r, m->tar.data, m->tar.len);
        reading_free(&r);
    }
    return 0;
}

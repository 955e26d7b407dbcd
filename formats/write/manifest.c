#include "formats/write/manifest.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/tags.h"

#define BINARY_MAX (W_DIGEST_SIZE + W_DIGEST_512_SIZE)
#define SHARED_MAX 255

void w_manifest_open(struct w_manifest *m, int directory, struct w_store *store, bool sha512)
{
    m->count = m->path_bytes = 0;
    m->previous[0] = '\0';
    m->sha512 = sha512;
    w_spool_open(&m->paths, directory, store);
    w_spool_open(&m->digests, directory, store);
}

void w_manifest_close(struct w_manifest *m)
{
    w_spool_close(&m->paths);
    w_spool_close(&m->digests);
}

static size_t binary_size(const struct w_manifest *m)
{
    return m->sha512 ? BINARY_MAX : W_DIGEST_SIZE;
}

static bool unhex(unsigned char *out, size_t size, const char *hex)
{
    return hex != NULL && text_unhex(out, size, hex, strlen(hex)) == HZ_OK;
}

static int put_path(struct w_manifest *m, const char *path, size_t len, struct hz_error *err)
{
    unsigned char entry[W_NAME_PATH_MAX + 2];
    size_t shared = 0;
    while (shared < SHARED_MAX && path[shared] != '\0' && path[shared] == m->previous[shared])
        shared++;
    size_t rest = len - shared;
    entry[0] = (unsigned char)shared;
    memcpy(entry + 1, path + shared, rest);
    entry[1 + rest] = '\n';
    memcpy(m->previous, path, len + 1);
    m->path_bytes += len;
    return w_spool_put(&m->paths, entry, rest + 2, err);
}

int w_manifest_put(struct w_manifest *m, const char *path, const char *sha256, const char *sha512, struct hz_error *err)
{
    unsigned char binary[BINARY_MAX];
    size_t len = strlen(path);
    if (len > W_NAME_PATH_MAX || !unhex(binary, W_DIGEST_SIZE, sha256) ||
        (m->sha512 && !unhex(binary + W_DIGEST_SIZE, W_DIGEST_512_SIZE, sha512)))
        return hz_error_set(err, HZ_E_FORMAT, _("%s: its path is too long, or a digest is none"), path);
    int rc = w_spool_put(&m->digests, binary, binary_size(m), err);
    if (rc == HZ_OK)
        rc = put_path(m, path, len, err);
    if (rc == HZ_OK)
        m->count++;
    return rc;
}

static uint64_t bytes_of(const struct w_manifest *m, size_t size)
{
    return m->path_bytes + m->count * (2 * size + 3); /* hexadecimal, two blanks, LF */
}

uint64_t w_manifest_bytes(const struct w_manifest *m)
{
    return bytes_of(m, W_DIGEST_SIZE) + (m->sha512 ? bytes_of(m, W_DIGEST_512_SIZE) : 0);
}

struct lines { /* what both spools hold, line by line */
    struct w_spool_reader paths, digests;
    struct buf path; /* the last one */
    struct buf text;
};

static void lines_close(struct lines *l)
{
    w_spool_reader_close(&l->paths);
    w_spool_reader_close(&l->digests);
    buf_free(&l->path);
    buf_free(&l->text);
}

static int next_path(struct lines *l, struct hz_error *err)
{
    unsigned char shared = 0;
    int rc = w_spool_take(&l->paths, &shared, 1, err);
    if (rc != HZ_OK)
        return rc;
    l->path.len = shared;
    return w_spool_take_until(&l->paths, '\n', &l->path, err);
}

/* from: where the digest begins in the binary. */
static int next_line(const struct w_manifest *m, struct lines *l, size_t from, struct hz_error *err)
{
    unsigned char binary[BINARY_MAX];
    char hex[W_DIGEST_512_HEX];
    int rc = w_spool_take(&l->digests, binary, binary_size(m), err);
    if (rc == HZ_OK)
        rc = next_path(l, err);
    if (rc != HZ_OK)
        return rc;
    text_hex(hex, binary + from, from == 0 ? W_DIGEST_SIZE : W_DIGEST_512_SIZE);
    buf_reset(&l->text);
    buf_puts(&l->text, hex);
    buf_puts(&l->text, "  ");
    buf_put(&l->text, l->path.data, l->path.len);
    buf_putc(&l->text, '\n');
    return buf_check(&l->text, err);
}

static int write_lines(struct w_manifest *m, struct w_members *members, size_t from, struct hz_error *err)
{
    HZ_CLEANUP(lines_close)
    struct lines l = { .path = BUF_INIT(W_NAME_PATH_MAX), .text = BUF_INIT(W_NAME_PATH_MAX + W_DIGEST_512_HEX + 16) };
    int rc = w_spool_reader_open(&l.paths, &m->paths, err);
    if (rc == HZ_OK)
        rc = w_spool_reader_open(&l.digests, &m->digests, err);
    for (uint64_t i = 0; rc == HZ_OK && i < m->count; i++) {
        rc = next_line(m, &l, from, err);
        if (rc == HZ_OK)
            rc = w_members_tag_put(members, l.text.data, l.text.len, err);
    }
    return rc;
}

static int write_one(struct w_manifest *m, struct w_members *members, const char *name, size_t from,
                     struct hz_error *err)
{
    uint64_t size = bytes_of(m, from == 0 ? W_DIGEST_SIZE : W_DIGEST_512_SIZE);
    int rc = w_stream_break(members->stream, err); /* so that its pieces are the same wherever it is written */
    if (rc == HZ_OK)
        rc = w_members_tag_begin(members, name, size, err);
    if (rc == HZ_OK)
        rc = write_lines(m, members, from, err);
    return rc == HZ_OK ? w_members_tag_end(members, name, size, err) : rc;
}

int w_manifest_write(struct w_manifest *m, struct w_members *members, struct hz_error *err)
{
    int rc = write_one(m, members, "manifest-sha256.txt", 0, err);
    if (rc == HZ_OK && m->sha512)
        rc = write_one(m, members, "manifest-sha512.txt", W_DIGEST_SIZE, err);
    return rc;
}

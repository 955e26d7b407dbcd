#include "formats/write/manifest.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/write/name.h"
#include "formats/write/tags.h"

#define BINARY_MAX (W_DIGEST_SIZE + W_DIGEST_512_SIZE)

void w_manifest_open(struct w_manifest *m, int directory, struct w_store *store, bool sha512)
{
    m->count = 0;
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

int w_manifest_put(struct w_manifest *m, const char *path, const char *sha256, const char *sha512, struct hz_error *err)
{
    unsigned char binary[BINARY_MAX];
    if (!unhex(binary, W_DIGEST_SIZE, sha256) ||
        (m->sha512 && !unhex(binary + W_DIGEST_SIZE, W_DIGEST_512_SIZE, sha512)))
        return hz_error_set(err, HZ_E_FORMAT, _("%s: a digest is missing or none"), path);
    int rc = w_spool_put(&m->digests, binary, binary_size(m), err);
    if (rc == HZ_OK)
        rc = w_spool_put(&m->paths, path, strlen(path), err);
    if (rc == HZ_OK)
        rc = w_spool_put(&m->paths, "\n", 1, err);
    if (rc == HZ_OK)
        m->count++;
    return rc;
}

static uint64_t bytes_of(const struct w_manifest *m, size_t size)
{
    return m->paths.total + m->count * (2 * size + 2); /* hexadecimal and two blanks */
}

uint64_t w_manifest_bytes(const struct w_manifest *m)
{
    return bytes_of(m, W_DIGEST_SIZE) + (m->sha512 ? bytes_of(m, W_DIGEST_512_SIZE) : 0);
}

/* One line: the digest that begins at `from` in the binary. */
static int next_line(const struct w_manifest *m, struct w_spool_reader *paths, struct w_spool_reader *digests,
                     size_t from, struct buf *line, struct hz_error *err)
{
    unsigned char binary[BINARY_MAX];
    char hex[W_DIGEST_512_HEX];
    buf_reset(line);
    int rc = w_spool_take(digests, binary, binary_size(m), err);
    if (rc != HZ_OK)
        return rc;
    text_hex(hex, binary + from, from == 0 ? W_DIGEST_SIZE : W_DIGEST_512_SIZE);
    buf_puts(line, hex);
    buf_puts(line, "  ");
    rc = w_spool_take_until(paths, '\n', line, err);
    buf_putc(line, '\n');
    return rc == HZ_OK ? buf_check(line, err) : rc;
}

static int write_lines(struct w_manifest *m, struct w_members *members, size_t from, struct hz_error *err)
{
    HZ_CLEANUP(w_spool_reader_close) struct w_spool_reader paths = { 0 };
    HZ_CLEANUP(w_spool_reader_close) struct w_spool_reader digests = { 0 };
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(W_NAME_PATH_MAX + W_DIGEST_512_HEX + 16);
    int rc = w_spool_reader_open(&paths, &m->paths, err);
    if (rc == HZ_OK)
        rc = w_spool_reader_open(&digests, &m->digests, err);
    for (uint64_t i = 0; rc == HZ_OK && i < m->count; i++) {
        rc = next_line(m, &paths, &digests, from, &line, err);
        if (rc == HZ_OK)
            rc = w_members_tag_put(members, line.data, line.len, err);
    }
    return rc;
}

static int write_one(struct w_manifest *m, struct w_members *members, const char *name, size_t from,
                     struct hz_error *err)
{
    uint64_t size = bytes_of(m, from == 0 ? W_DIGEST_SIZE : W_DIGEST_512_SIZE);
    int rc = w_members_tag_begin(members, name, size, err);
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

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_seal.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/archive.h"
#include "custody/s3.h"

void archive_close(struct archive_target *t)
{
    if (t->store != NULL)
        s3_close(t->store);
    free(t->store);
    free(t->url);
    io_close(&t->folder);
    *t = (struct archive_target)ARCHIVE_TARGET_INIT;
}

static bool is_store(const char *where)
{
    return strncmp(where, "s3://", 5) == 0;
}

int archive_url(const char *where, char **out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT(16384);
    char here[4096];

    if (where[0] != '/' && !is_store(where)) {
        if (getcwd(here, sizeof here) == NULL)
            return hz_error_set(err, HZ_E_IO, "%s", _("the working folder has no path any more"));
        buf_puts(&full, here);
        buf_putc(&full, '/');
    }
    buf_puts(&full, where);
    while (full.len > 1 && full.data[full.len - 1] == '/')
        full.len--;
    *out = text_copy(buf_text(&full));
    if (*out == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (text_is_line(*out, 2000))
        return HZ_OK;
    free(*out);
    return hz_error_set(err, HZ_E_USAGE, _("%s: a path that is to be recorded is one line of UTF-8"), where);
}

int archive_is_place(const char *where, struct hz_error *err)
{
    return strcmp(where, "-") != 0
               ? HZ_OK
               : hz_error_set(err, HZ_E_USAGE, "%s", _("- is no folder; ./- names one that is called so"));
}

static int open_at(struct archive_target *t, const char *where, const char *volume, bool make, struct hz_error *err)
{
    struct archive_target opened = ARCHIVE_TARGET_INIT;
    int rc = archive_is_place(where, err);

    if (volume != NULL && strlen(volume) == ARCHIVE_VOLUME - 1)
        memcpy(opened.volume, volume, ARCHIVE_VOLUME);
    if (rc == HZ_OK)
        rc = archive_url(where, &opened.url, err);
    opened.kind = is_store(where) ? &archive_store : &archive_folder;
    if (rc == HZ_OK)
        rc = opened.kind->open(&opened, make, err);
    if (rc == HZ_OK)
        *t = opened;
    else
        archive_close(&opened);
    return rc;
}

int archive_open(struct archive_target *t, const char *where, bool make, struct hz_error *err)
{
    return open_at(t, where, NULL, make, err);
}

int archive_open_volume(struct archive_target *t, const char *where, const char *volume, struct hz_error *err)
{
    return open_at(t, where, volume, false, err);
}

int archive_name(const char *item, const char *copy, struct buf *out, struct hz_error *err)
{
    buf_printf(out, "%s.%s", item, copy);
    buf_text(out);
    return buf_check(out, err);
}

bool archive_is_other(const struct hz_error *why)
{
    return why->code == HZ_E_NOTFOUND || why->code == HZ_E_UNSUPPORTED /* not a regular file */ ||
           why->sys_errno == ELOOP || why->sys_errno == ENOTDIR;
}

bool archive_is_damage(const struct hz_error *why)
{
    return archive_is_other(why) || why->sys_errno == EIO || why->sys_errno == EUCLEAN || why->sys_errno == EBADMSG;
}

int archive_not_back(const char *path, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_INVALID,
                        _("%s: what was read back is not what was written: do not trust this medium"), path);
}

static void digest_free(struct w_digest **d)
{
    w_digest_free(*d);
}

static void release(unsigned char **bytes)
{
    free(*bytes);
}

int archive_pour(int from, int to, uint64_t at, uint64_t end, struct hz_error *err)
{
    HZ_CLEANUP(release) unsigned char *bytes = malloc(ARCHIVE_CHUNK);
    size_t got = 1;
    int rc = bytes != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));

    while (rc == HZ_OK && got > 0 && at < end) {
        rc = io_read_at(from, at, bytes, end - at < ARCHIVE_CHUNK ? (size_t)(end - at) : ARCHIVE_CHUNK, &got, err);
        if (rc == HZ_OK && got > 0)
            rc = io_write_at(to, at, bytes, got, err);
        at += got;
    }
    return rc == HZ_OK ? io_sync(to, err) : rc;
}

/* How many bytes of an unfinished file are those of the source: from there on it is written. */
static int common(int from, int to, unsigned char *a, unsigned char *b, uint64_t *at, struct hz_error *err)
{
    size_t n = ARCHIVE_CHUNK, m;
    int rc = HZ_OK;

    for (*at = 0; rc == HZ_OK && n == ARCHIVE_CHUNK; *at += n == ARCHIVE_CHUNK ? n : 0) {
        rc = io_read_at(to, *at, b, ARCHIVE_CHUNK, &n, err);
        if (rc == HZ_OK && n == ARCHIVE_CHUNK)
            rc = io_read_at(from, *at, a, ARCHIVE_CHUNK, &m, err);
        if (rc == HZ_OK && n == ARCHIVE_CHUNK && (m != n || memcmp(a, b, n) != 0))
            n = 0;
    }
    return rc;
}

int archive_resume(int from, int to, uint64_t most, uint64_t *at, struct hz_error *err)
{
    HZ_CLEANUP(release) unsigned char *a = malloc(ARCHIVE_CHUNK);
    HZ_CLEANUP(release) unsigned char *b = malloc(ARCHIVE_CHUNK);
    int rc = a != NULL && b != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));

    if (rc == HZ_OK)
        rc = common(from, to, a, b, at, err);
    if (most > 0 && *at > most)
        *at = most;
    return rc == HZ_OK ? io_seal_cut(to, *at, err) : rc;
}

struct hashing {
    struct w_digest *digest;
    const struct archive_sink *also;
    uint64_t most, done; /* bytes */
};

static int add(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct hashing *h = context;
    int rc;

    h->done += len;
    if (h->most > 0 && h->done > h->most)
        return hz_error_set(err, HZ_E_LIMIT, "%s", _("it is longer than it was"));
    rc = w_digest_update(h->digest, bytes, len, err);

    return rc == HZ_OK && h->also != NULL ? h->also->put(h->also->context, bytes, len, err) : rc;
}

int archive_digest_of(struct archive_target *t, const char *path, const char *version, uint64_t size,
                      const struct archive_sink *also, char out[W_DIGEST_HEX], const char **read_back,
                      struct hz_error *err)
{
    HZ_CLEANUP(digest_free) struct w_digest *d = NULL;
    int rc = w_digest_new(&d, err);
    struct hashing h = { d, also, size, 0 };

    if (rc == HZ_OK)
        rc = w_digest_start(d, err);
    if (rc == HZ_OK)
        rc = t->kind->read(t, path, version, &(struct archive_sink) { add, &h }, read_back, err);
    if (rc == HZ_E_LIMIT && (size == 0 || h.done <= size))
        rc = err->code = HZ_E_IO; /* not its own length */
    return rc == HZ_OK ? w_digest_end_hex(d, out, err) : rc;
}

int archive_digest(struct archive_target *t, const char *path, const char *version, const struct archive_sink *also,
                   char out[W_DIGEST_HEX], const char **read_back, struct hz_error *err)
{
    return archive_digest_of(t, path, version, 0, also, out, read_back, err);
}

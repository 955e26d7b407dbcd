#include "custody/intake_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_direct.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/interrupt.h"

#define CHUNK ((size_t)4 << 20)

static void release(char **text)
{
    free(*text);
}

static void release_bytes(unsigned char **bytes)
{
    free(*bytes);
}

static void digest_free(struct w_digest **d)
{
    w_digest_free(*d);
}

/* The name alone is looked at, in its folder: a link is seen as one. */
static int look(const char *path, int *fd, struct hz_error *err)
{
    HZ_CLEANUP(release) char *folder = text_copy(path);
    HZ_CLEANUP(io_close) int directory = -1;
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    int rc;

    if (folder == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (name[0] == '\0')
        return hz_error_set(err, HZ_E_UNSUPPORTED, "%s", _("is a folder, not a file"));
    folder[slash == NULL ? 0 : slash == path ? 1 : slash - path] = '\0';
    rc = io_open_directory(slash == NULL ? "." : folder, &directory, err);
    return rc == HZ_OK ? io_evidence_look(directory, name, fd, err) : rc;
}

static int begin(struct intake_file *f, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int looked = -1;
    int noatime = 0, rc = look(path, &looked, err);

    if (rc == HZ_OK)
        rc = io_statx(looked, &f->before, err);
    if (rc != HZ_OK)
        return rc;
    if (S_ISLNK(f->before.stx_mode))
        return hz_error_set(err, HZ_E_UNSUPPORTED, "%s", _("is a symbolic link; name the file that it leads to"));
    if (!S_ISREG(f->before.stx_mode))
        return hz_error_set(err, HZ_E_UNSUPPORTED, "%s", _("is no regular file; make an image of it first"));
    rc = io_evidence_reopen(looked, &f->fd, &noatime, err);
    f->noatime = noatime != 0;
    return rc;
}

int intake_file_open(struct intake_file *f, const char *path, struct hz_error *err)
{
    *f = (struct intake_file)INTAKE_FILE_INIT;
    return begin(f, path, err) == HZ_OK ? HZ_OK : hz_error_context(err, "%s", path);
}

void intake_file_close(struct intake_file *f)
{
    io_close(&f->fd);
}

static bool same_time(struct statx_timestamp a, struct statx_timestamp b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

int intake_file_unchanged(const struct intake_file *f, struct hz_error *err)
{
    const struct statx *was = &f->before;
    struct statx now;
    int rc = io_statx(f->fd, &now, err);

    if (rc != HZ_OK)
        return rc;
    if (now.stx_size != was->stx_size || !same_time(now.stx_mtime, was->stx_mtime) ||
        !same_time(now.stx_ctime, was->stx_ctime))
        return hz_error_set(err, HZ_E_CHANGED, _("changed while it was read; keep others away from it and try again"));
    return HZ_OK;
}

static int read_all(struct intake_file *f, struct w_digest *d, unsigned char *chunk,
                    const struct intake_progress *progress, struct hz_error *err)
{
    uint64_t at = 0;
    size_t got = 1;
    int rc = HZ_OK;

    while (rc == HZ_OK && got > 0) {
        rc = io_direct_read_at(f->fd, at, chunk, CHUNK, &got, err);
        if (rc == HZ_OK)
            rc = interrupt_asked() ? hz_error_set(err, HZ_E_TIMEOUT, _("interrupted"))
                                   : w_digest_update(d, chunk, got, err);
        at += got;
        if (progress->tell != NULL)
            progress->tell(progress->context, at, f->before.stx_size);
    }
    return rc == HZ_OK && at != f->before.stx_size
               ? hz_error_set(err, HZ_E_CHANGED, _("changed while it was read; keep others away from it and try again"))
               : rc;
}

int intake_file_hash(struct intake_file *f, bool both, const struct intake_progress *progress, struct hz_error *err)
{
    HZ_CLEANUP(digest_free) struct w_digest *d = NULL;
    HZ_CLEANUP(release_bytes) unsigned char *chunk = aligned_alloc(IO_DIRECT_ALIGN, CHUNK);
    int rc = chunk == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory"))
             : both        ? w_digest_new_both(&d, err)
                           : w_digest_new(&d, err);

    if (rc != HZ_OK)
        return rc;
    (void)io_direct_begin(f->fd);
    rc = read_all(f, d, chunk, progress, err);
    io_direct_end(f->fd);
    if (rc == HZ_OK && both)
        rc = w_digest_end_512_hex(d, f->sha512, err);
    if (rc == HZ_OK)
        rc = w_digest_end_hex(d, f->sha256, err);
    return rc == HZ_OK ? intake_file_unchanged(f, err) : rc;
}

#include "collector/db_copy.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/look.h"
#include "collector/meta.h"
#include "collector/read.h"

#define PIECE ((size_t)256 << 10)

static void release(unsigned char **bytes)
{
    free(*bytes);
}

void db_copy_init(struct db_file *f)
{
    *f = (struct db_file) { .look = -1, .fd = -1, .spool = -1 };
    meta_init(&f->meta);
}

void db_copy_close(struct db_file *f)
{
    io_close(&f->look);
    io_close(&f->fd);
    io_close(&f->spool);
    meta_free(&f->meta);
    db_copy_init(f);
}

static int open_regular(struct db_file *f, int root, const char *path, size_t len, struct hz_error *err)
{
    int noatime = 0;
    int rc = look_path(root, path, len, &f->look, err);
    if (rc == HZ_OK)
        rc = io_statx(f->look, &f->before, err);
    if (rc == HZ_OK && !S_ISREG(f->before.stx_mode))
        return hz_error_sys(err, HZ_E_UNSUPPORTED, ENOTSUP, "%s", _("not a regular file"));
    if (rc == HZ_OK)
        rc = io_evidence_reopen(f->look, &f->fd, &noatime, err);
    f->exposed = noatime == 0;
    return rc;
}

int db_copy_open(struct db_file *f, int root, const char *path, size_t len, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    db_copy_close(f);
    int rc = open_regular(f, root, path, len, &why);
    if (rc == HZ_OK)
        return rc;
    if (rc == HZ_E_NOMEM || absence_is_ours(why.sys_errno)) {
        *err = why;
        return rc;
    }
    io_close(&f->fd);
    f->failed = absence_status(why.sys_errno) == W_VANISHED ? 0 : why.sys_errno == 0 ? EIO : why.sys_errno;
    return HZ_OK;
}

int db_copy_measure(struct db_file *f, struct hz_error *err)
{
    int rc = io_statx(f->fd, &f->before, err);
    if (rc == HZ_OK)
        f->size = f->before.stx_size;
    else if (rc != HZ_E_NOMEM)
        rc = err->code = HZ_E_IO; /* also where a server says that it is gone, or not ours to see */
    return rc;
}

/* A piece that cannot be read whole may have readable blocks before the bad one. */
static size_t read_piece(struct db_file *f, unsigned char *bytes, size_t want)
{
    struct hz_error why;
    size_t got = 0, done = 0;
    if (io_read_at(f->fd, f->copied, bytes, want, &got, &why) == HZ_OK)
        return got;
    f->read_errno = why.sys_errno == 0 ? EIO : why.sys_errno;
    while (done + READ_BLOCK <= want &&
           io_read_at(f->fd, f->copied + done, bytes + done, READ_BLOCK, &got, &why) == HZ_OK && got > 0)
        done += got;
    return done;
}

static int copy(struct db_file *f, unsigned char *bytes, const struct db_pace *pace, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t got = 1; rc == HZ_OK && got > 0 && f->read_errno == 0 && f->copied < f->size;) {
        uint64_t left = f->size - f->copied;
        got = read_piece(f, bytes, left < PIECE ? (size_t)left : PIECE);
        if (io_write(f->spool, bytes, got, err) != HZ_OK)
            rc = err->code = HZ_E_LIMIT;
        f->copied += got;
        if (rc == HZ_OK)
            rc = pace->step(pace->context, got, err);
    }
    return rc;
}

int db_copy_bytes(struct db_file *f, const struct db_pace *pace, struct hz_error *err)
{
    HZ_CLEANUP(release) unsigned char *bytes = malloc(PIECE);
    if (bytes == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    io_close(&f->spool);
    f->copied = 0;
    f->read_errno = 0;
    f->begun = stamp_now();
    int rc = pace->directory < 0 ? io_create_memory(&f->spool, err) : io_create_spool(pace->directory, &f->spool, err);
    if (rc != HZ_OK && !absence_is_ours(err->sys_errno))
        rc = err->code = HZ_E_LIMIT; /* the file itself is not to blame */
    return rc == HZ_OK ? copy(f, bytes, pace, err) : rc;
}

bool db_copy_same(const struct db_file *f)
{
    struct statx now;
    struct hz_error ignored;
    return io_statx(f->fd, &now, &ignored) == HZ_OK && meta_same(&f->before, &now);
}

static enum w_file_status status_of(const struct db_file *f)
{
    struct statx now;
    struct hz_error ignored;
    if (f->read_errno != 0 || f->size < f->before.stx_size)
        return W_LIMITED;
    if (f->copied < f->size)
        return W_SHRUNK;
    if (io_statx(f->fd, &now, &ignored) != HZ_OK)
        return W_CHANGED;
    if (now.stx_size > f->size)
        return W_GREW;
    return meta_same(&f->before, &now) ? W_COLLECTED : W_CHANGED;
}

int db_copy_end(struct db_file *f, struct hz_error *err)
{
    int rc = HZ_OK;
    if (f->spool >= 0) {
        f->status = status_of(f);
        rc = meta_read(&f->meta, f->look, &f->before, err);
    }
    io_close(&f->look);
    io_close(&f->fd);
    return rc;
}

#include "collector/look.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "collector/pseudo.h"
#include "collector/resolve.h"

#define PATH_LIMIT ((size_t)1 << 20)
#define LISTING ((size_t)32 << 10)

int look_path(int root, const char *path, size_t len, int *fd, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(PATH_LIMIT);
    HZ_CLEANUP(io_close) int at = fcntl(root, F_DUPFD_CLOEXEC, 0);
    if (at < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"));
    for (size_t start = 0; start < len;) {
        const char *slash = memchr(path + start, '/', len - start);
        size_t end = slash == NULL ? len : (size_t)(slash - path);
        if (end > start) {
            buf_reset(&name);
            buf_put(&name, path + start, end - start);
            if (buf_text(&name) == NULL)
                return buf_check(&name, err);
            int next = -1;
            int rc = io_evidence_look(at, (const char *)name.data, &next, err);
            if (rc != HZ_OK)
                return rc;
            io_close(&at);
            at = next;
        }
        start = end + 1;
    }
    *fd = at;
    at = -1;
    return HZ_OK;
}

static int resolve_to_end(int root, const char *path, struct resolved *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf next = BUF_INIT(PATH_LIMIT);
    buf_puts(&next, path);
    buf_putc(&next, '/'); /* so that a last link is resolved, too */
    if (buf_text(&next) == NULL)
        return buf_check(&next, err);
    int rc = resolve_path(root, (const char *)next.data, r, err);
    if (rc == HZ_OK && r->missing != 0)
        rc = hz_error_sys(err, hz_error_class(r->missing), r->missing, _("cannot open %s"), path);
    return rc;
}

/* O_PATH, of what the path leads to. */
static int look_through(int root, const char *path, struct resolved *r, int *fd, struct hz_error *err)
{
    int rc = resolve_to_end(root, path, r, err);
    return rc == HZ_OK ? look_path(root, (const char *)r->path.data, r->path.len, fd, err) : rc;
}

/* A link may lead to what the kernel gives to its first reader alone. */
static bool is_refused(int fd, const struct resolved *r)
{
    const struct pseudo *p = pseudo_find(fd);
    struct statx st;
    struct hz_error ignored;
    if (p == NULL || r->path.len == 0)
        return false;
    const char *path = (const char *)r->path.data, *slash = memrchr(path, '/', r->path.len);
    const char *name = slash == NULL ? path : slash + 1;
    return io_statx_known(fd, &st, &ignored) != HZ_OK ||
           pseudo_refuses(p, name, r->path.len - (size_t)(name - path), &st) != NULL;
}

int look_open(int root, const char *path, int *fd, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int looked = -1;
    HZ_CLEANUP(resolve_free) struct resolved r;
    int noatime;
    resolve_init(&r);
    int rc = look_through(root, path, &r, &looked, err);
    if (rc == HZ_OK && is_refused(looked, &r))
        rc = hz_error_set(err, HZ_E_UNSUPPORTED, _("cannot open %s"), path);
    return rc == HZ_OK ? io_evidence_reopen(looked, fd, &noatime, err) : rc;
}

int look_read(int root, const char *path, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    size_t got = 0, room = out->limit - out->len;
    int rc = look_open(root, path, &fd, err);
    unsigned char *bytes = rc == HZ_OK ? buf_grow(out, room) : NULL;
    if (rc == HZ_OK)
        rc = bytes == NULL ? buf_check(out, err) : io_read(fd, bytes, room, &got, err);
    if (bytes != NULL)
        out->len -= room - (rc == HZ_OK ? got : 0);
    return rc;
}

int look_entries(int fd, io_proc_each *each, void *context, struct hz_error *err)
{
    alignas(struct dirent64) unsigned char bytes[LISTING];
    size_t got = 1;
    int rc = HZ_OK;
    while (rc == HZ_OK && got > 0) {
        rc = io_scan_entries(fd, bytes, sizeof bytes, &got, err);
        if (rc == HZ_OK)
            rc = io_proc_entries(bytes, got, each, context, err);
    }
    return rc;
}

int look_folder(int root, const char *path, int *fd, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int looked = -1;
    HZ_CLEANUP(resolve_free) struct resolved r;
    int noatime;
    resolve_init(&r);
    int rc = look_through(root, path, &r, &looked, err);
    return rc == HZ_OK ? io_evidence_directory(looked, fd, &noatime, err) : rc;
}

int look_list(int root, const char *path, io_proc_each *each, void *context, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = look_folder(root, path, &fd, err);
    return rc == HZ_OK ? look_entries(fd, each, context, err) : rc;
}

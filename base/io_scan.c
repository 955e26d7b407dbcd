#include "base/io_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io_count.h"
#include "base/io_open.h"
#include "base/lang.h"

#define TRIES 8 /* openat2 gives EAGAIN while something on the way is being renamed */
#define LISTED (O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOCTTY)

struct way {
    bool cross_mounts;
    bool stepwise; /* without openat2: one component at a time */
};

static int open_resolved(int at, const char *path, int flags, bool cross_mounts)
{
    struct open_how how = { .flags = (unsigned)flags | O_CLOEXEC | O_NOFOLLOW };
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    if (!cross_mounts)
        how.resolve |= RESOLVE_NO_XDEV;
    int fd = -1;
    for (unsigned i = 0; i < TRIES; i++) {
        fd = (int)syscall(SYS_openat2, at, path, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return fd;
}

static int open_piece(int at, const char *path, int flags, const struct way *way)
{
    return io_count_opened(way->stepwise ? openat(at, path, flags | O_NOFOLLOW | O_CLOEXEC)
                                         : open_resolved(at, path, flags, way->cross_mounts));
}

/* Who is neither owner nor root may not ask for O_NOATIME. */
static int open_last(int at, const char *path, const struct way *way, int *noatime)
{
    *noatime = 1;
    int fd = open_piece(at, path, LISTED | O_NOATIME, way);
    if (fd < 0 && errno == EPERM) {
        *noatime = 0;
        fd = open_piece(at, path, LISTED, way);
    }
    return fd;
}

/* How much of the path one call takes: whole components, as many as the kernel accepts at a time. */
static size_t piece_length(const char *path, size_t len, bool stepwise)
{
    const char *slash = memchr(path, '/', len);
    if (slash == NULL || (!stepwise && len < PATH_MAX))
        return len;
    if (!stepwise)
        slash = memrchr(path, '/', PATH_MAX - 1);
    return (size_t)(slash - path);
}

/* Down to the last piece; -1 and errno. */
static int open_down(int root, const char *path, const struct way *way, int *noatime)
{
    HZ_CLEANUP(io_close) int at = -1;
    char piece[PATH_MAX];
    for (size_t left = strlen(path);;) {
        size_t len = piece_length(path, left, way->stepwise);
        memcpy(piece, path, len);
        piece[len] = '\0';
        int from = at < 0 ? root : at;
        if (len == left)
            return open_last(from, len == 0 ? "." : piece, way, noatime);
        int next = open_piece(from, piece, O_PATH | O_DIRECTORY, way);
        if (next < 0)
            return -1;
        io_close(&at);
        at = next;
        path += len + 1;
        left -= len + 1;
    }
}

int io_scan_open(int root, const char *path, bool cross_mounts, int *fd, int *noatime, struct hz_error *err)
{
    struct way way = { .cross_mounts = cross_mounts };
    bool at_once = strnlen(path, PATH_MAX) < PATH_MAX;
    int opened =
        at_once ? open_last(root, path[0] == '\0' ? "." : path, &way, noatime) : open_down(root, path, &way, noatime);
    if (opened < 0 && errno == ENOSYS) {
        way.stepwise = true;
        opened = open_down(root, path, &way, noatime);
    }
    if (opened < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), path);
    *fd = opened;
    return HZ_OK;
}

int io_scan_entries(int fd, void *out, size_t room, size_t *got, struct hz_error *err)
{
    ssize_t n = getdents64(fd, out, room);
    if (n < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, "%s", _("cannot list the directory"));
    *got = (size_t)n;
    return HZ_OK;
}

int io_scan_statx(int directory, const char *name, struct statx *out, struct hz_error *err)
{
    const unsigned mask = STATX_BASIC_STATS | STATX_BTIME;
    if (statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, mask, out) != 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot examine %s"), name);
    return HZ_OK;
}

int io_scan_attribute(int directory, const char *name, const char *attribute, void *out, size_t room, size_t *len,
                      struct hz_error *err)
{
    char path[sizeof "/proc/self/fd/2147483647/" + NAME_MAX];
    int written = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, name);
    if (written < 0 || (size_t)written >= sizeof path)
        return hz_error_sys(err, HZ_E_LIMIT, ENAMETOOLONG, _("cannot examine %s"), name);
    ssize_t n = lgetxattr(path, attribute, out, room);
    if (n < 0 && errno != ENODATA && errno != EOPNOTSUPP)
        return hz_error_sys(err, errno == ERANGE ? HZ_E_LIMIT : hz_error_class(errno), errno, _("cannot examine %s"),
                            name);
    *len = n < 0 ? 0 : (size_t)n;
    return HZ_OK;
}

int io_scan_link(int directory, const char *name, char *out, size_t room, size_t *len, struct hz_error *err)
{
    ssize_t n = readlinkat(directory, name, out, room);
    if (n < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, "%s", _("cannot read the symbolic link"));
    if ((size_t)n == room)
        return hz_error_set(err, HZ_E_LIMIT, _("the symbolic link's target is longer than %zu bytes"), room - 1);
    *len = (size_t)n;
    return HZ_OK;
}

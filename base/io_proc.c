#include "base/io_proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io_count.h"
#include "base/io_open.h"
#include "base/lang.h"

#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define STEP ((size_t)4096)
#define LISTING ((size_t)32 << 10)

int io_proc_directory(int directory, const char *path, int *fd, struct hz_error *err)
{
    int opened = io_count_opened(openat(directory, path, READ_FLAGS | O_DIRECTORY | O_NOFOLLOW));
    if (opened < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), path);
    *fd = opened;
    return HZ_OK;
}

/* A pipe or device in its place was opened without waiting and is left alone. */
static int check_type(int fd, const char *path, struct hz_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot examine %s"), path);
    if (!S_ISREG(st.st_mode)) {
        hz_error_set(err, HZ_E_UNSUPPORTED, _("%s is not a regular file"), path);
        err->sys_errno = EINVAL;
        return HZ_E_UNSUPPORTED;
    }
    return HZ_OK;
}

static int read_all(int fd, const char *path, size_t max, struct buf *out, bool *more, struct hz_error *err)
{
    size_t got = 0;
    ssize_t n = 1;
    bool beyond = false;
    while (n > 0 && !beyond) {
        unsigned char bytes[STEP];
        n = read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) {
            n = 1;
            continue;
        }
        if (n < 0)
            return hz_error_sys(err, hz_error_class(errno), errno, _("cannot read %s"), path);
        size_t taken = (size_t)n < max - got ? (size_t)n : max - got;
        if (buf_put(out, bytes, taken) != HZ_OK)
            return buf_check(out, err);
        got += taken;
        beyond = taken < (size_t)n;
    }
    if (more != NULL)
        *more = beyond;
    return HZ_OK;
}

int io_proc_read(int directory, const char *path, size_t max, struct buf *out, bool *more, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = io_count_opened(openat(directory, path, READ_FLAGS | O_NOFOLLOW));
    if (fd < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), path);
    int rc = check_type(fd, path, err);
    return rc == HZ_OK ? read_all(fd, path, max, out, more, err) : rc;
}

int io_proc_link(int directory, const char *path, struct buf *out, struct hz_error *err)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(directory, path, target, sizeof target);
    if (n < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot read the link %s"), path);
    return buf_put(out, target, (size_t)n) == HZ_OK ? HZ_OK : buf_check(out, err);
}

int io_proc_follow(int directory, const char *path, int *fd, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int opened = io_count_opened(openat(directory, path, READ_FLAGS | O_NOATIME));
    if (opened < 0 && errno == EPERM)
        opened = io_count_opened(openat(directory, path, READ_FLAGS));
    if (opened < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), path);
    int rc = check_type(opened, path, err);
    if (rc == HZ_OK) {
        *fd = opened;
        opened = -1;
    }
    return rc;
}

int io_proc_file(int proc, const char *path, int *fd, int *noatime, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int looked = io_count_opened(openat(proc, path, O_PATH | O_CLOEXEC));
    char link[32];
    int kept = 1;
    if (looked < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), path);
    int rc = check_type(looked, path, err);
    if (rc != HZ_OK)
        return rc;
    snprintf(link, sizeof link, "self/fd/%d", looked);
    int opened = io_count_opened(openat(proc, link, READ_FLAGS | O_NOATIME));
    if (opened < 0 && errno == EPERM) {
        kept = 0;
        opened = io_count_opened(openat(proc, link, READ_FLAGS));
    }
    if (opened < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), path);
    *fd = opened;
    *noatime = kept;
    return HZ_OK;
}

int io_proc_statx(int directory, const char *path, struct statx *out, struct hz_error *err)
{
    if (statx(directory, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, out) != 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot examine %s"), path);
    return HZ_OK;
}

int io_proc_entries(const unsigned char *bytes, size_t len, io_proc_each *each, void *context, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && at < len;) {
        const struct dirent64 *entry = (const void *)(bytes + at);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = each(context, entry->d_name, entry->d_type, err);
        at += entry->d_reclen;
    }
    return rc;
}

int io_proc_list(int directory, const char *path, io_proc_each *each, void *context, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    alignas(struct dirent64) unsigned char bytes[LISTING];
    int rc = io_proc_directory(directory, path, &fd, err);
    ssize_t n = 1;
    while (rc == HZ_OK && n > 0) {
        n = getdents64(fd, bytes, sizeof bytes);
        if (n < 0)
            return hz_error_sys(err, hz_error_class(errno), errno, _("cannot list %s"), path);
        rc = io_proc_entries(bytes, (size_t)n, each, context, err);
    }
    return rc;
}

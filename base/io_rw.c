#include "base/io_rw.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/io_count.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "base/num.h"

#define CHUNK ((size_t)1 << 16)
#define ONE_CALL ((size_t)1 << 30) /* Linux moves at most 2 GiB - 4096 per call */

int io_read(int fd, void *bytes, size_t len, size_t *got, struct hz_error *err)
{
    unsigned char *p = bytes;
    size_t have = 0;
    while (have < len) {
        ssize_t n = read(fd, p + have, len - have < ONE_CALL ? len - have : ONE_CALL);
        if (n == 0)
            break;
        if (n > 0)
            have += (size_t)n;
        else if (errno != EINTR)
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot read"));
    }
    *got = have;
    return HZ_OK;
}

int io_read_some(int fd, void *bytes, size_t len, size_t *got, struct hz_error *err)
{
    for (;;) {
        ssize_t n = read(fd, bytes, len < ONE_CALL ? len : ONE_CALL);
        if (n >= 0) {
            *got = (size_t)n;
            return HZ_OK;
        }
        if (errno != EINTR)
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot read"));
    }
}

int io_read_at(int fd, uint64_t offset, void *bytes, size_t len, size_t *got, struct hz_error *err)
{
    unsigned char *p = bytes;
    size_t have = 0;
    if (offset > INT64_MAX || len > INT64_MAX - offset)
        return hz_error_set(err, HZ_E_LIMIT, _("cannot read beyond the largest file offset"));
    while (have < len) {
        ssize_t n = pread(fd, p + have, len - have < ONE_CALL ? len - have : ONE_CALL, (off_t)(offset + have));
        if (n == 0)
            break;
        if (n > 0)
            have += (size_t)n;
        else if (errno != EINTR)
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot read"));
    }
    *got = have;
    return HZ_OK;
}

bool io_read_cached(int fd, uint64_t offset, void *bytes, size_t len, size_t *got)
{
    const struct iovec to = { .iov_base = bytes, .iov_len = len };
    ssize_t n = preadv2(fd, &to, 1, (off_t)offset, RWF_NOWAIT);
    *got = n > 0 ? (size_t)n : 0;
    return n >= 0 || errno == EAGAIN || errno == EINTR;
}

void io_read_ahead(int fd, size_t len)
{
    (void)posix_fadvise(fd, 0, (off_t)len, POSIX_FADV_WILLNEED);
}

/* A non-blocking standard output (another process may have made it so) is waited for, not failed on. */
static int await_room(int fd, struct hz_error *err)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    if (poll(&p, 1, -1) < 0 && errno != EINTR)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot write"));
    return HZ_OK;
}

bool io_write_ready(int fd, int milliseconds)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    int ready = poll(&p, 1, milliseconds);
    return ready > 0 || (ready < 0 && errno != EINTR);
}

int io_write(int fd, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    while (len > 0) {
        ssize_t n = write(fd, p, len < ONE_CALL ? len : ONE_CALL);
        io_count_written(n);
        if (n >= 0) {
            p += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            if (await_room(fd, err) != HZ_OK)
                return HZ_E_IO;
        } else if (errno != EINTR) {
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot write"));
        }
    }
    return HZ_OK;
}

int io_write_at(int fd, uint64_t offset, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    if (offset > INT64_MAX || len > INT64_MAX - offset)
        return hz_error_set(err, HZ_E_LIMIT, _("cannot write beyond the largest file offset"));
    while (len > 0) {
        ssize_t n = pwrite(fd, p, len < ONE_CALL ? len : ONE_CALL, (off_t)offset);
        io_count_written(n);
        if (n >= 0) {
            p += n;
            offset += (uint64_t)n;
            len -= (size_t)n;
        } else if (errno != EINTR) {
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot write"));
        }
    }
    return HZ_OK;
}

bool io_write_back(int fd, uint64_t offset, uint64_t len)
{
    return offset <= INT64_MAX && len <= INT64_MAX &&
           sync_file_range(fd, (off_t)offset, (off_t)len, SYNC_FILE_RANGE_WRITE) == 0;
}

int io_read_all(int fd, struct buf *out, struct hz_error *err)
{
    unsigned char chunk[CHUNK];
    for (;;) {
        size_t got;
        int rc = io_read(fd, chunk, sizeof chunk, &got, err);
        if (rc != HZ_OK)
            return rc;
        if (got == 0)
            return HZ_OK;
        if (buf_put(out, chunk, got) != HZ_OK)
            return buf_check(out, err);
    }
}

int io_read_file(const char *path, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = io_open_input(path, &fd, err);
    if (rc != HZ_OK)
        return rc;
    rc = io_read_all(fd, out, err);
    return rc == HZ_OK ? HZ_OK : hz_error_context(err, "%s", path);
}

int io_rewind(int fd, struct hz_error *err)
{
    if (lseek(fd, 0, SEEK_SET) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot go back to the start"));
    return HZ_OK;
}

int io_tell(int fd, uint64_t *offset, struct hz_error *err)
{
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (at < 0)
        return hz_error_sys(err, HZ_E_UNSUPPORTED, errno, "%s", _("cannot tell the place in the file"));
    *offset = (uint64_t)at;
    return HZ_OK;
}

int io_seek(int fd, uint64_t offset, struct hz_error *err)
{
    if (offset > INT64_MAX || lseek(fd, (off_t)offset, SEEK_SET) < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot move in the file"));
    return HZ_OK;
}

int io_next_data(int fd, uint64_t offset, uint64_t *at, struct hz_error *err)
{
    off_t found = offset > INT64_MAX ? -1 : lseek(fd, (off_t)offset, SEEK_DATA);
    if (found < 0 && (offset > INT64_MAX || errno == ENXIO))
        return hz_error_set(err, HZ_E_NOTFOUND, _("there is nothing more in the file"));
    if (found < 0 && errno != EINVAL)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot tell the position in the file"));
    *at = found < 0 ? offset : (uint64_t)found;
    return HZ_OK;
}

int io_free_space(int fd, uint64_t *out, struct hz_error *err)
{
    struct statvfs fs;
    if (fstatvfs(fd, &fs) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot examine"));
    if (fs.f_blocks == 0 || !num_mul_u64(fs.f_bavail, fs.f_frsize, out))
        *out = UINT64_MAX;
    return HZ_OK;
}

int io_sync_all(int fd, struct hz_error *err)
{
    if (syncfs(fd) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot bring the data onto the medium"));
    return HZ_OK;
}

int io_sync(int fd, struct hz_error *err)
{
    if (fsync(fd) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot bring the data onto the medium"));
    return HZ_OK;
}

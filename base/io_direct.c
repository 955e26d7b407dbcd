#include "base/io_direct.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/io_count.h"
#include "base/io_rw.h"
#include "base/lang.h"

static bool is_known(int fd)
{
    struct stat st;
    struct statfs fs;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fstatfs(fd, &fs) == 0 &&
           (fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == XFS_SUPER_MAGIC);
}

bool io_direct_begin(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && is_known(fd) && fcntl(fd, F_SETFL, flags | O_DIRECT) == 0;
}

void io_direct_end(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        (void)fcntl(fd, F_SETFL, flags & ~O_DIRECT);
}

int io_direct_write(int fd, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        io_count_written(n);
        if (n >= 0) {
            p += n;
            len -= (size_t)n;
        } else if (errno == EINVAL) {
            io_direct_end(fd); /* a part was written, as by a full medium, and the rest is not aligned any more */
            return io_write(fd, p, len, err);
        } else if (errno != EINTR) {
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot write"));
        }
    }
    return HZ_OK;
}

int io_direct_read_at(int fd, uint64_t offset, void *bytes, size_t len, size_t *got, struct hz_error *err)
{
    unsigned char *p = bytes;
    size_t have = 0, rest = 0;
    int rc = HZ_OK;
    while (have < len && have % IO_DIRECT_ALIGN == 0) {
        ssize_t n = pread(fd, p + have, len - have, (off_t)(offset + have));
        if (n == 0)
            break;
        if (n > 0)
            have += (size_t)n;
        else if (errno == EINVAL)
            break;
        else if (errno != EINTR)
            return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot read"));
    }
    if (have < len) { /* the end, as a rule: the cache is asked once more */
        io_direct_end(fd);
        rc = io_read_at(fd, offset + have, p + have, len - have, &rest, err);
    }
    if (rc == HZ_OK)
        *got = have + rest;
    return rc;
}

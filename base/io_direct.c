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

#include "base/io_kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io_count.h"
#include "base/io_open.h"
#include "base/lang.h"

#define KMSG_DEVICE makedev(1, 11)

/* Looked at before it is opened: another device in its place could act when opened. */
int io_kmsg_open(int root, int *fd, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int dev = io_count_opened(openat(root, "dev", O_PATH | O_DIRECTORY | O_CLOEXEC));
    HZ_CLEANUP(io_close) int looked = -1;
    struct stat st;
    char path[64];
    if (dev >= 0)
        looked = io_count_opened(openat(dev, "kmsg", O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (looked < 0 || fstat(looked, &st) != 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), "/dev/kmsg");
    if (!S_ISCHR(st.st_mode) || st.st_rdev != KMSG_DEVICE)
        return hz_error_sys(err, HZ_E_UNSUPPORTED, ENODEV, _("cannot open %s"), "/dev/kmsg");
    snprintf(path, sizeof path, "/proc/self/fd/%d", looked);
    int opened = io_count_opened(openat(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (opened < 0)
        return hz_error_sys(err, hz_error_class(errno), errno, _("cannot open %s"), "/dev/kmsg");
    *fd = opened;
    return HZ_OK;
}

int io_kmsg_next(int fd, char *out, size_t room, size_t *len, bool *lost, struct hz_error *err)
{
    ssize_t n;
    do {
        n = read(fd, out, room);
    } while (n < 0 && errno == EINTR);
    *lost = n < 0 && errno == EPIPE;
    *len = n > 0 ? (size_t)n : 0;
    if (n >= 0 || errno == EAGAIN || errno == EPIPE)
        return HZ_OK;
    return hz_error_sys(err, hz_error_class(errno), errno, _("cannot read %s"), "/dev/kmsg");
}

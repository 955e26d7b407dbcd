#include "base/io_unix.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/lang.h"

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int late(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_TIMEOUT, "%s", _("no answer within the time limit"));
}

int io_unix_connect(const char *path, unsigned seconds, struct io_unix *out, struct hz_error *err)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const struct timeval limit = { .tv_sec = (time_t)seconds };
    HZ_CLEANUP(io_close) int fd = -1;
    if (strlen(path) >= sizeof address.sun_path)
        return hz_error_set(err, HZ_E_LIMIT, _("%s: too long for the name of a socket"), path);
    memcpy(address.sun_path, path, strlen(path));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", path);
    const int64_t deadline = now_ms() + (int64_t)seconds * 1000;
    while (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        if (errno == EAGAIN) /* nobody took the call before the limit */
            return late(err);
        if (errno != EINTR)
            return hz_error_sys(err, hz_error_class(errno), errno, "%s", path);
        if (now_ms() >= deadline)
            return late(err);
    }
    *out = (struct io_unix) { .fd = fd, .deadline_ms = deadline };
    fd = -1;
    return HZ_OK;
}

static int await(const struct io_unix *u, short what, struct hz_error *err)
{
    struct pollfd p = { .fd = u->fd, .events = what };
    const int64_t left = u->deadline_ms - now_ms();
    if (left <= 0)
        return late(err);
    if (poll(&p, 1, left > 1000000 ? 1000000 : (int)left) < 0 && errno != EINTR)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot wait for an answer"));
    return HZ_OK;
}

int io_unix_send(const struct io_unix *u, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    int rc = HZ_OK;
    while (len > 0 && rc == HZ_OK) {
        const ssize_t n = send(u->fd, p, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0) {
            p += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN || errno == EINTR) {
            rc = await(u, POLLOUT, err);
        } else {
            rc = hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot send a request"));
        }
    }
    return rc;
}

int io_unix_receive(const struct io_unix *u, void *bytes, size_t len, struct hz_error *err)
{
    unsigned char *p = bytes;
    int rc = HZ_OK;
    while (len > 0 && rc == HZ_OK) {
        const ssize_t n = recv(u->fd, p, len, MSG_DONTWAIT);
        if (n > 0) {
            p += n;
            len -= (size_t)n;
        } else if (n == 0) {
            rc = hz_error_set(err, HZ_E_IO, "%s", _("the conversation was closed in the middle"));
        } else if (errno == EAGAIN || errno == EINTR) {
            rc = await(u, POLLIN, err);
        } else {
            rc = hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot receive an answer"));
        }
    }
    return rc;
}

void io_unix_close(struct io_unix *u)
{
    io_close(&u->fd);
}

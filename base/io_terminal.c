#include "base/io_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "base/lang.h"

int io_open_terminal(int *fd, struct hz_error *err)
{
    int opened = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (opened < 0)
        return hz_error_sys(err, HZ_E_UNSUPPORTED, errno, _("there is no terminal to ask on"));
    *fd = opened;
    return HZ_OK;
}

unsigned io_terminal_columns(int fd)
{
    struct winsize size = { 0 };

    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

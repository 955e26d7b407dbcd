/* The process's own terminal, for questions that must reach a human whatever stdin and stdout are. */
#ifndef HZ_BASE_IO_TERMINAL_H
#define HZ_BASE_IO_TERMINAL_H

#include "base/error.h"

/* /dev/tty, read and write, O_CLOEXEC. HZ_E_UNSUPPORTED where the process has none (tty(4)). *fd is the caller's. */
int io_open_terminal(int *fd, struct hz_error *err);

#endif

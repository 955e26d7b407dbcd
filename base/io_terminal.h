/* The process's own terminal, for questions that must reach a human whatever stdin and stdout are; and how wide one is.
 */
#ifndef HZ_BASE_IO_TERMINAL_H
#define HZ_BASE_IO_TERMINAL_H

#include "base/error.h"

/* /dev/tty, read and write, O_CLOEXEC. HZ_E_UNSUPPORTED where the process has none (tty(4)). *fd is the caller's. */
int io_open_terminal(int *fd, struct hz_error *err);
/* Columns of the terminal that fd is; 0: it is none, or does not say. */
unsigned io_terminal_columns(int fd);

#endif

/* Talking to a service of this host through a socket that has a name in the file system (unix(7)), within one time
 * limit for the whole conversation. Nothing beyond this host is ever reached. */
#ifndef HZ_BASE_IO_UNIX_H
#define HZ_BASE_IO_UNIX_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct io_unix {
    int fd;
    int64_t deadline_ms; /* CLOCK_MONOTONIC */
};

#define IO_UNIX_CLOSED                                                                                                 \
    {                                                                                                                  \
        .fd = -1                                                                                                       \
    }

/* HZ_E_LIMIT for a path that no socket can have, HZ_E_TIMEOUT, or the class of what connect says. */
int io_unix_connect(const char *path, unsigned seconds, struct io_unix *out, struct hz_error *err);
/* All of the bytes, or HZ_E_TIMEOUT, or HZ_E_IO (also when the other side closed the conversation). */
int io_unix_send(const struct io_unix *u, const void *bytes, size_t len, struct hz_error *err);
int io_unix_receive(const struct io_unix *u, void *bytes, size_t len, struct hz_error *err);
void io_unix_close(struct io_unix *u); /* legal on a closed one */

#endif

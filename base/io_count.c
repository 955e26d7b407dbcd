#include "base/io_count.h"

#include <stdatomic.h>

static _Atomic uint64_t opened, created, written;

static void add(_Atomic uint64_t *to, uint64_t n)
{
    atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

struct io_count io_count_now(void)
{
    return (struct io_count) { .opened = atomic_load(&opened),
                               .created = atomic_load(&created),
                               .written = atomic_load(&written) };
}

int io_count_opened(int fd)
{
    if (fd >= 0)
        add(&opened, 1);
    return fd;
}

int io_count_created(int fd)
{
    if (fd >= 0)
        add(&created, 1);
    return fd;
}

void io_count_written(ssize_t bytes)
{
    if (bytes > 0)
        add(&written, (uint64_t)bytes);
}

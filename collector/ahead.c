#include "collector/ahead.h"

#include "base/io_rw.h"

#define MISS 64          /* a file that is not there weighs as much as so many that are */
#define PAYS (16 * MISS) /* beginning with this */
#define MOST (64 << 10)  /* files that were asked for are there: it takes so many to forget that others were not */

/* Threads may overwrite each other's steps: what is counted is a tendency. */
static void count(struct ahead *a, bool there)
{
    int before = atomic_load_explicit(&a->missed, memory_order_relaxed);
    int after = there ? before - (before > 0) : before < MOST ? before + MISS : before;
    if (after != before)
        atomic_store_explicit(&a->missed, after, memory_order_relaxed);
}

size_t ahead_take(struct ahead *a, struct watch *watch, int fd, void *bytes, size_t len)
{
    size_t got = 0;
    if (atomic_load_explicit(&a->unknown, memory_order_relaxed))
        return 0;
    watch_enter(watch);
    bool known = io_read_cached(fd, 0, bytes, len, &got);
    watch_leave(watch);
    if (known)
        count(a, got == len);
    else
        atomic_store_explicit(&a->unknown, true, memory_order_relaxed);
    return got;
}

bool ahead_pays(const struct ahead *a)
{
    return atomic_load_explicit(&a->missed, memory_order_relaxed) >= PAYS;
}

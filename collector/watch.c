#include "collector/watch.h"

#include <string.h>
#include <unistd.h>

#define GIVEN_UP (UINT64_MAX - 1)
#define COUNTED UINT64_MAX /* given up, and its device knows */

void watch_init(struct watch *w, struct watch_devices *devices)
{
    memset(w, 0, sizeof *w);
    w->devices = devices;
}

static uint64_t number_of(const struct statx *st)
{
    return ((uint64_t)st->stx_dev_major << 32 | st->stx_dev_minor) + 1;
}

void watch_about(struct watch *w, struct w_bytes what, const struct statx *st)
{
    if (w == NULL)
        return;
    w->what = what;
    w->device = number_of(st);
}

void watch_enter(struct watch *w)
{
    if (w != NULL)
        atomic_store_explicit(&w->state, ++w->call, memory_order_release); /* what is there to be read by then */
}

void watch_leave(struct watch *w)
{
    if (w == NULL)
        return;
    uint64_t mine = w->call++;
    if (atomic_compare_exchange_strong_explicit(&w->state, &mine, w->call, memory_order_release, memory_order_acquire))
        return;
    while (atomic_load(&w->state) != COUNTED)
        usleep(1000);
    if (w->counted != NULL)
        atomic_fetch_sub(&w->counted->unanswered, 1);
    if (w->late != NULL)
        w->late(w->late_context);
    for (;;)
        pause();
}

static struct watch_device *find_device(struct watch_devices *d, uint64_t number, bool add)
{
    for (size_t i = 0; i < WATCH_DEVICES; i++) {
        uint64_t known = atomic_load(&d->devices[i].number);
        if (known == 0 && add) {
            atomic_store(&d->devices[i].number, number);
            known = number;
        }
        if (known == number || known == 0)
            return known == 0 ? NULL : &d->devices[i];
    }
    return NULL;
}

bool watch_gives_up(struct watch *w, int64_t now_ns, int64_t limit_ns)
{
    uint64_t state = atomic_load_explicit(&w->state, memory_order_acquire);
    if (state == COUNTED)
        return false;
    if (state != w->seen) {
        w->seen = state;
        w->since = now_ns;
    }
    if ((state & 1) == 0 || now_ns - w->since < limit_ns ||
        !atomic_compare_exchange_strong(&w->state, &state, GIVEN_UP))
        return false;
    w->counted = find_device(w->devices, w->device, true);
    if (w->counted != NULL)
        atomic_fetch_add(&w->counted->unanswered, 1);
    atomic_store(&w->state, COUNTED);
    return true;
}

bool watch_silent(struct watch_devices *devices, const struct statx *st)
{
    if (atomic_load_explicit(&devices->devices[0].number, memory_order_relaxed) == 0)
        return false;
    const struct watch_device *d = find_device(devices, number_of(st), false);
    return d != NULL && atomic_load(&d->unanswered) >= WATCH_SILENT;
}

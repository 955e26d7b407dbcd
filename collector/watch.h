/* Calls on evidence that may never return: a file system that another program or host serves answers when it likes. A
 * thread says when it enters and leaves such a call; the main thread gives up one that stays too long. A thread that
 * was given up never comes out of watch_leave: what it holds is left to it for good, but for what `late` gives back. */
#ifndef HZ_COLLECTOR_WATCH_H
#define HZ_COLLECTOR_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "formats/write/record.h"

#define WATCH_DEVICES 16
/* From so many unanswered calls on, nothing else is asked of a device, until one of them returns. One alone may be a
 * bad place of a disk. */
#define WATCH_SILENT 2

struct watch_device {
    _Atomic uint64_t number; /* major << 32 | minor, + 1; 0: not in use */
    atomic_uint unanswered;
};

struct watch_devices { /* zeroed at first; must outlive every thread */
    struct watch_device devices[WATCH_DEVICES];
};

struct watch {              /* of one thread; must outlive it */
    _Atomic uint64_t state; /* even: not in a call; odd: in one; each call has its number */
    uint64_t call;          /* the same, of the thread alone */
    struct w_bytes what;    /* raw path, for whoever gives it up */
    uint64_t device;
    struct watch_devices *devices; /* not owned */
    struct watch_device *counted;  /* where this one counts as unanswered */
    uint64_t seen;                 /* these two: of the main thread alone */
    int64_t since;
    void (*late)(void *context); /* NULL, or for a thread that was given up, when its call returns after all */
    void *late_context;
};

void watch_init(struct watch *w, struct watch_devices *devices);
/* What the next calls are about; the bytes stay as they are until the next watch_about. st: of the thing, or of the
 * directory that it is in. Legal, like the next two, with w NULL: nobody watches. */
void watch_about(struct watch *w, struct w_bytes what, const struct statx *st);
void watch_enter(struct watch *w);
void watch_leave(struct watch *w);

/* Main thread. true: the call has lasted for limit_ns and its thread is given up, now. now_ns: any steady clock. */
bool watch_gives_up(struct watch *w, int64_t now_ns, int64_t limit_ns);
/* Does it leave calls unanswered? Any thread. */
bool watch_silent(struct watch_devices *devices, const struct statx *st);

#endif

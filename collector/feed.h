/* From the walk into slots: each thing visited becomes an item, in order. On the walker's thread. */
#ifndef HZ_COLLECTOR_FEED_H
#define HZ_COLLECTOR_FEED_H

#include "base/error.h"
#include "collector/ahead.h"
#include "collector/budget.h"
#include "collector/own.h"
#include "collector/profiles/quota.h"
#include "collector/ring.h"
#include "collector/stop.h"
#include "collector/walk.h"

struct feed { /* set up by pipeline.c; nothing but slot is owned */
    struct ring *ring;
    struct slot *slot; /* at work; NULL: none */
    size_t items_max;  /* in a slot: each may hold a descriptor */
    const char *source, *item;
    const struct own *own;
    struct budget *budget;
    struct quota *quota;
    struct stop *stop;
    struct watch *watch; /* of the thread at work */
    struct watch_devices *devices;
    const struct ahead *ahead; /* NULL: nothing is read before its time */
    enum w_compress compress;
    bool sha512;
};

/* The visitor that puts into slots; valid as long as f. */
struct walk_visitor feed_visitor(struct feed *f);
/* One regular file under the given member path. item->fd becomes -1 where it was kept. */
int feed_file(struct feed *f, struct walk_item *item, const char *path, size_t path_len, bool named,
              struct hz_error *err);
int feed_absence(struct feed *f, const struct walk_absence *absence, struct hz_error *err);
/* Queues the slot at work. */
void feed_flush(struct feed *f);

#endif

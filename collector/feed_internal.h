/* Shared by feed.c and feed_big.c only. */
#ifndef HZ_COLLECTOR_FEED_INTERNAL_H
#define HZ_COLLECTOR_FEED_INTERNAL_H

#include "collector/feed.h"

/* One more item, with room for so many bytes of the tar, in a slot at work. */
int feed_add(struct feed *f, enum slot_kind kind, struct w_bytes origin, const char *path, size_t path_len,
             size_t bytes, struct slot_item **out, struct hz_error *err);
int feed_leave_out(struct feed *f, const struct walk_item *item, enum w_absent_status status, const char *reason,
                   struct hz_error *err);
/* Where so many bytes do not fit as things stand: waits until it is known how much room there is. */
int feed_settle(struct feed *f, uint64_t size, size_t path_len, struct hz_error *err);
/* A file that is larger than a slot. */
int feed_big(struct feed *f, struct walk_item *from, const char *path, size_t path_len, bool named,
             struct hz_error *err);

#endif

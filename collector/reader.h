/* Readers: threads that take what stands in a slot: bytes behind their tar headers, digests, attributes, rows; and that
 * help the stream to pack and write. */
#ifndef HZ_COLLECTOR_READER_H
#define HZ_COLLECTOR_READER_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/ahead.h"
#include "collector/budget.h"
#include "collector/meta.h"
#include "collector/pace.h"
#include "collector/ring.h"
#include "collector/stop.h"
#include "collector/watch.h"
#include "formats/write/digest.h"
#include "formats/write/digests.h"
#include "formats/write/random.h"
#include "formats/write/stream.h"

struct reader_config { /* what all readers of a collection share; nothing is owned */
    struct ring *ring;
    struct watch_devices *devices;
    struct stop *stop;
    struct pace *pace;
    struct ahead *ahead;
    struct budget *budget;
    struct w_stream *stream; /* that they help */
    enum w_compress compress;
    const char *item; /* the bundle's name */
    uint64_t mtime;   /* of all headers */
    bool sha512;
};

struct reader { /* one thread and what it works with */
    const struct reader_config *config;
    struct detached *thread;
    struct watch watch;
    atomic_bool done;
    struct slot *slot;     /* at work; for whoever gives the thread up */
    struct w_frame *frame; /* to pack with */
    struct w_digest *digest;
    struct w_digests *many;
    struct w_digests_job jobs[SLOT_ITEMS];
    struct w_random random;
    struct meta meta;
    struct buf name, head;
};

/* needed: as for detached_start. */
int reader_start(struct reader **out, const struct reader_config *config, bool needed, struct hz_error *err);
/* After ring_abort; waits for the thread. Not for one that was given up: that keeps all it has. NULL is legal. */
void reader_join(struct reader *r);

/* Takes the items from s->read on, as far as SLOT_LINES and SLOT_ALONE allow. Fails only for our own shortage. */
int reader_take(struct reader *r, struct slot *s, struct hz_error *err);

/* Shared by reader*.c. Each sets the item's outcome. */
int reader_file(struct reader *r, struct slot *s, struct slot_item *item, struct hz_error *err);
int reader_chunk(struct reader *r, struct slot *s, struct slot_item *item, struct hz_error *err);
int reader_object(struct reader *r, struct slot *s, struct slot_item *item, struct hz_error *err);
/* Do the attributes in r->meta fit, too? If not, the item is absent for that. */
bool reader_has_room(struct reader *r, struct slot_item *item);
/* Absent, for what the errno says. HZ_OK, or the error itself when it is our own shortage. */
int reader_missing(struct slot_item *item, const struct hz_error *why, struct hz_error *err);
void reader_unanswered(struct slot_item *item);
/* The tar header, where the slot's bytes end; *len of it. */
int reader_header(struct reader *r, struct slot *s, const struct slot_item *item, uint64_t size, size_t *len,
                  struct hz_error *err);
/* Copies what meta_read found into the item. */
int reader_keep(struct reader *r, struct slot *s, struct slot_item *item, struct hz_error *err);
enum w_file_status reader_judge(struct reader *r, int fd, const struct statx *before);
/* What the items from s->settled to s->read still lack: digests, in their rows too, and leaves. */
int reader_settle(struct reader *r, struct slot *s, struct hz_error *err);
/* The row of a file, from the item's digests and status. real_sha256: of the bytes that were there, NULL when all. */
struct reader_row {
    const struct w_stat *stat;
    uint64_t real_size;
    const char *real_sha256;
};
int reader_line(struct reader *r, struct slot *s, struct slot_item *item, const struct reader_row *row,
                struct hz_error *err);

#endif

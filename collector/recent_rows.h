/* What was found to be listed, or to be absent: rows put in as they come, taken out in the order of the bundle, as
 * often as asked for. Memory holds some of them, an unlinked spool the rest. */
#ifndef HZ_COLLECTOR_RECENT_ROWS_H
#define HZ_COLLECTOR_RECENT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/walk.h"
#include "formats/write/record.h"

struct recent_row {
    bool absent;                 /* else it is to be listed */
    bool regular;                /* listed: a regular file */
    struct w_bytes origin;       /* raw absolute path */
    struct w_bytes key;          /* recent_rows_key; equal only for the same path */
    struct w_bytes kept;         /* listed: what its lister wants to know again */
    uint32_t body, json;         /* listed: how long its lines will be */
    struct walk_absence absence; /* absent; reason is not owned */
};

struct recent_run { /* rows in order, in the spool */
    uint64_t offset, len;
};

struct recent_pile {
    struct buf bytes; /* packed rows */
    struct buf index; /* where each begins there */
    bool sorted;
};

struct recent_rows {
    int directory; /* the caller's; -1: no spool */
    int spool;
    uint64_t end;
    struct recent_pile pile; /* the run at hand */
    size_t room;             /* of its bytes, before they go into the spool */
    uint64_t weight, most;   /* bytes that all rows will take in the bundle, unpacked, and may take */
    bool packed;             /* in the bundle they will be */
    struct recent_run *runs;
    size_t run_count, run_room;
};

#define RECENT_ROWS_SPOOLED ((size_t)4 << 20) /* memory for rows, with a spool; each load has as much */
#define RECENT_ROWS_KEPT ((size_t)12 << 20)   /* and without */
#define RECENT_ROWS_LEAST ((size_t)256 << 10) /* however little room there is: what was asked for by its own path */

/* directory: for the spool, stays the caller's; -1: none. */
void recent_rows_init(struct recent_rows *r, int directory);
/* Lines and records of all rows may have so many bytes, but RECENT_ROWS_LEAST. Before the first row. */
void recent_rows_bound(struct recent_rows *r, uint64_t most, bool packed);
void recent_rows_free(struct recent_rows *r); /* empty again, and legal to free again */

/* Appends the key by which rows are ordered, made from a raw absolute path: ascending by mapped components as in
 * formats/spec/bundle.md section 3, equal ones by the mapped component in its own letters. For each component the
 * lowered mapping, then, where that has other letters, RECENT_KEY_CASE and the mapping, then RECENT_KEY_NEXT: less than
 * any letter, and more than what precedes capitals, since these are less than small ones. */
#define RECENT_KEY_CASE '\x01'
#define RECENT_KEY_NEXT '\x02'
int recent_rows_key(struct buf *out, struct w_bytes origin, struct hz_error *err);
/* Appends what one more component adds to the key of its folder. */
int recent_rows_key_name(struct buf *out, const void *name, size_t len, struct hz_error *err);
#define RECENT_KEY_MAX ((size_t)1 << 20) /* of a path of W_NAME_ORIGIN_MAX bytes, each of them escaped, twice */

/* Packs a row with its key behind what out holds, for recent_rows_add. row->key.data NULL: it is made here. */
int recent_rows_pack(struct buf *out, const struct recent_row *row, struct hz_error *err);
/* One or more packed rows. HZ_E_LIMIT: the bound is reached; or memory is full, and there is no spool, or it would
 * leave too little free beside it for the bundle. What was put in before stays good. */
int recent_rows_add(struct recent_rows *r, const void *packed, size_t len, struct hz_error *err);

/* Rows on their way into the spool, apart from the others: several threads may each write one, while a lock around
 * recent_rows_put guards the rest. Written ones must be before a pass begins. */
struct recent_load {
    struct recent_pile pile;
    int spool; /* a descriptor of its own; -1: there is nothing to write */
    uint64_t offset;
};
void recent_load_init(struct recent_load *load);
void recent_load_free(struct recent_load *load);
int recent_load_write(struct recent_load *load, struct hz_error *err);
/* recent_rows_add, up to the row before which memory is full: then the load, which held nothing, is to be written, and
 * *used, of len, tells how far it came. */
int recent_rows_put(struct recent_rows *r, const void *packed, size_t len, size_t *used, struct recent_load *load,
                    struct hz_error *err);

/* One pass over all rows, ascending; rows that say the same of the same path once. Nothing may be added while
 * one is under way. */
struct recent_pass;
int recent_pass_begin(struct recent_rows *r, struct recent_pass **out, struct hz_error *err);
/* *row points into the pass and holds until the next call; NULL at the end. */
int recent_pass_next(struct recent_pass *p, const struct recent_row **row, struct hz_error *err);
void recent_pass_end(struct recent_pass **p); /* usable with HZ_CLEANUP */

#endif

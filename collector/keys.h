/* Things that were there at some time (sockets, processes), each with a key that stays the same as long as it lives: so
 * that beginning and end of a collection can be compared. */
#ifndef HZ_COLLECTOR_KEYS_H
#define HZ_COLLECTOR_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/write/record.h"

/* Of keys and texts in one set; what is beyond is not kept, and `full` says so. Two sets are in memory at the end. */
#define KEYS_BYTES ((size_t)5 << 20)

struct keys_item {
    const char *kind; /* static: "socket", "process" */
    size_t at;        /* in bytes: the key, then the text */
    size_t key_len, text_len;
};

#define KEYS_KINDS 4
#define KEYS_GAPS 64

struct keys_gap { /* keys of this kind that begin so may be missing */
    const char *kind;
    char prefix[32];
};

struct keys {               /* zeroed: empty, legal to free */
    struct keys_item *list; /* owned */
    unsigned char *bytes;   /* owned */
    size_t count, room, used, size;
    const char *kinds[KEYS_KINDS]; /* that were looked at */
    size_t kind_count;
    struct keys_gap gaps[KEYS_GAPS];
    size_t gap_count;
    bool full, sorted;
};

void keys_free(struct keys *k);
/* Things of this kind were looked at, even if none is there. */
void keys_begin(struct keys *k, const char *kind);
bool keys_begun(const struct keys *k, const char *kind);
/* Things of this kind whose keys begin with prefix (up to 31 bytes; "": any) may have been there and are not in the
 * set. */
void keys_gap(struct keys *k, const char *kind, const char *prefix);
/* text: what people read, without control characters. Copied. */
int keys_add(struct keys *k, const char *kind, struct w_bytes key, struct w_bytes text, struct hz_error *err);

struct key_change {
    const char *kind;
    bool appeared; /* else it vanished */
    struct w_bytes text;
};
/* Each thing that is in one set alone, by kind and key; sorts both. What the other set cannot deny is left out: a kind
 * that was not looked at, what lies in a gap, anything where it is full. What it returns other than HZ_OK ends it. */
typedef int keys_each(void *context, const struct key_change *change, struct hz_error *err);
int keys_compare(struct keys *before, struct keys *after, keys_each *each, void *context, struct hz_error *err);
/* Each thing of one kind, in the order of keys; sorts. */
typedef int keys_one(void *context, struct w_bytes key, struct w_bytes text, struct hz_error *err);
int keys_all(struct keys *k, const char *kind, keys_one *one, void *context, struct hz_error *err);

#endif

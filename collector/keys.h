/* Things that were there at some time (sockets, processes), each with a key that stays the same as long as it lives: so
 * that beginning and end of a collection can be compared. */
#ifndef HZ_COLLECTOR_KEYS_H
#define HZ_COLLECTOR_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/write/record.h"

#define KEYS_BYTES                                                                                                     \
    ((size_t)8 << 20) /* of keys and texts in one set; what is beyond is not kept, and `full` says so                  \
                       */

struct keys_item {
    const char *kind; /* static: "socket", "process" */
    size_t at;        /* in bytes: the key, then the text */
    size_t key_len, text_len;
};

struct keys {               /* zeroed: empty, legal to free */
    struct keys_item *list; /* owned */
    unsigned char *bytes;   /* owned */
    size_t count, room, used, size;
    bool taken; /* this set was made at all */
    bool full, sorted;
};

void keys_free(struct keys *k);
/* text: what people read, without control characters. Copied. */
int keys_add(struct keys *k, const char *kind, struct w_bytes key, struct w_bytes text, struct hz_error *err);

struct key_change {
    const char *kind;
    bool appeared; /* else it vanished */
    struct w_bytes text;
};
/* Each thing that is in one set alone, by kind and key; sorts both. What it returns other than HZ_OK ends it. */
typedef int keys_each(void *context, const struct key_change *change, struct hz_error *err);
int keys_compare(struct keys *before, struct keys *after, keys_each *each, void *context, struct hz_error *err);
/* Each thing of one kind, in the order of keys; sorts. */
typedef int keys_one(void *context, struct w_bytes key, struct w_bytes text, struct hz_error *err);
int keys_all(struct keys *k, const char *kind, keys_one *one, void *context, struct hz_error *err);

#endif

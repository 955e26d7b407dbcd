/* Bytes whose number is not known before their end: kept in memory while they are few, then in an unlinked file, or
 * packed in a store. */
#ifndef HZ_FORMATS_WRITE_SPOOL_H
#define HZ_FORMATS_WRITE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/store.h"

struct w_spool {
    int directory;          /* the caller's; unused with a store */
    struct w_store *store;  /* the caller's; NULL: files */
    int fd;                 /* owned; -1 until needed */
    uint64_t total;         /* bytes in all */
    uint64_t stored;        /* of these in the file or in blocks */
    unsigned char *waiting; /* owned; NULL until needed */
    size_t waiting_len;
    struct w_block *first, *last; /* owned */
};

void w_spool_open(struct w_spool *s, int directory, struct w_store *store);
void w_spool_close(struct w_spool *s);
/* HZ_E_LIMIT, with nothing done: the store is full. */
int w_spool_put(struct w_spool *s, const void *bytes, size_t len, struct hz_error *err);
/* Empties it; it is open again. */
int w_spool_reset(struct w_spool *s, struct hz_error *err);

struct w_spool_reader { /* nothing may be put while it reads */
    struct w_spool *spool;
    uint64_t at; /* what came out so far */
    const struct w_block *block;
    unsigned char *buffer;      /* owned */
    const unsigned char *bytes; /* of the part at work, not taken yet */
    size_t left;
};

int w_spool_reader_open(struct w_spool_reader *r, struct w_spool *s, struct hz_error *err);
void w_spool_reader_close(struct w_spool_reader *r); /* legal on a zeroed struct */
/* The next part, valid until the next call; *len is 0 at the end. */
int w_spool_next(struct w_spool_reader *r, const void **bytes, size_t *len, struct hz_error *err);
/* Exactly len bytes; HZ_E_FORMAT when there are less. */
int w_spool_take(struct w_spool_reader *r, void *to, size_t len, struct hz_error *err);
/* Appends what comes before the next `end`, which is taken too. */
int w_spool_take_until(struct w_spool_reader *r, char end, struct buf *out, struct hz_error *err);

#endif

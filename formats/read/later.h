/* Digests of small files and of lines, made by the pool's workers while the parser goes on. */
#ifndef HZ_FORMATS_READ_LATER_H
#define HZ_FORMATS_READ_LATER_H

#include "formats/read/feed.h"

#define R_LATER_BATCHES 12
#define R_LATER_ITEMS 64

struct r_later_item {
    const unsigned char *bytes;
    size_t len;
    unsigned char *sha256, *sha512; /* where they go; sha512 NULL: not wanted */
    bool leaf;                      /* of a Merkle tree: sha256 is of a zero byte and these */
};

/* Some that lie in one piece. */
struct r_later_batch {
    struct r_job job; /* first */
    struct r_later *later;
    struct r_piece *piece; /* held; NULL: the batch is free */
    struct r_later_item items[R_LATER_ITEMS];
    size_t count, bytes;
};

struct r_later {
    struct r_pool *pool;
    struct r_later_batch batches[R_LATER_BATCHES];
    struct r_later_batch *open; /* being gathered */
    unsigned running;
};

void r_later_open(struct r_later *l, struct r_pool *pool);
/* false when every batch is at work: make the digest yourself. Otherwise what item says is true after r_later_wait. */
bool r_later_add(struct r_later *l, struct r_piece *piece, const struct r_later_item *item);
/* The digest of one, here and now. */
void r_later_digest(const struct r_later_item *item);
/* What was gathered is begun. Needed before another piece is waited for. */
void r_later_flush(struct r_later *l);
/* Everything is done. */
void r_later_wait(struct r_later *l);

#endif

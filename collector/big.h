/* A file that is larger than a slot, on its way through a run of slots. Its parts are read side by side; what must go
 * in order (digest, where it ends) goes from part to part as a turn. */
#ifndef HZ_COLLECTOR_BIG_H
#define HZ_COLLECTOR_BIG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "collector/meta.h"
#include "collector/walk.h"
#include "formats/write/digest.h"

struct big {
    atomic_uint refs; /* of the items that are its chunks, and of the walker */
    int fd;           /* owned */
    bool exposed;
    struct statx before;
    uint64_t size;
    size_t head_len; /* of the tar header, in the first chunk */
    uint64_t chunks;
    /* whoever has the turn */
    uint64_t turn;           /* the chunk that may go on */
    struct w_digest *digest; /* owned */
    struct meta meta;        /* attributes, kept from the first chunk to the row */
    struct stamp acquired_at;
    bool absent; /* not one byte of it could be read: nothing was promised yet */
    struct walk_absence absence;
    atomic_bool ended; /* there is no more of it than real_size: zeros fill the rest. Others may look, to read less */
    uint64_t real_size;
    char real_sha256[W_DIGEST_HEX];
    const char *cut; /* why it ended early; NULL: it became shorter */
};

/* fd, whose size is st's, becomes its own on success. name: of the member, with the item. */
int big_new(struct big **out, int *fd, const struct statx *st, const char *name, bool sha512, struct hz_error *err);
void big_hold(struct big *b);
void big_release(struct big *b); /* the last frees; NULL is legal */
/* What chunk i has of the content. */
uint64_t big_offset(const struct big *b, uint64_t i);
size_t big_length(const struct big *b, uint64_t i);

#endif

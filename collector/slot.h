/* A slot: up to SLOT_BYTES of the tar, and the things of the walk whose bytes and rows these are, in order. The walker
 * fills in what shall be taken, a reader takes it, the main thread hands it to the bundle. */
#ifndef HZ_COLLECTOR_SLOT_H
#define HZ_COLLECTOR_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/big.h"
#include "collector/budget.h"
#include "collector/pseudo.h"
#include "collector/walk.h"
#include "formats/write/digest.h"
#include "formats/write/loan.h"
#include "formats/write/record.h"

#define SLOT_BYTES ((size_t)1 << 20)
#define SLOT_ITEMS 256
#define SLOT_TEXT ((size_t)256 << 10)   /* names of the things in a slot; one item always fits */
#define SLOT_LINES ((size_t)512 << 10)  /* rows: from then on the rest of a slot waits until these were handed over */
#define SLOT_UNKNOWN ((size_t)16 << 10) /* room for a file that does not know its size; see SLOT_ALONE */

enum slot_kind {
    SLOT_OPEN,     /* a file, opened for reading */
    SLOT_LOOKED,   /* a file, known by an O_PATH descriptor: whoever reads it opens it */
    SLOT_CHUNK,    /* a part of a file that is larger than a slot */
    SLOT_OBJECT,   /* no file: a row, and its attributes, from an O_PATH descriptor */
    SLOT_ABSENT,   /* a row that the walker made */
    SLOT_MADE,     /* a file that the tool produces */
    SLOT_DEFERRED, /* a file whose name is too long for its place */
    SLOT_SETTLE,   /* no thing: the walker waits until the budget is settled, with all that stands before it */
    SLOT_SILENT    /* reading it was given up */
};

enum slot_outcome {
    SLOT_TAKEN,   /* bytes, digests and row, or whatever the kind has, are there */
    SLOT_MISSING, /* absence says why */
    SLOT_NOTHING, /* a part of a file whose row comes with another part, or that is absent */
    SLOT_ALONE,   /* a file that does not know its size and is larger than its room: whole is in slot->whole */
};

struct slot_item {
    enum slot_kind kind;
    bool named;                  /* by a person: that it vanished is a failure */
    int fd;                      /* owned; -1 when closed */
    struct statx stat;           /* before reading */
    const struct pseudo *pseudo; /* the kernel's own file system that it lies in, or NULL */
    struct w_bytes origin;       /* in the slot's text, as is path, which ends in a NUL */
    const char *path;
    struct walk_absence absence;
    const struct tree_made *made;
    struct big *big; /* SLOT_CHUNK: a reference */
    uint64_t chunk;
    bool unanswered; /* reading the chunk was given up */
    bool refused;    /* the chunk has no room: zeros stand for it */
    bool finished;   /* nothing but closing the file is left */
    struct budget_claim claim;
    /* from here on by the reader */
    enum slot_outcome outcome;
    struct stamp acquired_at;
    size_t at, len;           /* bytes of the tar in the slot */
    size_t content_at;        /* in the slot's bytes, as at */
    size_t line_at, line_len; /* a NUL stands before the row, for its leaf */
    size_t sha256_at;         /* in lines */
    bool pending;             /* the content's digest is still to be made, and to be put there */
    unsigned char leaf[W_DIGEST_SIZE];
    char sha256[W_DIGEST_HEX], sha512[W_DIGEST_512_HEX];
    uint64_t size;
    enum w_file_status status;
    const char *cut; /* why it ends early; NULL: it does not, or it became shorter */
    bool exposed;    /* it may have got an access time */
    const char *method;
    struct w_stat row;      /* of an object, or of a file in slot->whole */
    struct w_bytes target;  /* of a symbolic link; in extra */
    struct w_xattr *xattrs; /* owned; what row.xattrs points to, values behind it */
    char *extra;            /* owned: target */
};

enum slot_state { SLOT_FREE, SLOT_FILLING, SLOT_QUEUED, SLOT_READING, SLOT_READ, SLOT_STITCHING, SLOT_LENT };

struct ring;

struct slot {
    struct w_loan loan; /* first: who has it has the slot */
    struct ring *ring;
    enum slot_state state; /* under the ring's lock, as is sequence */
    uint64_t sequence;
    const char *source;
    unsigned char *bytes; /* owned */
    size_t used;          /* by the reader */
    size_t room;          /* promised by the walker */
    char *text;           /* owned */
    size_t text_used;
    struct slot_item *items; /* owned */
    size_t count, read, settled,
        stitched; /* items; read from them, with their digests, handed over: none is ahead of the one before */
    struct buf lines, whole;
    size_t heavy; /* bytes beside lines that rows of objects hold */
    bool alone;   /* nothing else is on the way: whole may be used */
    int rc;       /* what went wrong with us, not with the evidence */
    struct hz_error error;
};

int slot_new(struct slot **out, struct ring *ring, struct hz_error *err);
void slot_free(struct slot *s); /* closes what is still open; NULL is legal */
/* Forgets all items and what they own. */
void slot_clear(struct slot *s);
/* Would a thing with names of these lengths and so many bytes of the tar fit? An empty slot takes one of any names. */
bool slot_fits(const struct slot *s, size_t items_max, size_t names, size_t bytes);
/* Before so many bytes are written behind those that are there. HZ_E_LIMIT, should the walker ever have promised less:
 * the collection ends, and no byte is written beyond the slot. */
int slot_hold(const struct slot *s, size_t bytes, struct hz_error *err);
/* Takes the next item, with copies of its names; only after slot_fits. path may be NULL. */
struct slot_item *slot_add(struct slot *s, enum slot_kind kind, struct w_bytes origin, const char *path,
                           size_t path_len);
/* The items up to s->stitched keep nothing any more, nor does the room for rows; the rest is to be read. */
void slot_forget(struct slot *s);
/* An empty slot goes on for one whose reader was given up at item from->read, which becomes absent. `from` keeps what
 * the lost call may still write to, for good. */
int slot_adopt(struct slot *s, struct slot *from, struct hz_error *err);
/* Frees what one item owns. */
void slot_drop(struct slot_item *item);

#endif

/* The giving side of a stream: cuts what is put and lent into pieces, for one thread. */
#ifndef HZ_FORMATS_WRITE_GIVER_H
#define HZ_FORMATS_WRITE_GIVER_H

#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/write/loan.h"
#include "formats/write/pieces.h"

#define W_GIVER_OWN 2

/* For bytes that are copied; used in turn, `unused` is posted when the last holder is through with it. */
struct w_giver_own {
    struct w_loan loan; /* the first member: done() gets its address */
    unsigned char *bytes;
    sem_t unused;
};

struct w_giver {
    struct w_pieces *pieces; /* not owned */
    uint64_t offset;         /* bytes given so far */
    /* the piece at work, with one reference to its loan */
    const unsigned char *bytes;
    size_t len;
    struct w_loan *loan;
    struct w_giver_own own[W_GIVER_OWN];
    struct w_giver_own *filling; /* the own buffer that the piece at work lies in, or NULL */
    unsigned turn;
};

/* HZ_E_NOMEM */
int w_giver_open(struct w_giver *g, struct w_pieces *pieces, struct hz_error *err);
/* When nobody uses the pieces any more; releases the piece at work. Legal after a failed open. */
void w_giver_close(struct w_giver *g);
int w_giver_put(struct w_giver *g, const void *bytes, size_t len, struct hz_error *err);
int w_giver_lend(struct w_giver *g, const void *bytes, size_t len, struct w_loan *loan, struct hz_error *err);
/* Gives the piece at work on. */
int w_giver_flush(struct w_giver *g, struct hz_error *err);

#endif

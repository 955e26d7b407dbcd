#include "formats/write/giver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/frame.h"

static void own_done(struct w_loan *loan)
{
    sem_post(&((struct w_giver_own *)loan)->unused);
}

int w_giver_open(struct w_giver *g, struct w_pieces *pieces, struct hz_error *err)
{
    bool all = true;
    memset(g, 0, sizeof *g);
    g->pieces = pieces;
    for (unsigned i = 0; i < W_GIVER_OWN; i++) {
        sem_init(&g->own[i].unused, 0, 1);
        g->own[i].bytes = malloc(W_FRAME_CONTENT);
        all = all && g->own[i].bytes != NULL;
    }
    return all ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

void w_giver_close(struct w_giver *g)
{
    if (g->pieces == NULL)
        return;
    if (g->loan != NULL)
        w_loan_release(g->loan);
    for (unsigned i = 0; i < W_GIVER_OWN; i++) {
        sem_destroy(&g->own[i].unused);
        free(g->own[i].bytes);
    }
    memset(g, 0, sizeof *g);
}

int w_giver_flush(struct w_giver *g, struct hz_error *err)
{
    struct w_loan *loan = g->loan;
    g->loan = NULL;
    g->filling = NULL;
    return loan == NULL ? HZ_OK : w_pieces_give(g->pieces, g->bytes, g->len, loan, err);
}

static int flush_full(struct w_giver *g, struct hz_error *err)
{
    return g->len == W_FRAME_CONTENT ? w_giver_flush(g, err) : HZ_OK;
}

static void begin(struct w_giver *g, const unsigned char *bytes, struct w_loan *loan)
{
    g->bytes = bytes;
    g->len = 0;
    g->loan = loan;
}

/* The pieces before this one are on their way, so the buffer comes back. */
static void begin_own(struct w_giver *g)
{
    struct w_giver_own *own = &g->own[g->turn++ % W_GIVER_OWN];
    while (sem_wait(&own->unused) != 0 && errno == EINTR)
        ;
    w_loan_init(&own->loan, own_done);
    begin(g, own->bytes, &own->loan);
    g->filling = own;
}

int w_giver_put(struct w_giver *g, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes;
    int rc = HZ_OK;
    while (rc == HZ_OK && len > 0) {
        if (g->filling == NULL) {
            rc = w_giver_flush(g, err);
            if (rc != HZ_OK)
                return rc;
            begin_own(g);
        }
        size_t room = W_FRAME_CONTENT - g->len, part = len < room ? len : room;
        memcpy(g->filling->bytes + g->len, p, part);
        g->len += part;
        g->offset += part;
        p += part;
        len -= part;
        rc = flush_full(g, err);
    }
    return rc;
}

int w_giver_lend(struct w_giver *g, const void *bytes, size_t len, struct w_loan *loan, struct hz_error *err)
{
    const unsigned char *p = bytes;
    int rc = HZ_OK;
    while (rc == HZ_OK && len > 0) {
        if (g->loan != loan || p != g->bytes + g->len) {
            rc = w_giver_flush(g, err);
            if (rc != HZ_OK)
                return rc;
            w_loan_hold(loan);
            begin(g, p, loan);
        }
        size_t room = W_FRAME_CONTENT - g->len, part = len < room ? len : room;
        g->len += part;
        g->offset += part;
        p += part;
        len -= part;
        rc = flush_full(g, err);
    }
    return rc;
}

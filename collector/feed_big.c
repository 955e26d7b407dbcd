/* Files that are larger than a slot. */
#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/feed_internal.h"
#include "collector/sample.h"
#include "formats/write/name.h"
#include "formats/write/tarhead.h"

struct taking {                /* of one file */
    struct budget_claim claim; /* what is left of it */
    bool begun;                /* it may turn out not to fit: its parts are admitted one by one */
    bool refused;              /* and this one was not */
};

/* Each part gives back what it takes of the claim; the last one the rest. */
static struct budget_claim part_of(struct budget_claim *claim, uint64_t bytes, bool last)
{
    struct budget_claim part = *claim;
    if (!last) {
        part.rows = 0;
        part.bytes = claim->bytes < bytes ? claim->bytes : bytes;
    }
    claim->bytes -= part.bytes;
    claim->rows -= part.rows;
    return part;
}

/* The claim that goes with a part. The first was admitted with the beginning. */
static int claim_part(struct feed *f, struct taking *t, const struct big *big, uint64_t i, struct budget_claim *out,
                      struct hz_error *err)
{
    size_t len = big_length(big, i);
    bool last = i + 1 == big->chunks;
    struct budget_claim more = { 0, 0 };
    *out = part_of(&t->claim, t->begun && i > 0 ? budget_zeros(len) : SLOT_BYTES, last);
    if (!t->begun || i == 0 || t->refused)
        return HZ_OK;
    int rc = feed_settle(f, len, 0, err);
    t->refused = rc == HZ_OK && budget_admit_part(f->budget, len, &more) != NULL;
    out->bytes += more.bytes;
    return rc;
}

static int add_chunk(struct feed *f, struct taking *t, struct big *big, uint64_t i, const struct walk_item *from,
                     const char *path, size_t path_len, bool named, struct hz_error *err)
{
    struct slot_item *item;
    struct budget_claim claim;
    /* each part first in its slot: parts that wait for their turn never wait for what is behind it */
    feed_flush(f);
    int rc = claim_part(f, t, big, i, &claim, err);
    if (rc == HZ_OK)
        rc = feed_add(f, SLOT_CHUNK, from->origin, path, path_len, SLOT_BYTES, &item, err);
    if (rc != HZ_OK)
        return rc;
    big_hold(big);
    item->named = named;
    item->stat = from->stat;
    item->big = big;
    item->chunk = i;
    item->claim = claim;
    item->refused = t->refused;
    if (i + 1 == big->chunks) /* what it takes to the byte: others may stand behind it */
        f->slot->room = (i == 0 ? big->head_len : 0) + big_length(big, i) + w_tarhead_padding(big->size);
    return HZ_OK;
}

static int add_chunks(struct feed *f, struct taking *t, struct walk_item *from, const char *path, size_t path_len,
                      bool named, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(W_NAME_ITEM_MAX + 2 + path_len);
    struct big *big = NULL;
    buf_printf(&name, "%s/%s", f->item, path);
    const char *text = buf_text(&name);
    if (text == NULL)
        return buf_check(&name, err);
    int rc = big_new(&big, &from->fd, &from->stat, text, f->sha512, err);
    for (uint64_t i = 0; rc == HZ_OK && i < big->chunks; i++)
        rc = add_chunk(f, t, big, i, from, path, path_len, named, err);
    big_release(big);
    return rc;
}

/* A large file is opened here: its parts cannot wait for one of them to do it. */
static int open_big(struct feed *f, struct walk_item *item, struct hz_error *why)
{
    struct watch *watch = f->watch;
    int fd = -1, noatime = 0;
    if (item->opened)
        return HZ_OK;
    watch_enter(watch);
    int rc = io_evidence_reopen(item->fd, &fd, &noatime, why);
    watch_leave(watch);
    if (rc != HZ_OK)
        return rc;
    io_close(&item->fd);
    item->fd = fd;
    item->opened = true;
    return HZ_OK;
}

static int absent_big(struct feed *f, const struct walk_item *item, bool named, const struct hz_error *why,
                      struct hz_error *err)
{
    if (why->code == HZ_E_NOMEM || absence_is_ours(why->sys_errno)) {
        *err = *why;
        return why->code;
    }
    struct walk_absence a = { .origin = item->origin,
                              .status = absence_status(why->sys_errno),
                              .reason = absence_reason(why->sys_errno),
                              .sys_errno = why->sys_errno };
    a.failure = a.status != W_VANISHED || named;
    return feed_absence(f, &a, err);
}

/* It does not fit as large as it is, but may when it is packed. *refused: NULL, or why it is not begun. */
static int begin(struct feed *f, const struct walk_item *from, struct taking *t, const char **refused,
                 struct hz_error *err)
{
    uint64_t packed = 0;
    int rc = sample_packed(from->fd, f->watch, from->stat.stx_size, f->compress, &packed, err);
    if (rc != HZ_OK || packed > budget_left(f->budget))
        return rc;
    *refused = budget_admit_begin(f->budget, from->stat.stx_size, SLOT_BYTES, from->origin.len, &t->claim);
    t->begun = *refused == NULL;
    return HZ_OK;
}

int feed_big(struct feed *f, struct walk_item *from, const char *path, size_t path_len, bool named,
             struct hz_error *err)
{
    struct taking t = { .begun = false };
    struct hz_error why;
    uint64_t size = from->stat.stx_size;
    const char *refused = budget_admit(f->budget, size, from->origin.len, &t.claim);
    bool may = refused == NULL || budget_begins(f->budget, size, from->origin.len);
    if (may && open_big(f, from, &why) != HZ_OK)
        return absent_big(f, from, named, &why, err);
    int rc = refused != NULL && may ? begin(f, from, &t, &refused, err) : HZ_OK;
    if (rc != HZ_OK)
        return rc;
    return refused != NULL ? feed_leave_out(f, from, W_OVER_BUDGET, refused, err)
                           : add_chunks(f, &t, from, path, path_len, named, err);
}

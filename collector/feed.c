#include "collector/feed_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "formats/write/name.h"
#include "formats/write/tarhead.h"

/* The collection ends for another reason, which the main thread knows. */
static int aborted(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_IO, "%s", _("the collection was given up"));
}

void feed_flush(struct feed *f)
{
    struct slot *s = f->slot;
    f->slot = NULL;
    if (s != NULL)
        ring_queue(f->ring, s);
}

/* A slot at work with room for this. */
static int need(struct feed *f, size_t names, size_t bytes, struct hz_error *err)
{
    if (f->slot != NULL && !slot_fits(f->slot, f->items_max, names, bytes))
        feed_flush(f);
    if (f->slot == NULL) {
        f->slot = ring_empty(f->ring);
        if (f->slot == NULL)
            return aborted(err);
        f->slot->source = f->source;
    }
    return HZ_OK;
}

int feed_add(struct feed *f, enum slot_kind kind, struct w_bytes origin, const char *path, size_t path_len,
             size_t bytes, struct slot_item **out, struct hz_error *err)
{
    int rc = need(f, origin.len + path_len + 2, bytes, err);
    if (rc != HZ_OK)
        return rc;
    *out = slot_add(f->slot, kind, origin, path, path_len);
    f->slot->room += bytes;
    return HZ_OK;
}

static int settle(struct feed *f, struct hz_error *err)
{
    struct slot_item *item;
    const struct w_bytes nothing = { NULL, 0 };
    uint64_t mine = f->ring->settled + 1; /* nobody but this thread asks for it */
    int rc = feed_add(f, SLOT_SETTLE, nothing, NULL, 0, 0, &item, err);
    if (rc != HZ_OK)
        return rc;
    feed_flush(f);
    return ring_await_turn(f->ring, &f->ring->settled, mine) ? HZ_OK : aborted(err);
}

int feed_settle(struct feed *f, uint64_t size, size_t path_len, struct hz_error *err)
{
    bool full = budget_settles(f->budget, size, path_len) || budget_presses(f->budget, size, path_len);
    return full ? settle(f, err) : HZ_OK;
}

/* Rows of what does not fit, and names that wait, take room, too: where they take what is left, the walk waits until
 * that is known. */
static int add_row(struct feed *f, enum slot_kind kind, struct w_bytes origin, struct slot_item **out,
                   struct hz_error *err)
{
    bool full = budget_settles(f->budget, 0, origin.len) || budget_row_presses(f->budget, origin.len);
    int rc = full && stop_poll(f->stop) == STOP_NONE ? settle(f, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = feed_add(f, kind, origin, NULL, 0, 0, out, err);
    if (rc == HZ_OK)
        budget_claim_row(f->budget, origin.len, &(*out)->claim);
    return rc;
}

int feed_absence(struct feed *f, const struct walk_absence *absence, struct hz_error *err)
{
    struct slot_item *item;
    int rc = add_row(f, SLOT_ABSENT, absence->origin, &item, err);
    if (rc == HZ_OK) {
        item->absence = *absence;
        item->absence.origin = item->origin;
    }
    return rc;
}

int feed_leave_out(struct feed *f, const struct walk_item *item, enum w_absent_status status, const char *reason,
                   struct hz_error *err)
{
    const struct walk_absence a = {
        .origin = item->origin, .status = status, .reason = reason, .failure = status != W_EXCLUDED
    };
    return feed_absence(f, &a, err);
}

/* Room in the slot; a file that does not fit with the header that it may get is big. */
static size_t room_for(const struct walk_item *item, size_t path_len)
{
    uint64_t size = item->pseudo != NULL ? SLOT_UNKNOWN : item->stat.stx_size;
    size_t head = path_len < 90 ? W_TARHEAD_BLOCK : 4 * (size_t)W_TARHEAD_BLOCK + path_len;
    return size > SLOT_BYTES / 2 && size > SLOT_BYTES - head - W_TARHEAD_BLOCK ? SIZE_MAX
                                                                               : (size_t)size + head + W_TARHEAD_BLOCK;
}

static void ask_ahead(struct feed *f, const struct walk_item *from)
{
    struct watch *watch = f->watch;
    if (f->ahead == NULL || !ahead_pays(f->ahead) || !from->opened || from->pseudo != NULL || from->stat.stx_size == 0)
        return;
    watch_enter(watch);
    io_read_ahead(from->fd, (size_t)from->stat.stx_size);
    watch_leave(watch);
}

int feed_file(struct feed *f, struct walk_item *from, const char *path, size_t path_len, bool named,
              struct hz_error *err)
{
    struct budget_claim claim = { 0, 0 };
    struct slot_item *item;
    uint64_t size = from->pseudo != NULL ? SLOT_UNKNOWN : from->stat.stx_size;
    struct walk_absence a = { .origin = from->origin, .status = W_OVER_BUDGET };
    a.reason = quota_admit(f->quota, from->origin, from->pseudo != NULL ? 0 : size, &a.failure);
    if (a.reason != NULL)
        return feed_absence(f, &a, err);
    int rc = feed_settle(f, size, from->origin.len, err);
    if (rc != HZ_OK)
        return rc;
    size_t room = room_for(from, path_len);
    if (room == SIZE_MAX)
        return feed_big(f, from, path, path_len, named, err);
    const char *refused = from->pseudo != NULL /* how large it is, nobody knows yet */
                              ? budget_admit_made(f->budget, size, from->origin.len, &claim)
                              : budget_admit(f->budget, size, from->origin.len, &claim);
    if (refused != NULL)
        return feed_leave_out(f, from, W_OVER_BUDGET, refused, err);
    ask_ahead(f, from);
    rc = feed_add(f, from->opened ? SLOT_OPEN : SLOT_LOOKED, from->origin, path, path_len, room, &item, err);
    if (rc != HZ_OK)
        return rc;
    item->claim = claim;
    item->named = named;
    item->stat = from->stat;
    item->pseudo = from->pseudo;
    item->fd = from->fd;
    from->fd = -1;
    return HZ_OK;
}

static int visit_file(void *context, struct walk_item *item, bool named, struct hz_error *err)
{
    struct feed *f = context;
    struct slot_item *deferred;
    if (own_has(f->own, &item->stat))
        return feed_leave_out(f, item, W_EXCLUDED, N_("own output"), err);
    if (item->path_len <= W_NAME_PATH_MAX)
        return feed_file(f, item, item->path, item->path_len, named, err);
    int rc = add_row(f, SLOT_DEFERRED, item->origin, &deferred, err);
    if (rc == HZ_OK)
        deferred->named = named;
    return rc;
}

/* Of all that a row may name. */
static size_t names_of(const struct walk_item *item)
{
    uint64_t target = S_ISLNK(item->stat.stx_mode) ? item->stat.stx_size : 0;
    return item->origin.len + (target < PATH_MAX ? (size_t)target : PATH_MAX);
}

static int visit_object(void *context, struct walk_item *from, struct hz_error *err)
{
    struct feed *f = context;
    struct slot_item *item;
    struct budget_claim claim = { 0, 0 };
    int rc = feed_settle(f, 0, names_of(from), err);
    const char *refused = rc == HZ_OK ? budget_admit_made(f->budget, 0, names_of(from), &claim) : NULL;
    if (refused != NULL)
        return feed_leave_out(f, from, W_OVER_BUDGET, refused, err);
    if (rc == HZ_OK)
        rc = feed_add(f, SLOT_OBJECT, from->origin, NULL, 0, 0, &item, err);
    if (rc != HZ_OK)
        return rc;
    item->claim = claim;
    item->stat = from->stat;
    if (!S_ISDIR(from->stat.stx_mode)) {
        item->fd = from->fd;
        from->fd = -1;
        return HZ_OK;
    }
    item->fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0); /* the walk goes on with its own */
    return item->fd >= 0 ? HZ_OK : hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the directory once more"));
}

static int visit_made(void *context, const struct tree_made *made, struct hz_error *err)
{
    struct slot_item *item;
    const struct w_bytes nowhere = { NULL, 0 };
    int rc = feed_add(context, SLOT_MADE, nowhere, NULL, 0, 0, &item, err);
    if (rc == HZ_OK)
        item->made = made;
    return rc;
}

static int visit_absent(void *context, const struct walk_absence *absence, struct hz_error *err)
{
    return feed_absence(context, absence, err);
}

static enum stop_reason visit_stopped(void *context)
{
    struct feed *f = context;
    return stop_poll(f->stop);
}

struct walk_visitor feed_visitor(struct feed *f)
{
    return (struct walk_visitor) { .context = f,
                                   .file = visit_file,
                                   .object = visit_object,
                                   .made = visit_made,
                                   .absent = visit_absent,
                                   .stopped = visit_stopped };
}

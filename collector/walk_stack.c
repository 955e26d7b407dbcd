#include "collector/walk_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"

int walk_look(struct watch *watch, int directory, const char *name, int *fd, struct hz_error *err)
{
    watch_enter(watch);
    int rc = io_evidence_look(directory, name, fd, err);
    watch_leave(watch);
    return rc;
}

int walk_statx(struct watch *watch, int fd, bool known, struct statx *out, struct hz_error *err)
{
    watch_enter(watch);
    int rc = known ? io_statx_known(fd, out, err) : io_statx(fd, out, err);
    watch_leave(watch);
    return rc;
}

int walk_push(struct walk *w, int *fd, struct listing *list, const struct frame *like, struct hz_error *err)
{
    if (w->depth == w->room) {
        size_t room = w->room == 0 ? 32 : w->room * 2;
        struct frame *grown = realloc(w->frames, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        w->frames = grown;
        w->room = room;
    }
    struct frame *f = &w->frames[w->depth++];
    *f = *like;
    f->fd = *fd;
    f->pseudo = like->pseudo;
    f->list = *list;
    f->raw_len = w->raw.len;
    f->path_len = w->path.len;
    *fd = -1;
    *list = (struct listing) { .body = NULL };
    if (w->depth > WALK_OPEN_MAX + 1) /* the root stays open: it is where the way begins again */
        io_close(&w->frames[w->depth - 1 - WALK_OPEN_MAX].fd);
    return HZ_OK;
}

void walk_pop(struct walk *w)
{
    struct frame *f = &w->frames[--w->depth];
    io_close(&f->fd);
    listing_free(&f->list);
}

void walk_unwind(struct walk *w)
{
    while (w->depth > 0)
        walk_pop(w);
    sorter_store_close(&w->lists);
    free(w->frames);
    buf_free(&w->raw);
    buf_free(&w->path);
}

/* Steps from frame k-1 to frame k by name. *same false: it is not to be had any more, *loss says why. */
static int step(struct walk *w, size_t k, bool *same, struct walk_absence *loss, struct hz_error *err)
{
    static const struct walk_absence moved = { .status = W_VANISHED,
                                               .reason = N_("its directory was moved or replaced meanwhile") };
    const struct frame *parent = &w->frames[k - 1];
    struct frame *f = &w->frames[k];
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(f->raw_len + 1);
    buf_put(&name, w->raw.data + parent->raw_len + 1, f->raw_len - parent->raw_len - 1);
    if (buf_text(&name) == NULL)
        return buf_check(&name, err);
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    struct hz_error why;
    *same = false;
    *loss = walk_unanswered;
    if (w->config->silent != NULL && watch_silent(w->config->silent, &parent->stat))
        return HZ_OK;
    *loss = moved;
    int rc = walk_look(w->watch, parent->fd, (const char *)name.data, &fd, &why);
    if (rc == HZ_OK)
        rc = walk_statx(w->watch, fd, false, &st, &why);
    if (rc != HZ_OK) {
        rc = walk_explain(&why, loss, err);
        if (rc == HZ_OK && loss->status == W_VANISHED)
            *loss = moved;
        return rc;
    }
    *same = st.stx_ino == f->stat.stx_ino && st.stx_dev_major == f->stat.stx_dev_major &&
            st.stx_dev_minor == f->stat.stx_dev_minor;
    if (*same) {
        f->fd = fd;
        fd = -1;
    }
    return HZ_OK;
}

/* From the nearest open directory down again; the last few stay open, so that the way back up costs little. */
int walk_reach(struct walk *w, struct hz_error *err)
{
    size_t top = w->depth - 1, from = top;
    if (w->frames[top].fd >= 0 || w->frames[top].lost)
        return HZ_OK;
    while (w->frames[from].fd < 0)
        from--;
    for (size_t k = from + 1; k <= top; k++) {
        struct walk_absence loss;
        bool same;
        int rc = step(w, k, &same, &loss, err);
        if (rc != HZ_OK)
            return rc;
        if (k - 1 > 0 && top - (k - 1) >= WALK_OPEN_MAX)
            io_close(&w->frames[k - 1].fd);
        if (!same) {
            w->frames[top].lost = true;
            w->frames[top].loss = loss;
            return HZ_OK;
        }
    }
    return HZ_OK;
}

int walk_leave_names(struct walk *w, struct hz_error *err)
{
    struct buf own;
    buf_init(&own, w->raw.limit);
    buf_put(&own, w->raw.data, w->raw.len);
    if (buf_text(&own) == NULL)
        return buf_check(&own, err);
    w->raw = own;
    return HZ_OK;
}

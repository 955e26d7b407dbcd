/* How one entry is opened and examined. */
#include "base/io_open.h"
#include "base/lang.h"
#include "collector/walk_internal.h"

struct w_bytes walk_origin(const struct walk *w)
{
    if (w->raw.len == 0)
        return (struct w_bytes) { "/", 1 };
    return (struct w_bytes) { w->raw.data, w->raw.len };
}

bool walk_other_mount(const struct statx *parent, const struct statx *st)
{
    if ((parent->stx_mask & st->stx_mask & STATX_MNT_ID) != 0)
        return parent->stx_mnt_id != st->stx_mnt_id;
    return parent->stx_dev_major != st->stx_dev_major || parent->stx_dev_minor != st->stx_dev_minor;
}

/* The walk is touched outside the watched call only: a thread that was given up may come back when it is freed. */
const struct pseudo *walk_pseudo(struct walk *w, const struct visit *v)
{
    const struct pseudo *pseudo;
    struct watch *watch = w->watch;
    if (pseudo_known(&w->pseudo, &v->item.stat, &pseudo))
        return pseudo;
    watch_enter(watch);
    pseudo = pseudo_find(v->item.fd);
    watch_leave(watch);
    pseudo_keep(&w->pseudo, &v->item.stat, pseudo);
    return pseudo;
}

/* Opened at once, where that alters nothing and it turns out to be what the listing said. */
bool walk_open_at_once(struct walk *w, const struct frame *parent, struct visit *v, const char *name)
{
    struct hz_error ignored;
    struct watch *watch = w->watch;
    if (!w->config->open_files || !v->asked || parent->pseudo != NULL || v->entry == NULL || !v->entry->name.regular)
        return false;
    watch_enter(watch);
    int rc = io_evidence_open(parent->fd, name, &v->item.fd, &ignored);
    watch_leave(watch);
    if (rc == HZ_OK)
        rc = walk_statx(w->watch, v->item.fd, false, &v->item.stat, &ignored);
    v->item.opened = rc == HZ_OK && S_ISREG(v->item.stat.stx_mode);
    if (!v->item.opened)
        io_close(&v->item.fd);
    return v->item.opened;
}

static bool is_border(const struct walk *w, const struct frame *parent, const struct visit *v)
{
    bool by_itself = v->node != NULL && v->node->asked;
    return v->asked && !by_itself && !w->config->cross_mounts && walk_other_mount(&parent->stat, &v->item.stat);
}

/* Looked at first, then examined: *border when it is another file system that is not to be asked. */
int walk_open_with_care(struct walk *w, const struct frame *parent, struct visit *v, const char *name, bool *border,
                        struct hz_error *why)
{
    int rc = walk_look(w->watch, parent->fd, name, &v->item.fd, why);
    if (rc == HZ_OK)
        rc = walk_statx(w->watch, v->item.fd, true, &v->item.stat, why);
    *border = rc == HZ_OK && is_border(w, parent, v);
    if (rc != HZ_OK || *border)
        return rc;
    if (w->config->silent != NULL && watch_silent(w->config->silent, &v->item.stat))
        return hz_error_set(why, HZ_E_TIMEOUT, _("its file system does not answer"));
    watch_about(w->watch, walk_origin(w), &v->item.stat);
    return walk_statx(w->watch, v->item.fd, false, &v->item.stat, why);
}

/* Closing a file that was opened asks its file system once more. */
void walk_close(struct walk *w, struct walk_item *item)
{
    struct watch *watch = w->watch;
    if (item->fd < 0)
        return;
    watch_enter(watch);
    io_close(&item->fd);
    watch_leave(watch);
}

#include "collector/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/walk_internal.h"
#include "formats/write/name.h"

#define PATH_LIMIT ((size_t)1 << 20)

static bool is_failure(const struct walk_absence *a, const struct tree_node *node)
{
    switch (a->status) {
    case W_EXCLUDED:
        return false;
    case W_VANISHED:
        return node != NULL && node->named;
    case W_UNAVAILABLE: /* a host file that this host simply does not have is no failure */
        return node == NULL || node->named || !node->missing;
    default:
        return true;
    }
}

/* One row. node: what was asked for by exactly this path, or NULL. */
static int emit(struct walk *w, struct walk_absence a, struct w_bytes origin, const struct tree_node *node,
                struct hz_error *err)
{
    if (node != NULL && node->missing && a.status == W_VANISHED)
        a.status = W_UNAVAILABLE;
    if (node == NULL || node->made == NULL)
        a.origin = origin;
    a.failure = is_failure(&a, node);
    return w->config->visitor.absent(w->config->visitor.context, &a, err);
}

static struct w_bytes origin_of(const struct walk *w)
{
    if (w->raw.len == 0)
        return (struct w_bytes) { "/", 1 };
    return (struct w_bytes) { w->raw.data, w->raw.len };
}

static const struct tree_node *next_sibling(const struct tree_node *node)
{
    const struct tree_node *parent = node->parent;
    size_t next = tree_find(parent, node->name, node->len) + 1;
    return next < parent->count ? parent->children[next] : NULL;
}

/* Pre-order; NULL after the last node below top. */
static const struct tree_node *next_below(const struct tree_node *node, const struct tree_node *top)
{
    if (node->count > 0)
        return node->children[0];
    for (; node != top; node = node->parent) {
        const struct tree_node *sibling = next_sibling(node);
        if (sibling != NULL)
            return sibling;
    }
    return NULL;
}

static int node_path(const struct tree_node *node, struct buf *out, struct hz_error *err)
{
    size_t len = 0;
    for (const struct tree_node *n = node; n->parent != NULL; n = n->parent)
        len += n->len + 1;
    unsigned char *text = buf_grow(out, len);
    if (text == NULL)
        return buf_check(out, err);
    for (const struct tree_node *n = node; n->parent != NULL; n = n->parent) {
        len -= n->len + 1;
        text[len] = '/';
        memcpy(text + len + 1, n->name, n->len);
    }
    return HZ_OK;
}

/* Rows for everything asked for strictly below a node that cannot be reached. */
static int emit_below(struct walk *w, struct walk_absence a, const struct tree_node *top, struct hz_error *err)
{
    if (top == NULL)
        return HZ_OK;
    for (const struct tree_node *n = next_below(top, top); n != NULL; n = next_below(n, top)) {
        if (!n->asked)
            continue;
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PATH_LIMIT);
        int rc = node_path(n, &path, err);
        if (rc == HZ_OK)
            rc = emit(w, a, (struct w_bytes) { path.data, path.len }, n, err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

struct visit { /* the entry at hand */
    const struct listing_entry *entry;
    const struct tree_node *node;
    bool asked;
    int fd;
    struct walk_item item;
};

/* The entry itself, where it was asked for, and what was asked for below it. */
static int give_up(struct walk *w, const struct visit *v, struct walk_absence a, struct hz_error *err)
{
    int rc = v->asked ? emit(w, a, origin_of(w), v->node, err) : HZ_OK;
    return rc == HZ_OK ? emit_below(w, a, v->node, err) : rc;
}

/* Our own shortage ends the walk; anything else is said about the entry. */
static int explain(const struct hz_error *why, struct walk_absence *a, struct hz_error *err)
{
    if (why->code == HZ_E_NOMEM || why->code == HZ_E_CRYPTO || absence_is_ours(why->sys_errno)) {
        if (err != NULL)
            *err = *why;
        return why->code;
    }
    *a = (struct walk_absence) { .status = absence_status(why->sys_errno),
                                 .reason = absence_reason(why->sys_errno),
                                 .sys_errno = why->sys_errno };
    if (why->code == HZ_E_LIMIT) {
        a->status = W_OVER_BUDGET;
        a->reason = "more names than can be listed";
    }
    return HZ_OK;
}

static int enter_planned(struct walk *w, struct visit *v, struct hz_error *err)
{
    HZ_CLEANUP(listing_free) struct listing list;
    listing_init(&list);
    int rc = listing_planned(v->fd, v->node, &list, err);
    struct frame like = { .stat = v->item.stat, .node = v->node };
    return rc == HZ_OK ? walk_push(w, &v->fd, &list, &like, err) : rc;
}

static int note_incomplete(struct walk *w, const struct listing *list, struct hz_error *err)
{
    struct walk_absence a = { .status = W_OVER_BUDGET, .reason = "the directory has more entries than can be listed" };
    if (list->failed != 0)
        a = (struct walk_absence) { .status = W_IO_ERROR,
                                    .reason = "the directory could not be read to its end",
                                    .sys_errno = list->failed };
    else if (!list->cut)
        return HZ_OK;
    return emit(w, a, origin_of(w), NULL, err);
}

static int enter_asked(struct walk *w, struct visit *v, struct hz_error *err)
{
    HZ_CLEANUP(listing_free) struct listing list;
    listing_init(&list);
    struct hz_error why;
    struct walk_absence a;
    const struct walk_visitor *visitor = &w->config->visitor;
    if (listing_read(v->fd, v->node, &list, &why) != HZ_OK) {
        int rc = explain(&why, &a, err);
        if (rc == HZ_OK)
            rc = emit(w, a, origin_of(w), v->node, err);
        return rc == HZ_OK && v->node != NULL && v->node->count > 0 ? enter_planned(w, v, err) : rc;
    }
    w->exposed += list.exposed;
    int rc = visitor->object(visitor->context, &v->item, err);
    if (rc == HZ_OK)
        rc = note_incomplete(w, &list, err);
    struct frame like = { .stat = v->item.stat, .node = v->node, .asked = true };
    return rc == HZ_OK ? walk_push(w, &v->fd, &list, &like, err) : rc;
}

static bool is_other_mount(const struct statx *parent, const struct statx *st)
{
    if ((parent->stx_mask & st->stx_mask & STATX_MNT_ID) != 0)
        return parent->stx_mnt_id != st->stx_mnt_id;
    return parent->stx_dev_major != st->stx_dev_major || parent->stx_dev_minor != st->stx_dev_minor;
}

static const char *why_skip(const struct walk *w, const struct visit *v)
{
    bool by_itself = v->node != NULL && v->node->asked;
    return w->config->skip == NULL || by_itself ? NULL : w->config->skip(w->config->skip_context, &v->item);
}

static int visit_asked(struct walk *w, struct visit *v, struct hz_error *err)
{
    const struct walk_visitor *visitor = &w->config->visitor;
    mode_t type = v->item.stat.stx_mode & S_IFMT;
    const char *skip = why_skip(w, v);
    if (skip != NULL)
        return give_up(w, v, (struct walk_absence) { .status = W_EXCLUDED, .reason = skip }, err);
    if (type == S_IFDIR || type == S_IFREG) {
        struct walk_absence a = { .status = W_UNAVAILABLE, .reason = "its name in the bundle would equal another's" };
        if (v->entry != NULL && v->entry->clash)
            return give_up(w, v, a, err);
        a = (struct walk_absence) { .status = W_VANISHED, .reason = "replaced by another kind of file meanwhile" };
        if (v->entry != NULL && !v->entry->member)
            return give_up(w, v, a, err);
    }
    if (type == S_IFDIR)
        return enter_asked(w, v, err);
    int rc = type == S_IFREG ? visitor->file(visitor->context, &v->item, v->node != NULL && v->node->named, err)
                             : visitor->object(visitor->context, &v->item, err);
    struct walk_absence below = { .status = W_VANISHED, .reason = absence_reason(ENOTDIR), .sys_errno = ENOTDIR };
    return rc == HZ_OK ? emit_below(w, below, v->node, err) : rc;
}

/* The entry is open and examined: which way does it go? */
static int visit_open(struct walk *w, struct visit *v, struct hz_error *err)
{
    bool directory = S_ISDIR(v->item.stat.stx_mode);
    if (!v->asked) {
        struct walk_absence a = { .status = W_VANISHED, .reason = absence_reason(ENOTDIR), .sys_errno = ENOTDIR };
        return directory ? enter_planned(w, v, err) : give_up(w, v, a, err);
    }
    return visit_asked(w, v, err);
}

static bool is_border(const struct walk *w, const struct frame *parent, const struct visit *v)
{
    bool by_itself = v->node != NULL && v->node->asked;
    return v->asked && !by_itself && !w->config->cross_mounts && is_other_mount(&parent->stat, &v->item.stat);
}

/* A mount point that is not crossed. What is mounted there is not asked anything: it may never answer. */
static int visit_border(struct walk *w, struct visit *v, struct hz_error *err)
{
    struct walk_absence a = { .status = W_EXCLUDED, .reason = "mount point", .mount_point = true };
    int rc = emit(w, a, origin_of(w), NULL, err);
    return rc == HZ_OK && v->node != NULL && S_ISDIR(v->item.stat.stx_mode) ? enter_planned(w, v, err) : rc;
}

static int visit_named(struct walk *w, const struct frame *parent, struct visit *v, const char *name,
                       struct hz_error *err)
{
    struct hz_error why;
    struct walk_absence a;
    const struct walk_visitor *visitor = &w->config->visitor;
    enum stop_reason stop = visitor->stopped(visitor->context);
    if (stop != STOP_NONE) {
        a = (struct walk_absence) { .status = stop_status(stop), .reason = stop_text(stop) };
        return give_up(w, v, a, err);
    }
    if (v->node != NULL && v->node->made != NULL)
        return visitor->made(visitor->context, v->node->made, err);
    if (parent->lost) {
        a = (struct walk_absence) { .status = W_VANISHED, .reason = "its directory was moved or replaced meanwhile" };
        return give_up(w, v, a, err);
    }
    int rc = io_evidence_look(parent->fd, name, &v->fd, &why);
    if (rc == HZ_OK)
        rc = io_statx_known(v->fd, &v->item.stat, &why);
    if (rc == HZ_OK && is_border(w, parent, v))
        return visit_border(w, v, err);
    if (rc == HZ_OK)
        rc = io_statx(v->fd, &v->item.stat, &why);
    if (rc != HZ_OK) {
        rc = explain(&why, &a, err);
        return rc == HZ_OK ? give_up(w, v, a, err) : rc;
    }
    v->item.origin = origin_of(w);
    v->item.path = (const char *)w->path.data;
    v->item.path_len = w->path.len;
    v->item.fd = v->fd;
    return visit_open(w, v, err);
}

static int note_overlong(struct walk *w, struct frame *f, struct hz_error *err)
{
    if (f->overlong)
        return HZ_OK;
    f->overlong = true;
    struct walk_absence a = { .status = W_OVER_BUDGET, .reason = "entries with paths longer than 32,768 bytes" };
    return emit(w, a, origin_of(w), NULL, err);
}

static int append_names(struct walk *w, const struct frame *f, size_t i, struct hz_error *err)
{
    buf_putc(&w->raw, '/');
    buf_put(&w->raw, listing_raw(&f->list, i), f->list.entries[i].raw_len);
    buf_putc(&w->path, '/');
    buf_put(&w->path, listing_mapped(&f->list, i), f->list.entries[i].mapped_len);
    if (buf_text(&w->path) == NULL)
        return buf_check(&w->path, err);
    return buf_check(&w->raw, err);
}

static int visit_next(struct walk *w, struct hz_error *err)
{
    struct frame *f = &w->frames[w->depth - 1];
    size_t i = f->next++;
    struct listing_entry entry = f->list.entries[i];
    w->raw.len = f->raw_len;
    w->path.len = f->path_len;
    int rc = walk_reach(w, err);
    if (rc != HZ_OK)
        return rc;
    if (f->raw_len + 1 + entry.raw_len > W_NAME_ORIGIN_MAX)
        return note_overlong(w, f, err);
    rc = append_names(w, f, i, err);
    if (rc != HZ_OK)
        return rc;
    struct frame parent = *f; /* the stack may move */
    struct visit v = { .entry = &entry, .node = entry.node, .fd = -1 };
    v.asked = f->asked || (entry.node != NULL && entry.node->asked);
    rc = visit_named(w, &parent, &v, listing_raw(&f->list, i), err);
    io_close(&v.fd);
    return rc;
}

static int start(struct walk *w, struct hz_error *err)
{
    buf_puts(&w->path, "data/");
    buf_puts(&w->path, w->config->source);
    if (buf_text(&w->path) == NULL)
        return buf_check(&w->path, err);
    struct visit v = { .node = w->config->tree, .asked = w->config->tree->asked };
    v.fd = fcntl(w->config->root, F_DUPFD_CLOEXEC, 0);
    int rc = v.fd < 0 ? hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"))
                      : io_statx(v.fd, &v.item.stat, err);
    if (rc == HZ_OK) {
        v.item.origin = origin_of(w);
        v.item.path = (const char *)w->path.data;
        v.item.path_len = w->path.len;
        v.item.fd = v.fd;
        rc = v.asked ? enter_asked(w, &v, err) : enter_planned(w, &v, err);
    }
    io_close(&v.fd);
    return rc;
}

int walk_run(const struct walk_config *config, uint64_t *exposed, struct hz_error *err)
{
    struct walk w = { .config = config };
    buf_init(&w.raw, PATH_LIMIT);
    buf_init(&w.path, PATH_LIMIT);
    int rc = start(&w, err);
    while (rc == HZ_OK && w.depth > 0) {
        if (w.frames[w.depth - 1].next == w.frames[w.depth - 1].list.count)
            walk_pop(&w);
        else
            rc = visit_next(&w, err);
    }
    *exposed = w.exposed;
    walk_unwind(&w);
    return rc;
}

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

static int enter_planned(struct walk *w, struct visit *v, struct hz_error *err)
{
    HZ_CLEANUP(listing_free) struct listing list = { .body = NULL };
    int rc = listing_planned(&w->lists, w->watch, v->item.fd, v->node, &list, err);
    struct frame like = { .stat = v->item.stat, .pseudo = walk_pseudo(w, v), .node = v->node };
    return rc == HZ_OK ? walk_push(w, &v->item.fd, &list, &like, err) : rc;
}

static int note_incomplete(struct walk *w, const struct listing *list, struct hz_error *err)
{
    struct walk_absence a = { .status = W_OVER_BUDGET,
                              .reason = N_("the directory has more entries than can be listed") };
    if (list->failed != 0)
        a = (struct walk_absence) { .status = W_IO_ERROR,
                                    .reason = N_("the directory could not be read to its end"),
                                    .sys_errno = list->failed };
    else if (!list->cut)
        return HZ_OK;
    return walk_emit(w, a, walk_origin(w), NULL, err);
}

static int enter_asked(struct walk *w, struct visit *v, struct hz_error *err)
{
    HZ_CLEANUP(listing_free) struct listing list = { .body = NULL };
    struct hz_error why;
    struct walk_absence a;
    const struct walk_visitor *visitor = &w->config->visitor;
    int rc = listing_read(&w->lists, w->watch, v->item.fd, v->node, &list, &why);
    if (rc != HZ_OK) {
        rc = walk_explain(&why, &a, err);
        if (rc == HZ_OK)
            rc = walk_emit(w, a, walk_origin(w), v->node, err);
        return rc == HZ_OK && v->node != NULL && v->node->count > 0 ? enter_planned(w, v, err) : rc;
    }
    w->exposed += list.exposed;
    rc = visitor->object(visitor->context, &v->item, err);
    if (rc == HZ_OK)
        rc = note_incomplete(w, &list, err);
    struct frame like = { .stat = v->item.stat, .pseudo = walk_pseudo(w, v), .node = v->node, .asked = true };
    return rc == HZ_OK ? walk_push(w, &v->item.fd, &list, &like, err) : rc;
}

static const char *why_skip(const struct walk *w, const struct visit *v)
{
    struct watch *watch = w->watch;
    walk_skip *skip = w->config->skip;
    void *context = w->config->skip_context;
    bool by_itself = v->node != NULL && v->node->asked;
    if (skip == NULL || by_itself)
        return NULL;
    watch_enter(watch); /* it may look into the file */
    const char *why = skip(context, &v->item);
    watch_leave(watch);
    return why;
}

static int visit_asked(struct walk *w, struct visit *v, struct hz_error *err)
{
    const struct walk_visitor *visitor = &w->config->visitor;
    mode_t type = v->item.stat.stx_mode & S_IFMT;
    const char *skip = why_skip(w, v);
    if (skip != NULL)
        return walk_leave(w, v, (struct walk_absence) { .status = W_EXCLUDED, .reason = skip }, err);
    if (type == S_IFDIR || type == S_IFREG) {
        struct walk_absence a = { .status = W_UNAVAILABLE,
                                  .reason = N_("its name in the bundle would equal another's") };
        if (v->entry != NULL && v->entry->clash)
            return walk_leave(w, v, a, err);
        a = (struct walk_absence) { .status = W_VANISHED, .reason = N_("replaced by another kind of file meanwhile") };
        if (v->entry != NULL && !v->entry->name.member)
            return walk_leave(w, v, a, err);
    }
    if (type == S_IFDIR)
        return enter_asked(w, v, err);
    int rc = type == S_IFREG ? visitor->file(visitor->context, &v->item, v->node != NULL && v->node->named, err)
                             : visitor->object(visitor->context, &v->item, err);
    struct walk_absence below = { .status = W_VANISHED, .reason = absence_reason(ENOTDIR), .sys_errno = ENOTDIR };
    return rc == HZ_OK ? walk_emit_below(w, below, v->node, err) : rc;
}

/* Something mounted inside an image that is none of it. */
static bool is_foreign(struct walk *w, const struct visit *v)
{
    struct watch *watch = w->watch;
    watch_enter(watch);
    bool foreign = pseudo_running(v->item.fd);
    watch_leave(watch);
    return foreign;
}

/* The entry is open and examined: which way does it go? */
static int visit_open(struct walk *w, struct visit *v, struct hz_error *err)
{
    bool directory = S_ISDIR(v->item.stat.stx_mode);
    if (!v->asked) {
        struct walk_absence a = { .status = W_VANISHED, .reason = absence_reason(ENOTDIR), .sys_errno = ENOTDIR };
        return directory ? enter_planned(w, v, err) : walk_leave(w, v, a, err);
    }
    return visit_asked(w, v, err);
}

/* A mount point that is not crossed. What is mounted there is not asked anything: it may never answer. */
static int visit_border(struct walk *w, struct visit *v, struct hz_error *err)
{
    struct walk_absence a = { .status = W_EXCLUDED, .reason = N_("mount point"), .mount_point = true };
    int rc = walk_emit(w, a, walk_origin(w), NULL, err);
    return rc == HZ_OK && v->node != NULL && S_ISDIR(v->item.stat.stx_mode) ? enter_planned(w, v, err) : rc;
}

size_t walk_row_weight(size_t origin_len)
{
    return 1 + origin_len / 1500;
}

static bool has_plan(const struct frame *f)
{
    return f->node != NULL && f->node->count > 0;
}

/* Rows take room, too, which is what may have run out. */
static int leave_rest(struct walk *w, enum stop_reason stop, struct hz_error *err)
{
    const struct walk_absence a = { .status = stop_status(stop), .reason = stop_rest(stop) };
    bool too_many = w->left > 2 * w->config->rows_left;
    while (too_many && w->depth > 1 && w->frames[w->depth - 2].asked && !has_plan(&w->frames[w->depth - 2]))
        walk_pop(w);
    w->raw.len = w->frames[w->depth - 1].raw_len;
    walk_pop(w);
    return walk_emit(w, a, walk_origin(w), NULL, err);
}

static int visit_named(struct walk *w, const struct frame *parent, struct visit *v, const char *name,
                       struct hz_error *err)
{
    struct hz_error why;
    struct walk_absence a;
    const struct walk_visitor *visitor = &w->config->visitor;
    enum stop_reason stop = visitor->stopped(visitor->context);
    if (stop != STOP_NONE) {
        w->left += walk_row_weight(w->raw.len);
        if (w->left > w->config->rows_left && !has_plan(parent))
            return leave_rest(w, stop, err);
        a = (struct walk_absence) { .status = stop_status(stop), .reason = stop_text(stop) };
        return walk_leave(w, v, a, err);
    }
    if (v->node != NULL && v->node->made != NULL)
        return visitor->made(visitor->context, v->node->made, err);
    if (parent->lost)
        return walk_leave(w, v, parent->loss, err);
    if (w->config->silent != NULL && watch_silent(w->config->silent, &parent->stat))
        return walk_leave(w, v, walk_unanswered, err);
    bool border = false;
    int rc = walk_open_at_once(w, parent, v, name) ? HZ_OK : walk_open_with_care(w, parent, v, name, &border, &why);
    if (rc == HZ_OK && border)
        return visit_border(w, v, err);
    if (rc != HZ_OK) {
        rc = walk_explain(&why, &a, err);
        return rc == HZ_OK ? walk_leave(w, v, a, err) : rc;
    }
    v->item.origin = walk_origin(w);
    v->item.path = (const char *)w->path.data;
    v->item.path_len = w->path.len;
    bool elsewhere = !v->item.opened && walk_other_mount(&parent->stat, &v->item.stat); /* bound over one entry */
    v->item.pseudo = elsewhere ? walk_pseudo(w, v) : parent->pseudo;
    if (elsewhere && w->config->image && is_foreign(w, v)) {
        a = (struct walk_absence) { .status = W_EXCLUDED, .reason = N_("of the running kernel, not of the image") };
        return walk_leave(w, v, a, err);
    }
    return visit_open(w, v, err);
}

static int note_overlong(struct walk *w, struct frame *f, struct hz_error *err)
{
    if (f->overlong)
        return HZ_OK;
    f->overlong = true;
    struct walk_absence a = { .status = W_OVER_BUDGET, .reason = N_("entries with paths longer than 32,768 bytes") };
    return walk_emit(w, a, walk_origin(w), NULL, err);
}

static int append_names(struct walk *w, const struct name *name, struct hz_error *err)
{
    buf_putc(&w->raw, '/');
    buf_put(&w->raw, name->raw, name->raw_len);
    buf_putc(&w->path, '/');
    buf_put(&w->path, name->mapped, name->mapped_len);
    if (buf_text(&w->path) == NULL)
        return buf_check(&w->path, err);
    return buf_text(&w->raw) == NULL ? buf_check(&w->raw, err) : HZ_OK;
}

/* The names of an entry last as long as no other listing is touched: from here on they stand in raw and path. */
static int visit_next(struct walk *w, struct hz_error *err)
{
    struct frame *f = &w->frames[w->depth - 1];
    struct listing_entry entry;
    bool more;
    int rc = listing_next(&f->list, &entry, &more, err);
    if (rc != HZ_OK || !more) {
        walk_pop(w);
        return rc;
    }
    w->raw.len = f->raw_len;
    w->path.len = f->path_len;
    if (f->raw_len + 1 + entry.name.raw_len > W_NAME_ORIGIN_MAX)
        return note_overlong(w, f, err);
    rc = append_names(w, &entry.name, err);
    if (rc != HZ_OK)
        return rc;
    struct visit v = { .entry = &entry, .node = entry.node, .item.fd = -1 };
    v.asked = f->asked || (entry.node != NULL && entry.node->asked);
    w->node = v.node;
    w->asked = v.asked;
    watch_about(w->watch, walk_origin(w), &f->stat);
    rc = walk_reach(w, err);
    if (rc != HZ_OK)
        return rc;
    struct frame parent = *f; /* the stack may move */
    rc = visit_named(w, &parent, &v, (const char *)w->raw.data + parent.raw_len + 1, err);
    walk_close(w, &v.item);
    return rc;
}

static int start(struct walk *w, struct hz_error *err)
{
    buf_puts(&w->path, "data/");
    buf_puts(&w->path, w->config->source);
    if (buf_text(&w->path) == NULL)
        return buf_check(&w->path, err);
    struct visit v = { .node = w->config->tree, .asked = w->config->tree->asked };
    v.item.fd = fcntl(w->config->root, F_DUPFD_CLOEXEC, 0);
    int rc = v.item.fd < 0 ? hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"))
                           : io_statx(v.item.fd, &v.item.stat, err);
    if (rc == HZ_OK) {
        v.item.origin = walk_origin(w);
        v.item.path = (const char *)w->path.data;
        v.item.path_len = w->path.len;
        watch_about(w->watch, v.item.origin, &v.item.stat);
        rc = v.asked ? enter_asked(w, &v, err) : enter_planned(w, &v, err);
    }
    io_close(&v.item.fd);
    return rc;
}

int walk_new(struct walk **out, const struct walk_config *config, struct hz_error *err)
{
    struct walk *w = calloc(1, sizeof *w);
    if (w == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    w->config = config;
    w->watch = config->watch;
    w->node = config->tree;
    w->asked = config->tree->asked;
    sorter_store_open(&w->lists, config->spool, config->memory > 0 ? config->memory : SORTER_MEMORY);
    buf_init(&w->raw, WALK_PATH_LIMIT);
    buf_init(&w->path, WALK_PATH_LIMIT);
    *out = w;
    return HZ_OK;
}

void walk_free(struct walk *w)
{
    if (w == NULL)
        return;
    walk_unwind(w);
    free(w);
}

int walk_go(struct walk *w, struct hz_error *err)
{
    bool begun = w->begun;
    w->begun = true;
    int rc = begun ? HZ_OK : start(w, err);
    while (rc == HZ_OK && w->depth > 0)
        rc = visit_next(w, err);
    return rc;
}

int walk_give_up(struct walk *w, struct watch *watch, struct hz_error *err)
{
    const struct visit v = { .node = w->node, .asked = w->asked };
    int rc = walk_leave_names(w, err);
    if (rc != HZ_OK)
        return rc;
    w->watch = watch;
    struct frame *top = w->depth > 0 ? &w->frames[w->depth - 1] : NULL;
    if (top != NULL && top->fd < 0) { /* on the way back to it */
        top->lost = true;
        top->loss = walk_unanswered;
    }
    return walk_leave(w, &v, walk_unanswered, err);
}

uint64_t walk_exposed(const struct walk *w)
{
    return w->exposed;
}

int walk_run(const struct walk_config *config, uint64_t *exposed, struct hz_error *err)
{
    struct walk *w;
    int rc = walk_new(&w, config, err);
    if (rc != HZ_OK)
        return rc;
    rc = walk_go(w, err);
    *exposed = walk_exposed(w);
    walk_free(w);
    return rc;
}

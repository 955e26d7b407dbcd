#include "collector/recent_roots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/look.h"
#include "collector/plan.h"
#include "collector/pseudo.h"
#include "collector/recent_text.h"
#include "collector/servant.h"

#define LINE_MAX ((size_t)2 << 20) /* two paths of 32 KiB, escaped */
#define PATH_LIMIT ((size_t)1 << 20)

struct asked { /* what all threads read; theirs, if one is left behind */
    struct collect_options options;
    struct recent_window window;
    int root; /* owned */
};

struct thing {
    struct recent_root root; /* owned; fd -1: nothing to look through */
    struct buf rows;         /* packed */
    bool there;
};

struct piece { /* one path as it was named; the thread's own, if it is left behind */
    const struct asked *asked;
    const char *path;
    struct thing *things; /* it, and what it leads to as a link */
    size_t count;
    bool idle; /* nobody began with it */
    int rc;
    struct hz_error err;
};

struct looking {
    struct run *run;
    struct asked *asked;
    void **pieces; /* for each path; NULL: it did not answer */
    size_t count;
    bool hasty, lost;
};

static void free_piece(struct piece *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++) {
        free(p->things[i].root.path);
        io_close(&p->things[i].root.fd);
        buf_free(&p->things[i].rows);
    }
    free(p->things);
    free(p);
}

static int put_absence(struct buf *rows, struct w_bytes path, struct walk_absence a, struct hz_error *err)
{
    const struct recent_row row = { .absent = true, .origin = path, .absence = a };
    return recent_rows_pack(rows, &row, err);
}

static struct w_bytes path_of(const struct thing *t)
{
    return (struct w_bytes) { t->root.path, strlen(t->root.path) };
}

static int put_missing(const struct piece *p, struct thing *t, const struct hz_error *why, struct hz_error *err)
{
    struct walk_absence a = { .status = absence_status(why->sys_errno),
                              .reason = absence_reason(why->sys_errno),
                              .sys_errno = why->sys_errno,
                              .failure = true };
    if (absence_is_ours(why->sys_errno)) {
        *err = *why;
        return why->code;
    }
    if (a.status == W_VANISHED) {
        a.status = W_UNAVAILABLE;
        a.failure = p->asked->options.recent_named;
    }
    return put_absence(&t->rows, path_of(t), a, err);
}

/* Where it leads could not be told. */
static int put_unknown(const struct piece *p, struct thing *t, int sys_errno, struct hz_error *err)
{
    const struct hz_error why = { .code = hz_error_class(sys_errno), .sys_errno = sys_errno };
    return put_missing(p, t, &why, err);
}

/* Mounted inside an image, and none of it. */
static int put_foreign(struct thing *t, struct hz_error *err)
{
    const struct walk_absence a = { .status = W_EXCLUDED, .reason = N_("of the running kernel, not of the image") };
    return put_absence(&t->rows, path_of(t), a, err);
}

static void free_text(char **text)
{
    free(*text);
}

static int put_itself(const struct piece *p, struct thing *t, int fd, const struct statx *st, struct hz_error *err)
{
    HZ_CLEANUP(free_text) char *target = NULL;
    HZ_CLEANUP(buf_free) struct buf lines = BUF_INIT(LINE_MAX), kept = BUF_INIT(LINE_MAX);
    struct recent_found found;
    struct hz_error ignored;
    t->there = true;
    if (!recent_text_judge(&p->asked->window, st, &found))
        return HZ_OK;
    found.origin = path_of(t);
    if (S_ISLNK(st->stx_mode) && io_evidence_readlink(fd, &target, &found.target.len, &ignored) == HZ_OK)
        found.target.data = target;
    struct recent_row row = { .regular = S_ISREG(st->stx_mode), .origin = found.origin };
    int rc = recent_text_keep(&kept, &found, err);
    if (rc == HZ_OK)
        rc = recent_text_measure(&lines, &found, &row.body, &row.json, err);
    row.kept = (struct w_bytes) { kept.data, kept.len };
    return rc == HZ_OK ? recent_rows_pack(&t->rows, &row, err) : rc;
}

static int look_at(const struct piece *p, struct thing *t, int astray, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    struct hz_error why;
    int rc = look_path(p->asked->root, t->root.path, strlen(t->root.path), &fd, &why);
    if (rc == HZ_OK)
        rc = io_statx_known(fd, &st, &why);
    if (rc != HZ_OK)
        return put_missing(p, t, &why, err);
    if (options_rooted(&p->asked->options) && pseudo_foreign(fd, p->asked->root))
        return put_foreign(t, err);
    rc = put_itself(p, t, fd, &st, err);
    if (rc == HZ_OK && astray != 0)
        return put_missing(p, t, &(struct hz_error) { .code = HZ_E_IO, .sys_errno = astray }, err);
    if (rc == HZ_OK && S_ISDIR(st.stx_mode)) {
        t->root.fd = fd;
        fd = -1;
    }
    return rc;
}

static int add_thing(struct piece *p, const struct tree_node *node, struct thing **out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PATH_LIMIT);
    struct thing *grown = realloc(p->things, (p->count + 1) * sizeof *grown);
    if (grown == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    p->things = grown;
    *out = &grown[p->count];
    int rc = tree_path(node, &path, err);
    if (rc == HZ_OK && path.len == 0)
        buf_putc(&path, '/');
    if (rc == HZ_OK && buf_text(&path) == NULL)
        rc = buf_check(&path, err);
    if (rc != HZ_OK)
        return rc;
    **out = (struct thing) { .root = { (char *)path.data, -1 }, .rows = BUF_INIT(2 * LINE_MAX) };
    buf_init(&path, PATH_LIMIT); /* its bytes are the thing's now */
    p->count++;
    return HZ_OK;
}

/* What is below the paths is not looked at: that is the search. */
static void work(void *context)
{
    struct piece *p = context;
    struct tree_node *tree = NULL;
    p->rc = tree_new(&tree, &p->err);
    if (p->rc == HZ_OK)
        p->rc = plan_named(tree, p->asked->root, &p->asked->options, p->path, &p->err);
    for (const struct tree_node *node = tree; p->rc == HZ_OK && node != NULL; node = tree_next(node, tree)) {
        struct thing *t;
        if (!node->asked && node->unresolved == 0)
            continue;
        p->rc = add_thing(p, node, &t, &p->err);
        if (p->rc == HZ_OK)
            p->rc = node->unresolved != 0 ? put_unknown(p, t, node->unresolved, &p->err)
                                          : look_at(p, t, node->astray, &p->err);
    }
    tree_free(tree);
}

static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct looking *l = context;
    struct piece *p = l->pieces[i];
    if (lost && begun) {
        l->pieces[i] = NULL;
        l->lost = true;
    } else {
        p->idle = lost;
    }
    return lost && l->hasty ? hz_error_set(err, HZ_E_TIMEOUT, _("no answer within the command timeout")) : HZ_OK;
}

static int put_unanswered(struct looking *l, size_t i, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PATH_LIMIT), packed = BUF_INIT(2 * LINE_MAX);
    const struct piece *p = l->pieces[i];
    enum stop_reason stop = stop_now(l->run);
    struct walk_absence a = { .status = W_TIMEOUT, .reason = N_("its file system did not answer"), .failure = true };
    if (p != NULL && stop == STOP_NONE) {
        a.reason = N_("not begun: too many others did not answer");
    } else if (p != NULL) {
        a.status = stop_status(stop);
        a.reason = stop_text(stop);
    }
    int rc = plan_unseen(l->run->options, l->run->options->recent_roots[i], &path, err);
    if (rc != HZ_OK)
        return rc;
    rc = put_absence(&packed, (struct w_bytes) { path.data, path.len }, a, err);
    return rc == HZ_OK ? recent_rows_add(&l->run->recent, packed.data, packed.len, err) : rc;
}

static int add_root(struct recent_roots *r, struct recent_root *root, struct hz_error *err)
{
    if (r->count == r->room) {
        size_t room = r->room == 0 ? 8 : r->room * 2;
        struct recent_root *grown = realloc(r->list, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        r->list = grown;
        r->room = room;
    }
    r->list[r->count++] = *root;
    *root = (struct recent_root) { .fd = -1 };
    return HZ_OK;
}

/* seen: the paths that are there already; two names may lead to one. */
static int keep_thing(struct looking *l, struct tree_node *seen, struct thing *t, struct recent_roots *roots,
                      struct hz_error *err)
{
    struct tree_node *node;
    int rc = tree_add(seen, t->root.path, strlen(t->root.path), &node, err);
    if (rc != HZ_OK || node->asked)
        return rc;
    node->asked = true;
    roots->looked_at += t->there;
    rc = recent_rows_add(&l->run->recent, t->rows.data, t->rows.len, err);
    return rc == HZ_OK && t->root.fd >= 0 ? add_root(roots, &t->root, err) : rc;
}

static int keep(struct looking *l, struct recent_roots *roots, struct hz_error *err)
{
    struct tree_node *seen = NULL;
    int rc = tree_new(&seen, err);
    for (size_t i = 0; rc == HZ_OK && i < l->count; i++) {
        struct piece *p = l->pieces[i];
        if (p == NULL || p->idle)
            rc = put_unanswered(l, i, err);
        else if ((rc = p->rc) != HZ_OK)
            *err = p->err;
        for (size_t k = 0; rc == HZ_OK && p != NULL && k < p->count; k++)
            rc = keep_thing(l, seen, &p->things[k], roots, err);
    }
    tree_free(seen);
    return rc;
}

static int prepare(struct looking *l, const struct recent_window *window, struct hz_error *err)
{
    l->asked = malloc(sizeof *l->asked);
    l->pieces = calloc(l->count + 1, sizeof *l->pieces);
    if (l->asked == NULL || l->pieces == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *l->asked = (struct asked) { .options = *l->run->options,
                                 .window = *window,
                                 .root = fcntl(l->run->root, F_DUPFD_CLOEXEC, 3) };
    if (l->asked->root < 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"));
    for (size_t i = 0; i < l->count; i++) {
        struct piece *p = l->pieces[i] = calloc(1, sizeof *p);
        if (p == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        p->asked = l->asked;
        p->path = l->run->options->recent_roots[i];
    }
    return HZ_OK;
}

static void looking_free(struct looking *l)
{
    for (size_t i = 0; l->pieces != NULL && i < l->count; i++)
        free_piece(l->pieces[i]);
    free(l->pieces);
    if (l->asked == NULL || l->lost)
        return;
    io_close(&l->asked->root);
    free(l->asked);
}

int recent_roots_look(struct run *run, const struct recent_window *window, int64_t patience_ns,
                      struct recent_roots *roots, struct hz_error *err)
{
    struct looking l = { .run = run, .count = run->options->recent_root_count, .hasty = patience_ns > 0 };
    int rc = prepare(&l, window, err);
    const struct servant_batch batch = { .work = work,
                                         .contexts = l.pieces,
                                         .count = l.count,
                                         .threads = SERVANT_THREADS,
                                         .limit_ns = patience_ns,
                                         .done = done,
                                         .done_context = &l };
    if (rc == HZ_OK)
        rc = servant_batch(run, &batch, err);
    if (rc == HZ_OK)
        rc = keep(&l, roots, err);
    looking_free(&l);
    return rc;
}

#include "collector/products.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/room.h"
#include "collector/source.h"
#include "collector/take.h"
#include "formats/write/name.h"

#define WAITING ((size_t)8 << 20) /* in the blocks of all files */

struct extent { /* in the spool */
    uint64_t at, len;
};

struct product {
    struct products *owner;
    char *path; /* owned; "data/<source>/<name>" */
    const char *method;
    struct stamp since;
    struct buf block;
    struct extent *extents; /* owned */
    size_t count, room;
    uint64_t size;
    const char *cut; /* why nothing more is kept; NULL: all is there */
    bool limited, bulk;
};

struct products {
    struct run *run;
    int spool;          /* -1 until needed */
    uint64_t end, most; /* bytes in it */
    size_t waiting;
    struct product **list; /* each owned, as is the array */
    size_t count, room;
};

/* In files, half of what is free: each byte comes into the bundle as well, while it is still here. */
static uint64_t room_for(const struct run *run)
{
    if (run->spool_directory < 0)
        return room_in_memory(!run->options->to_stdout);
    uint64_t left = room_left(&run->budget.room);
    return left == UINT64_MAX ? left : left / 2;
}

int products_open(struct products **out, struct run *run, struct hz_error *err)
{
    struct products *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    p->run = run;
    p->spool = -1;
    p->most = room_for(run);
    *out = p;
    return HZ_OK;
}

static void free_product(struct product *f)
{
    if (f == NULL)
        return;
    free(f->path);
    free(f->extents);
    buf_free(&f->block);
    free(f);
}

void products_free(struct products *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++)
        free_product(p->list[i]);
    free(p->list);
    io_close(&p->spool);
    free(p);
}

/* Room for one more in an array of pointers or extents. */
static int grow(void *array, size_t each, size_t count, size_t *room, struct hz_error *err)
{
    void **at = array;
    if (count < *room)
        return HZ_OK;
    size_t wanted = *room == 0 ? 8 : *room * 2;
    void *grown = reallocarray(*at, wanted, each);
    if (grown == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *at = grown;
    *room = wanted;
    return HZ_OK;
}

static char *member_path(const char *source, const char *name)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(W_NAME_PATH_MAX);
    buf_printf(&path, "data/%s/%s", source, name);
    return text_copy(buf_text(&path));
}

int products_add(struct products *p, const char *name, const char *method, struct product **out, struct hz_error *err)
{
    int rc = grow(&p->list, sizeof(struct product *), p->count, &p->room, err);
    if (rc != HZ_OK)
        return rc;
    struct product *f = calloc(1, sizeof *f);
    char *path = f == NULL ? NULL : member_path(p->run->source, name);
    if (path == NULL) {
        free(f);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    *f = (struct product) { .owner = p, .path = path, .method = method, .since = stamp_now() };
    buf_init(&f->block, 2 * PRODUCTS_BLOCK);
    *out = p->list[p->count++] = f;
    return HZ_OK;
}

static int open_spool(struct products *p, struct hz_error *err)
{
    if (p->spool >= 0)
        return HZ_OK;
    int directory = p->run->spool_directory;
    return directory < 0 ? io_create_memory(&p->spool, err) : io_create_spool(directory, &p->spool, err);
}

static const char *const no_room = N_("more than is free where the bundle is written");

static int store(struct product *f, const void *bytes, size_t len, struct hz_error *err)
{
    struct products *p = f->owner;
    struct hz_error why = { .code = HZ_OK };
    uint64_t kept = p->most / 2 < PRODUCTS_KEPT ? p->most / 2 : PRODUCTS_KEPT, most = p->most - (f->bulk ? kept : 0);
    if (p->end > most || len > most - p->end) {
        f->cut = p->run->spool_directory < 0 ? N_("more than is kept in memory") : no_room;
        return HZ_OK;
    }
    int rc = grow(&f->extents, sizeof *f->extents, f->count, &f->room, err);
    if (rc == HZ_OK)
        rc = open_spool(p, err);
    if (rc != HZ_OK)
        return rc;
    if (io_write_at(p->spool, p->end, bytes, len, &why) != HZ_OK) {
        f->cut = hz_errno_is_full(why.sys_errno) ? no_room : NULL;
        *err = why;
        return f->cut != NULL ? HZ_OK : why.code;
    }
    f->extents[f->count++] = (struct extent) { p->end, len };
    p->end += len;
    f->size += len;
    return HZ_OK;
}

static int flush(struct product *f, struct hz_error *err)
{
    if (f->block.len == 0)
        return HZ_OK;
    int rc = store(f, f->block.data, f->block.len, err);
    f->owner->waiting -= f->block.len;
    buf_free(&f->block);
    return rc;
}

static int flush_all(struct products *p, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < p->count; i++)
        rc = flush(p->list[i], err);
    return rc;
}

int product_put(struct product *f, const void *bytes, size_t len, struct hz_error *err)
{
    if (f->cut != NULL || len == 0)
        return HZ_OK;
    int rc = f->block.len + len > PRODUCTS_BLOCK ? flush(f, err) : HZ_OK;
    if (rc == HZ_OK && len > PRODUCTS_BLOCK)
        return f->cut != NULL ? HZ_OK : store(f, bytes, len, err);
    if (rc != HZ_OK || f->cut != NULL)
        return rc;
    if (buf_put(&f->block, bytes, len) != HZ_OK)
        return buf_check(&f->block, err);
    f->owner->waiting += len;
    return f->owner->waiting > WAITING ? flush_all(f->owner, err) : HZ_OK;
}

void product_bulk(struct product *f)
{
    f->bulk = true;
}

uint64_t product_size(const struct product *f)
{
    return f->size + f->block.len;
}

bool product_is_cut(const struct product *f)
{
    return f->cut != NULL;
}

void product_limited(struct product *f)
{
    f->limited = true;
}

/* What became of a file's bytes that are not there. */
static int note_missing(struct run *run, const struct product *f, const char *why, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(W_NAME_PATH_MAX + 200);
    buf_printf(&reason, "%s: %s", f->path, why);
    const struct walk_absence absence = { .status = W_OVER_BUDGET, .reason = buf_text(&reason), .failure = true };
    return absence.reason == NULL ? buf_check(&reason, err) : take_absence(run, &absence, err);
}

static int copy_out(const struct product *f, struct hz_error *err)
{
    struct products *p = f->owner;
    unsigned char bytes[PRODUCTS_BLOCK];
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < f->count; i++) {
        const struct extent *e = &f->extents[i];
        for (uint64_t at = 0; rc == HZ_OK && at < e->len;) {
            size_t want = e->len - at < sizeof bytes ? (size_t)(e->len - at) : sizeof bytes, got = 0;
            rc = io_read_at(p->spool, e->at + at, bytes, want, &got, err);
            if (rc == HZ_OK && got != want)
                rc = hz_error_set(err, HZ_E_IO, _("a spool file is shorter than what was written to it"));
            if (rc == HZ_OK)
                rc = w_bundle_file_data(p->run->bundle, bytes, want, err);
            at += want;
        }
    }
    return rc;
}

static int write_member(struct run *run, const struct product *f, struct hz_error *err)
{
    enum w_file_status status = f->limited || f->cut != NULL ? W_LIMITED : W_COLLECTED;
    const struct w_file file = { .path = f->path, .source = run->source, .method = f->method, .acquired_at = f->since };
    int rc = w_bundle_file_begin(run->bundle, &file, f->size, err);
    if (rc == HZ_OK)
        rc = copy_out(f, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_end(run->bundle, status, err);
    const struct w_bytes path = { f->path, strlen(f->path) };
    return rc == HZ_OK ? tally_file(&run->tally, status, path, f->cut, err) : rc;
}

static int write_product(struct product *f, struct hz_error *err)
{
    struct run *run = f->owner->run;
    struct budget_claim claim = { 0, 0 };
    int rc = flush(f, err);
    if (rc != HZ_OK)
        return rc;
    budget_make_room(&run->budget, f->size, strlen(f->path), run->bundle);
    const char *refused = f->bulk ? budget_admit(&run->budget, f->size, strlen(f->path), &claim)
                                  : budget_admit_made(&run->budget, f->size, strlen(f->path), &claim);
    if (refused == NULL && !w_bundle_room(run->bundle, strlen(f->path)))
        refused = N_("records no longer fit in memory");
    if (refused == NULL)
        rc = write_member(run, f, err);
    if (rc == HZ_OK && (refused != NULL || f->cut != NULL))
        rc = note_missing(run, f, refused != NULL ? refused : f->cut, err);
    budget_given(&run->budget, claim, run->bundle, &run->stop);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    const struct product *const *x = a, *const *y = b;
    return w_name_compare((*x)->path, strlen((*x)->path), (*y)->path, strlen((*y)->path));
}

/* <0: the host's file comes first. Never 0 by the caller's promise. */
static int before(const struct product *f, const struct tree_node *node, int *order, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf mapped = BUF_INIT(W_NAME_COMPONENT_MAX);
    const char *name = f->path + strlen("data/") + strlen(f->owner->run->source) + 1;
    int rc = w_name_component(&mapped, node->name, node->len, err);
    if (rc == HZ_OK)
        *order = w_name_compare((const char *)mapped.data, mapped.len, name, strcspn(name, "/"));
    return rc;
}

/* The host's files between two of ours; either may be NULL. */
static int walk_between(struct run *run, const struct tree_node *tree, const struct product *from,
                        const struct product *to, struct hz_error *err)
{
    struct tree_node some = *tree;
    some.count = 0;
    some.children = calloc(tree->count + 1, sizeof(struct tree_node *));
    if (some.children == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < tree->count; i++) {
        int after_from = 1, after_to = -1;
        if (from != NULL)
            rc = before(from, tree->children[i], &after_from, err);
        if (rc == HZ_OK && to != NULL)
            rc = before(to, tree->children[i], &after_to, err);
        if (after_from > 0 && after_to < 0)
            some.children[some.count++] = tree->children[i];
    }
    if (rc == HZ_OK && some.count > 0)
        rc = source_walk(run, &some, err);
    free(some.children);
    return rc;
}

int products_write(struct products *p, const struct tree_node *tree, struct hz_error *err)
{
    int rc = HZ_OK;
    const struct product *last = NULL;
    if (p->count > 1)
        qsort(p->list, p->count, sizeof(struct product *), by_path);
    for (size_t i = 0; rc == HZ_OK && i < p->count; i++) {
        if (tree != NULL)
            rc = walk_between(p->run, tree, last, p->list[i], err);
        if (rc == HZ_OK)
            rc = write_product(p->list[i], err);
        last = p->list[i];
    }
    return rc == HZ_OK && tree != NULL ? walk_between(p->run, tree, last, NULL, err) : rc;
}

#include "collector/processes/proc_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "collector/processes/proc_hidden.h"
#include "collector/processes/proc_recover.h"
#include "collector/servant.h"
#include "collector/take.h"
#include "formats/write/fields.h"

#define CHUNK ((size_t)256) /* processes that are looked at in one batch: what they have to say is in memory */
#define OBSERVED_MAX 256    /* processes of which raw files are kept */
#define THREADS 2           /* each may have tens of megabytes of descriptors to tell of */

struct batch {
    struct proc_list *list;
    size_t first, count, not_begun;
    struct proc_detail *details[CHUNK];
};

static int put(struct product *to, const struct buf *lines, struct hz_error *err)
{
    return product_put(to, lines->data, lines->len, err);
}

static int observe_one(struct run *run, const struct proc *p, const char *code, struct buf *detail,
                       struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf subject = BUF_INIT(64);
    buf_printf(&subject, "pid %u", p->pid);
    return observe(run, code, (struct w_bytes) { subject.data, subject.len }, buf_text(detail), err);
}

static int observe_memory(struct run *run, const struct proc_detail *d, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(8192);
    const struct proc_counts *c = &d->counts;
    if (c->anonymous == 0)
        return HZ_OK;
    buf_printf(&detail, "%.*s: %llu mappings, %llu bytes, that can be executed and have no file",
               (int)d->p->stat.comm_len, (const char *)d->p->stat.comm, (unsigned long long)c->anonymous,
               (unsigned long long)c->anonymous_bytes);
    return observe_one(run, d->p, "anonymous-executable-memory", &detail, err);
}

static int observe_library(struct run *run, const struct proc_detail *d, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(8192);
    const struct proc_counts *c = &d->counts;
    bool own = d->image != NULL && d->image->state >= PROC_IMAGE_DELETED; /* said already */
    if (c->deleted + c->memory == 0 || own)
        return HZ_OK;
    buf_printf(&detail, "%.*s: %llu executable mappings of deleted files, %llu of memfds", (int)d->p->stat.comm_len,
               (const char *)d->p->stat.comm, (unsigned long long)c->deleted, (unsigned long long)c->memory);
    return observe_one(run, d->p, "deleted-library", &detail, err);
}

static int observe_detail(struct run *run, const struct proc_detail *d, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(8192);
    int rc = observe_memory(run, d, err);
    if (rc == HZ_OK)
        rc = observe_library(run, d, err);
    if (rc == HZ_OK && d->preload.len > 0) {
        buf_printf(&detail, "%.*s was started with ", (int)d->p->stat.comm_len, (const char *)d->p->stat.comm);
        buf_put(&detail, d->preload.data, d->preload.len < 4000 ? d->preload.len : 4000);
        rc = observe_one(run, d->p, "preload-variable", &detail, err);
    }
    if (rc == HZ_OK && d->p->tracer != 0) {
        buf_reset(&detail);
        buf_printf(&detail, "%.*s is traced by process %u", (int)d->p->stat.comm_len, (const char *)d->p->stat.comm,
                   d->p->tracer);
        rc = observe_one(run, d->p, "traced-process", &detail, err);
    }
    return rc;
}

static int keep_file(struct proc_list *l, const struct proc *p, const char *name, const struct buf *bytes,
                     struct hz_error *err)
{
    char path[96];
    struct product *f = NULL;
    if (bytes->len == 0)
        return HZ_OK;
    snprintf(path, sizeof path, "observed/%u/%s", p->pid, name);
    int rc = products_add(l->products, path, "procfs", &f, err);
    return rc == HZ_OK ? put(f, bytes, err) : rc;
}

/* What an observation points at is kept as the kernel wrote it. */
static int keep_raw(struct proc_list *l, const struct proc_detail *d, struct hz_error *err)
{
    if (!proc_detail_odd(d) || l->observed == OBSERVED_MAX)
        return HZ_OK;
    l->observed++;
    int rc = keep_file(l, d->p, "status", &d->status, err);
    if (rc == HZ_OK)
        rc = keep_file(l, d->p, "maps", &d->maps, err);
    const struct buf *cmdline = d->cmdline.len > 0 ? &d->cmdline : &d->p->cmdline;
    return rc == HZ_OK ? keep_file(l, d->p, "cmdline", cmdline, err) : rc;
}

static int give(struct proc_list *l, size_t no, const struct proc_detail *d, struct hz_error *err)
{
    int rc = d->rc;
    if (rc != HZ_OK) {
        *err = d->err;
        return rc;
    }
    l->marks[no] = (unsigned char)((d->counts.anonymous > 0 ? PROC_MARK_EXECUTABLE_MEMORY : 0) |
                                   (d->gone || d->reused || d->p->state != PROC_SEEN ? PROC_MARK_GONE : 0));
    l->denied += d->denied;
    rc = put(l->rows, &d->row, err);
    if (rc == HZ_OK)
        rc = put(l->descriptors, &d->descriptors, err);
    if (rc == HZ_OK)
        rc = put(l->descriptors_text, &d->descriptors_text, err);
    if (rc == HZ_OK)
        rc = put(l->mappings, &d->mappings, err);
    if (rc == HZ_OK)
        rc = put(l->mappings_text, &d->mappings_text, err);
    for (size_t i = 0; rc == HZ_OK && i < d->wanted_count; i++)
        rc = proc_recover_note(l->recover, d->p, &d->wanted[i], err);
    l->recover->left_out += d->wanted_more;
    if (rc == HZ_OK)
        rc = observe_detail(l->run, d, err);
    return rc == HZ_OK ? keep_raw(l, d, err) : rc;
}

static struct proc_detail *new_detail(const struct proc_list *l, size_t no)
{
    const struct proc *p = l->table->list[no];
    struct proc_detail *d = proc_detail_new();
    if (d == NULL)
        return NULL;
    d->table = l->table;
    d->users = l->users;
    d->p = p;
    d->image = p->has_image ? &l->images->list[p->image_no] : NULL;
    d->environ_values = l->run->options->environ_values;
    d->hidden = proc_hidden_is(l->table, p);
    d->own = p->pid == l->table->files.own;
    return d;
}

/* A row with what the first look saw. */
static int give_first_look(struct proc_list *l, size_t no, struct hz_error *err)
{
    struct proc_detail *d = new_detail(l, no);
    if (d == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    d->gone = true;
    proc_row(d, -1);
    int rc = give(l, no, d, err);
    proc_detail_free(d);
    return rc;
}

/* The thread has what it was given. */
static int give_lost(struct proc_list *l, size_t no, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(200);
    l->table->borrowed = l->table->files.borrowed = true;
    buf_printf(&reason, "process %u: no answer within the command timeout", l->table->list[no]->pid);
    const struct walk_absence a = { .status = W_TIMEOUT, .reason = buf_text(&reason), .failure = true };
    int rc = take_absence(l->run, &a, err);
    return rc == HZ_OK ? give_first_look(l, no, err) : rc;
}

static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct batch *b = context;
    struct proc_detail *d = b->details[i];
    b->not_begun += !begun;
    if (!begun)
        return give_first_look(b->list, b->first + i, err);
    b->details[i] = NULL;
    if (lost)
        return give_lost(b->list, b->first + i, err);
    int rc = give(b->list, b->first + i, d, err);
    proc_detail_free(d);
    return rc;
}

static int make_details(struct batch *b, struct hz_error *err)
{
    for (size_t i = 0; i < b->count; i++) {
        b->details[i] = new_detail(b->list, b->first + i);
        if (b->details[i] == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    return HZ_OK;
}

static int look(struct proc_list *l, size_t first, size_t *not_begun, struct hz_error *err)
{
    struct batch b = { .list = l, .first = first };
    b.count = l->table->count - first < CHUNK ? l->table->count - first : CHUNK;
    int rc = make_details(&b, err);
    const struct servant_batch batch = { .work = proc_detail_work,
                                         .contexts = (void **)b.details,
                                         .count = b.count,
                                         .threads = THREADS,
                                         .done = done,
                                         .done_context = &b };
    if (rc == HZ_OK)
        rc = servant_batch(l->run, &batch, err);
    for (size_t i = 0; i < b.count; i++)
        proc_detail_free(b.details[i]);
    *not_begun += b.not_begun;
    return rc;
}

static int note_not_begun(struct run *run, size_t count, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(200);
    enum stop_reason stop = stop_now(run);
    if (count == 0)
        return HZ_OK;
    buf_printf(&reason, "details of %zu processes: %s", count,
               stop == STOP_NONE ? N_("too many others gave no answer") : stop_text(stop));
    const struct walk_absence a = { .status = stop == STOP_NONE ? W_TIMEOUT : stop_status(stop),
                                    .reason = buf_text(&reason),
                                    .failure = true };
    return take_absence(run, &a, err);
}

static int note_denied(struct run *run, size_t count, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(200);
    if (count == 0)
        return HZ_OK;
    buf_printf(&reason, "files of %zu processes: permission denied; their rows say which", count);
    const struct walk_absence a = { .status = W_DENIED, .reason = buf_text(&reason), .failure = true };
    return take_absence(run, &a, err);
}

int proc_list_make(struct proc_list *l, struct hz_error *err)
{
    size_t not_begun = 0;
    int rc = HZ_OK;
    l->marks = calloc(l->table->count + 1, sizeof *l->marks);
    if (l->marks == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; rc == HZ_OK && i < l->table->count; i += CHUNK)
        rc = look(l, i, &not_begun, err);
    if (rc == HZ_OK)
        rc = note_not_begun(l->run, not_begun, err);
    return rc == HZ_OK ? note_denied(l->run, l->denied, err) : rc;
}

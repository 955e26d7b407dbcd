#include "collector/processes/proc_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "collector/processes/proc_image_look.h"
#include "collector/servant.h"
#include "collector/take.h"

#define THREADS 2

const char *proc_image_name(enum proc_image_state state)
{
    static const char *const names[] = { [PROC_IMAGE_UNKNOWN] = "unknown",
                                         [PROC_IMAGE_PRESENT] = "present",
                                         [PROC_IMAGE_DELETED] = "deleted",
                                         [PROC_IMAGE_REPLACED] = "replaced",
                                         [PROC_IMAGE_MEMORY] = "memory" };
    return names[state];
}

/* By file and by what the link says: the same file may have been started by several names. */
static int compare(const void *a, const void *b)
{
    const struct proc *const *left = a, *const *right = b;
    const struct proc *p = *left, *q = *right;
    const uint64_t x[] = { p->image.stx_dev_major, p->image.stx_dev_minor, p->image.stx_ino, p->exe.len };
    const uint64_t y[] = { q->image.stx_dev_major, q->image.stx_dev_minor, q->image.stx_ino, q->exe.len };
    for (size_t i = 0; i < sizeof x / sizeof x[0]; i++) {
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    }
    return p->exe.len == 0 ? 0 : memcmp(p->exe.data, q->exe.data, p->exe.len);
}

static int compare_all(const void *a, const void *b)
{
    const struct proc *const *left = a, *const *right = b;
    int order = compare(a, b);
    return order != 0 ? order : (*left)->pid < (*right)->pid ? -1 : (*left)->pid > (*right)->pid;
}

struct looking {
    struct proc_image_look **looks; /* each owned, as is the array */
    size_t count;
    struct proc_images *images;
    struct proc_table *table;
    struct run *run;
    size_t not_begun;
};

static int note_lost(struct looking *l, const struct proc *p, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(200);
    buf_printf(&reason, "executable of process %u: no answer within the command timeout", p->pid);
    const struct walk_absence a = { .status = W_TIMEOUT, .reason = buf_text(&reason), .failure = true };
    l->table->borrowed = l->table->files.borrowed = true;
    return take_absence(l->run, &a, err);
}

static int note_not_begun(const struct looking *l, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(200);
    enum stop_reason stop = stop_now(l->run);
    if (l->not_begun == 0)
        return HZ_OK;
    buf_printf(&reason, "%zu executables of processes: %s", l->not_begun,
               stop == STOP_NONE ? N_("too many others gave no answer") : stop_text(stop));
    const struct walk_absence a = { .status = stop == STOP_NONE ? W_TIMEOUT : stop_status(stop),
                                    .reason = buf_text(&reason),
                                    .failure = true };
    return a.reason == NULL ? buf_check(&reason, err) : take_absence(l->run, &a, err);
}

static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct looking *l = context;
    struct proc_image *image = &l->images->list[i];
    l->not_begun += !begun;
    if (!begun)
        return HZ_OK;
    if (lost) {
        l->looks[i] = NULL;
        image->sys_errno = ETIMEDOUT;
        return note_lost(l, image->process, err);
    }
    const struct proc *process = image->process;
    *image = l->looks[i]->result;
    image->process = process;
    l->run->tally.exposed_links += image->exposed;
    return HZ_OK;
}

static int look(struct looking *l, struct hz_error *err)
{
    int rc = HZ_OK;
    l->looks = calloc(l->count + 1, sizeof *l->looks);
    for (size_t i = 0; l->looks != NULL && rc == HZ_OK && i < l->count; i++) {
        l->looks[i] = calloc(1, sizeof **l->looks);
        if (l->looks[i] == NULL)
            rc = hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        else
            *l->looks[i] = (struct proc_image_look) { .proc = l->table->files.fd,
                                                      .root = l->run->root,
                                                      .process = l->images->list[i].process };
    }
    if (l->looks == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    const struct servant_batch b = { .work = proc_image_look,
                                     .contexts = (void **)l->looks,
                                     .count = l->count,
                                     .threads = THREADS,
                                     .done = done,
                                     .done_context = l };
    if (rc == HZ_OK && l->count > 0)
        rc = servant_batch(l->run, &b, err);
    for (size_t i = 0; i < l->count; i++)
        free(l->looks[i]);
    free(l->looks);
    return rc == HZ_OK ? note_not_begun(l, err) : rc;
}

/* sorted: of those that have an image. */
static int gather(struct proc_images *images, struct proc **sorted, size_t count, struct hz_error *err)
{
    images->list = calloc(count + 1, sizeof *images->list);
    if (images->list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare(&sorted[i - 1], &sorted[i]) != 0)
            images->list[images->count++].process = sorted[i];
        sorted[i]->image_no = images->count - 1;
    }
    return HZ_OK;
}

int proc_images_take(struct proc_images *out, struct proc_table *t, struct run *run, struct hz_error *err)
{
    struct proc_images images = { 0 };
    struct proc **sorted = calloc(t->count + 1, sizeof(struct proc *));
    size_t count = 0;
    if (sorted == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; i < t->count; i++) {
        if (t->list[i]->has_image)
            sorted[count++] = t->list[i];
    }
    if (count > 1)
        qsort(sorted, count, sizeof(struct proc *), compare_all);
    int rc = w_digest_init(err);
    if (rc == HZ_OK)
        rc = gather(&images, sorted, count, err);
    struct looking l = { .count = images.count, .images = &images, .table = t, .run = run };
    if (rc == HZ_OK)
        rc = look(&l, err);
    free(sorted);
    if (rc == HZ_OK)
        *out = images;
    else
        proc_images_free(&images);
    return rc;
}

void proc_images_free(struct proc_images *images)
{
    for (size_t i = 0; i < images->count; i++)
        free(images->list[i].stored);
    free(images->list);
    *images = (struct proc_images) { 0 };
}

static int observe_one(const struct proc_image *image, const struct proc *p, struct run *run, struct hz_error *err)
{
    static const char *const codes[] = { [PROC_IMAGE_DELETED] = "deleted-executable",
                                         [PROC_IMAGE_REPLACED] = "replaced-executable",
                                         [PROC_IMAGE_MEMORY] = "memfd-executable" };
    HZ_CLEANUP(buf_free) struct buf subject = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(8192);
    if (image->state < PROC_IMAGE_DELETED)
        return HZ_OK;
    buf_printf(&subject, "pid %u", p->pid);
    buf_printf(&detail, "%.*s runs ", (int)p->stat.comm_len, (const char *)p->stat.comm);
    buf_put(&detail, p->exe.data, p->exe.len);
    if (image->hashed)
        buf_printf(&detail, "; SHA-256 %s", image->sha256);
    return observe(run, codes[image->state], (struct w_bytes) { subject.data, subject.len }, buf_text(&detail), err);
}

int proc_images_observe(const struct proc_images *images, const struct proc_table *t, struct run *run,
                        struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < t->count; i++) {
        if (t->list[i]->has_image)
            rc = observe_one(&images->list[t->list[i]->image_no], t->list[i], run, err);
    }
    return rc;
}

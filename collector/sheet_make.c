/* Listings made on servants' threads. */
#include <fcntl.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/plan.h"
#include "collector/servant.h"
#include "collector/sheet.h"
#include "collector/stop.h"
#include "collector/take.h"

struct job { /* one listing; left to its thread when that is left behind */
    const struct sheet_maker *maker;
    int root;
    struct sheet sheet;
    int rc;
    struct hz_error err;
};

struct giving {
    struct run *run;
    struct products *products;
    struct tree_node *tree;
    const struct sheet_maker *makers;
    struct job **jobs; /* NULL where given away */
    bool *again;       /* which are to be made once more */
    bool wary;         /* this is that */
};

static void free_job(struct job *job)
{
    if (job == NULL)
        return;
    sheet_free(&job->sheet);
    io_close(&job->root);
    free(job);
}

static struct job *new_job(int root, const struct sheet_maker *maker)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return NULL;
    job->maker = maker;
    job->root = fcntl(root, F_DUPFD_CLOEXEC, 0);
    sheet_init(&job->sheet, maker->name, maker->schema, maker->method);
    if (job->root >= 0)
        return job;
    free_job(job);
    return NULL;
}

static void work(void *context)
{
    struct job *job = context;
    job->rc = sheet_first(&job->sheet, &job->err);
    if (job->rc == HZ_OK)
        job->rc = job->maker->make(job->root, &job->sheet, &job->err);
}

static int leave_out(struct run *run, const char *name, enum w_absent_status status, int sys_errno, const char *why,
                     struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(2000);
    buf_printf(&reason, "%s: %s", name, why);
    const struct walk_absence a = {
        .status = status, .reason = buf_text(&reason), .sys_errno = sys_errno, .failure = true
    };
    return a.reason == NULL ? buf_check(&reason, err) : take_absence(run, &a, err);
}

static int give(struct giving *g, struct job *job, struct hz_error *err)
{
    if (job->rc == HZ_OK)
        return sheet_give(&job->sheet, g->run, g->products, g->tree, err);
    if (job->rc == HZ_E_NOMEM || absence_is_ours(job->err.sys_errno)) {
        *err = job->err;
        return job->rc;
    }
    int e = job->err.sys_errno;
    return leave_out(g->run, job->maker->name, e == 0 ? W_IO_ERROR : absence_status(e), e,
                     e == 0 ? N_("it could not be made") : absence_reason(e), err);
}

static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    struct giving *g = context;
    const char *name = g->makers[i].name;
    if (!lost) {
        int rc = give(g, g->jobs[i], err);
        free_job(g->jobs[i]); /* not all of them at once */
        g->jobs[i] = NULL;
        return rc;
    }
    if (begun) {
        g->jobs[i] = NULL;
        g->again[i] = !g->wary && g->makers[i].again;
        if (g->again[i])
            return HZ_OK;
        return leave_out(g->run, name, W_TIMEOUT, 0, N_("no answer within the command timeout"), err);
    }
    enum stop_reason why = stop_now(g->run);
    return why == STOP_NONE
               ? leave_out(g->run, name, W_TIMEOUT, 0, N_("not begun: too many others did not answer"), err)
               : leave_out(g->run, name, stop_status(why), 0, stop_text(why), err);
}

struct again {
    struct giving *giving;
    size_t at;
};

static int do_again(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    const struct again *a = context;
    (void)i;
    return done(a->giving, a->at, begun, lost, err);
}

/* What no answer came for, one after the other. */
static int make_again(struct giving *g, size_t count, struct hz_error *err)
{
    int rc = HZ_OK;
    g->wary = true;
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        if (!g->again[i])
            continue;
        struct again again = { g, i };
        g->jobs[i] = new_job(g->run->root, &g->makers[i]);
        if (g->jobs[i] == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        g->jobs[i]->sheet.wary = true;
        void *context = g->jobs[i];
        const struct servant_batch batch = {
            .work = work, .contexts = &context, .count = 1, .threads = 1, .done = do_again, .done_context = &again
        };
        rc = servant_batch(g->run, &batch, err);
    }
    return rc;
}

int sheet_make(struct run *run, struct products *p, struct tree_node *tree, const struct sheet_maker *makers,
               size_t count, struct hz_error *err)
{
    struct job **jobs = calloc(count + 1, sizeof *jobs);
    int rc = jobs == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        if ((jobs[i] = new_job(run->root, &makers[i])) == NULL)
            rc = hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    struct giving giving = { run, p, tree, makers, jobs, calloc(count + 1, sizeof(bool)), false };
    /* One at a time: a listing may need 48 MiB. */
    struct servant_batch batch = { .work = work, .count = count, .threads = 1, .done = done, .done_context = &giving };
    batch.contexts = (void **)(jobs == NULL ? NULL : calloc(count + 1, sizeof *batch.contexts));
    if (rc == HZ_OK && (batch.contexts == NULL || giving.again == NULL))
        rc = hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        batch.contexts[i] = jobs[i];
    if (rc == HZ_OK)
        rc = servant_batch(run, &batch, err);
    if (rc == HZ_OK)
        rc = make_again(&giving, count, err);
    for (size_t i = 0; jobs != NULL && i < count; i++)
        free_job(jobs[i]);
    free(batch.contexts);
    free(giving.again);
    free(jobs);
    return rc;
}

bool sheet_makes(const struct sheet_maker *makers, size_t count, size_t i, struct buf *out)
{
    if (i / 2 >= count)
        return false;
    buf_printf(out, "%s.%s", makers[i / 2].name, i % 2 == 0 ? "jsonl" : "txt");
    return true;
}

int sheet_plan(struct tree_node *tree, int root, const char *const *paths, size_t count, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = plan_add(tree, root, paths[i], false, err);
    return rc;
}

int sheet_take(struct run *run, const struct tree_node *tree, const struct sheet_maker *makers, size_t count,
               struct hz_error *err)
{
    struct products *p = NULL;
    struct tree_node *all = NULL; /* with what the listings want */
    int rc = products_open(&p, run, err);
    if (rc == HZ_OK)
        rc = tree_new(&all, err);
    if (rc == HZ_OK)
        rc = sheet_copy_tree(run, all, tree, err);
    if (rc == HZ_OK)
        rc = sheet_make(run, p, all, makers, count, err);
    if (rc == HZ_OK)
        rc = products_write(p, all, err);
    tree_free(all);
    products_free(p);
    return rc;
}

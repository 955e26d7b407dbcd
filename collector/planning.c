#include "collector/planning.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/servant.h"
#include "collector/stop.h"
#include "collector/take.h"

/* When the collection is to end, what was asked for is listed all the same: it is begun again where a busy host gave
 * the thread no time to begin, but never here, where nobody could leave it behind. */
#define BEGIN_AGAIN 20

struct planning { /* the thread's own, if it is left behind */
    const struct source *source;
    struct collect_options options;
    int root; /* owned */
    struct tree_node *tree;
    int rc;
    struct hz_error err;
};

static void planning_free(struct planning *p)
{
    tree_free(p->tree);
    io_close(&p->root);
    free(p);
}

static void work(void *context)
{
    struct planning *p = context;
    p->rc = p->source->plan(&p->options, p->root, p->tree, &p->err);
}

static int planning_new(struct run *run, const struct source *source, bool wary, struct planning **out,
                        struct hz_error *err)
{
    struct planning *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    p->source = source;
    p->options = *run->options;
    p->options.wary = wary;
    p->root = fcntl(run->root, F_DUPFD_CLOEXEC, 0);
    int rc = p->root < 0 ? hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"))
                         : tree_new(&p->tree, err);
    if (rc == HZ_OK)
        *out = p;
    else
        planning_free(p);
    return rc;
}

static int note(struct run *run, enum w_absent_status status, const char *reason, struct hz_error *err)
{
    const struct walk_absence row = { .status = status, .reason = reason, .failure = true };
    return take_absence(run, &row, err);
}

/* Nothing is known of what there is. */
static int without_tree(struct run *run, enum w_absent_status status, const char *reason, struct tree_node **tree,
                        struct hz_error *err)
{
    int rc = note(run, status, reason, err);
    return rc == HZ_OK ? tree_new(tree, err) : rc;
}

static int finish(struct run *run, struct planning *p, struct tree_node **tree, struct hz_error *err)
{
    int rc = p->rc;
    if (rc != HZ_OK)
        *err = p->err;
    else if (p->tree->cut)
        rc = note(run, W_OVER_BUDGET, N_("a pattern of a profile finds more than can be looked for"), err);
    if (rc == HZ_OK) {
        *tree = p->tree;
        p->tree = NULL;
    }
    planning_free(p);
    return rc;
}

static int plan(struct run *run, const struct source *source, bool wary, struct tree_node **tree, struct hz_error *err);

/* Said in any case; what lies elsewhere is looked for once more. */
static int plan_again(struct run *run, const struct source *source, bool wary, struct tree_node **tree,
                      struct hz_error *err)
{
    int rc = HZ_OK;
    if (!wary)
        rc = note(run, W_TIMEOUT, N_("a file system did not answer while this source looked for what there is"), err);
    if (rc != HZ_OK)
        return rc;
    return wary ? tree_new(tree, err) : plan(run, source, true, tree, err);
}

static int plan(struct run *run, const struct source *source, bool wary, struct tree_node **tree, struct hz_error *err)
{
    struct planning *p;
    struct hz_error why;
    int rc = planning_new(run, source, wary, &p, err);
    if (rc != HZ_OK)
        return rc;
    rc = servant_do(run, work, p, &why);
    for (int i = 0; rc == HZ_E_CHANGED && i < BEGIN_AGAIN; i++)
        rc = servant_do(run, work, p, &why);
    if (rc == HZ_OK)
        return finish(run, p, tree, err);
    if (rc == HZ_E_TIMEOUT)
        return plan_again(run, source, wary, tree, err);
    planning_free(p);
    if (rc == HZ_E_CHANGED)
        return without_tree(run, stop_status(stop_now(run)), stop_text(stop_now(run)), tree, err);
    *err = why;
    return rc;
}

int planning_do(struct run *run, const struct source *source, struct tree_node **tree, struct hz_error *err)
{
    return source->plan == NULL ? tree_new(tree, err) : plan(run, source, false, tree, err);
}

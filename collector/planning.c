#include "collector/planning.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/servant.h"
#include "collector/take.h"

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

static int planning_new(struct run *run, const struct source *source, struct planning **out, struct hz_error *err)
{
    struct planning *p = calloc(1, sizeof *p);
    if (p == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    p->source = source;
    p->options = *run->options;
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

static int lost(struct run *run, struct tree_node **tree, struct hz_error *err)
{
    int rc = note(run, W_TIMEOUT, N_("a file system did not answer while this source looked for what there is"), err);
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

int planning_do(struct run *run, const struct source *source, struct tree_node **tree, struct hz_error *err)
{
    struct planning *p;
    struct hz_error why;
    if (source->plan == NULL)
        return tree_new(tree, err);
    int rc = planning_new(run, source, &p, err);
    if (rc != HZ_OK)
        return rc;
    rc = servant_do(run, work, p, &why);
    if (rc == HZ_E_TIMEOUT)
        return lost(run, tree, err);
    if (rc == HZ_E_CHANGED) /* it is to end: what was asked for is listed all the same */
        work(p);
    else if (rc != HZ_OK) {
        *err = why;
        planning_free(p);
        return rc;
    }
    return finish(run, p, tree, err);
}

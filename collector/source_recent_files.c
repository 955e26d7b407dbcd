/* recent-files: the bytes of the regular files that the source recent has listed, in parts of a bounded number of names
 * (formats/spec/sources.md). */
#include <string.h>

#include "base/lang.h"
#include "collector/recent_part.h"
#include "collector/source.h"
#include "collector/take.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options->recent_ns > 0 && options->recent_content;
}

struct part { /* files that are taken in one walk */
    struct run *run;
    struct tree_node *tree;
    size_t count;
    struct recent_part cut;
};

static int flush(struct part *p, struct hz_error *err)
{
    int rc = p->count == 0 ? HZ_OK : source_walk(p->run, p->tree, err);
    tree_free(p->tree);
    p->tree = NULL;
    p->count = 0;
    return rc;
}

static int add(struct part *p, struct w_bytes path, struct hz_error *err)
{
    struct tree_node *node = NULL;
    int rc = p->tree != NULL ? HZ_OK : tree_new(&p->tree, err);
    if (rc == HZ_OK)
        rc = tree_add(p->tree, path.data, path.len, &node, err);
    if (rc != HZ_OK)
        return rc;
    node->asked = true;
    p->count++;
    return HZ_OK;
}

static int leave_out(struct run *run, struct w_bytes path, struct hz_error *err)
{
    struct walk_absence a = { .origin = path,
                              .status = W_OVER_BUDGET,
                              .reason = N_("among too many files whose names begin with one another"),
                              .failure = true };
    return take_absence(run, &a, err);
}

static int take_row(struct part *p, const struct recent_row *row, struct hz_error *err)
{
    bool apart;
    int rc = recent_part_next(&p->cut, row->key, &apart, err);
    if (rc == HZ_OK && apart && p->count >= RECENT_PART_FILES)
        rc = flush(p, err);
    if (rc != HZ_OK)
        return rc;
    return p->count < RECENT_PART_MOST ? add(p, row->origin, err) : leave_out(p->run, row->origin, err);
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    (void)tree;
    struct recent_pass *pass = NULL;
    struct part p = { .run = run };
    const struct recent_row *row = NULL;
    recent_part_init(&p.cut);
    int rc = recent_pass_begin(&run->recent, &pass, err);
    while (rc == HZ_OK && (rc = recent_pass_next(pass, &row, err)) == HZ_OK && row != NULL)
        if (row->regular)
            rc = take_row(&p, row, err);
    if (rc == HZ_OK)
        rc = flush(&p, err);
    tree_free(p.tree);
    recent_part_free(&p.cut);
    recent_pass_end(&pass);
    recent_rows_free(&run->recent);
    return rc;
}

const struct source source_recent_files = { .name = "recent-files", .wanted = wanted, .take = take };

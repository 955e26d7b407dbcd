#include "collector/profiles/profile_plan.h"

#include <string.h>

#include "collector/absence.h"
#include "collector/look.h"
#include "collector/plan.h"
#include "collector/profiles/profile_glob.h"
#include "collector/profiles/profile_set.h"

struct planning {
    struct tree_node *tree;
    int root;
};

static int add(void *context, const char *path, struct hz_error *err)
{
    struct planning *p = context;
    return plan_add(p->tree, p->root, path, false, err);
}

static int refused(void *context, const char *path, int sys_errno, struct hz_error *err)
{
    struct planning *p = context;
    return plan_refused(p->tree, path, sys_errno, err);
}

/* One whose beginning cannot be read is asked for: what comes of that is said. */
static int add_database(void *context, const char *path, struct hz_error *err)
{
    static const char magic[] = "SQLite format 3"; /* its NUL belongs to it */
    struct planning *p = context;
    HZ_CLEANUP(buf_free) struct buf head = BUF_INIT(sizeof magic);
    struct hz_error why;
    int rc = look_read(p->root, path, &head, &why);
    if (rc != HZ_OK && (rc == HZ_E_UNSUPPORTED || absence_status(why.sys_errno) == W_VANISHED))
        return HZ_OK;
    if (rc == HZ_OK && (head.len < sizeof magic || memcmp(head.data, magic, sizeof magic) != 0))
        return HZ_OK;
    return add(context, path, err);
}

int profile_plan_files(struct tree_node *tree, int root, const struct collect_options *options, struct hz_error *err)
{
    HZ_CLEANUP(away_free) struct away away = { 0 };
    struct planning p = { tree, root };
    const struct profile_glob_sink sink = { &p, add, refused };
    int rc = options->wary ? away_find(root, &away, err) : HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < options->profiles.path_count; i++) {
        const char *path = options->profiles.paths[i];
        rc = profile_glob_is_pattern(path) ? profile_glob(root, path, &away, &sink, &tree->cut, err)
             : away_has(&away, path)       ? HZ_OK
                                           : add(&p, path, err);
    }
    return rc;
}

int profile_plan_databases(struct tree_node *tree, int root, const struct collect_options *options,
                           struct hz_error *err)
{
    HZ_CLEANUP(away_free) struct away away = { 0 };
    struct planning p = { tree, root };
    const struct profile_glob_sink sink = { &p, add_database, refused };
    int rc = options->wary ? away_find(root, &away, err) : HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < options->profiles.database_count; i++)
        rc = profile_glob(root, options->profiles.databases[i], &away, &sink, &tree->cut, err);
    return rc;
}

int profile_plan_texts(struct tree_node *tree, const struct collect_options *options, struct hz_error *err)
{
    const struct profile_set *s = options->profiles.list;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && s != NULL && i < s->count; i++)
        rc = tree_make(tree, &s->list[i]->made, err);
    return rc;
}

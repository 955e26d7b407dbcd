#include "collector/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/resolve.h"
#include "formats/write/name.h"

#define PATH_LIMIT ((size_t)1 << 20)

static int make_absolute(const char *path, struct buf *out, struct hz_error *err)
{
    if (path[0] != '/') {
        char *here = getcwd(NULL, 0);
        if (here == NULL || here[0] != '/') { /* "(unreachable)/..." after the directory left our root */
            int e = here == NULL ? errno : ENOENT;
            free(here);
            return hz_error_sys(err, HZ_E_IO, e, _("the working directory cannot be told; give %s as an absolute path"),
                                path);
        }
        buf_puts(out, here);
        buf_putc(out, '/');
        free(here);
    }
    buf_puts(out, path);
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

static bool is_unknown(const struct resolved *r)
{
    return r->missing != 0 && absence_status(r->missing) != W_VANISHED;
}

/* Once more where something fails: what is there must not be left out for an error that is over. */
static int resolve(int root, const char *path, struct resolved *r, struct hz_error *err)
{
    int rc = resolve_path(root, path, r, err);
    return rc == HZ_OK && is_unknown(r) && !absence_is_ours(r->missing) ? resolve_path(root, path, r, err) : rc;
}

/* What cannot be told of is not asked for: what stands there may lead on. */
static int ask(struct tree_node *tree, const struct resolved *r, bool named, struct tree_node **out,
               struct hz_error *err)
{
    struct tree_node *node;
    int rc = tree_add(tree, (const char *)r->path.data, r->path.len, &node, err);
    if (rc != HZ_OK)
        return rc;
    *out = node;
    if (is_unknown(r)) {
        node->unresolved = r->missing;
        return HZ_OK;
    }
    node->asked = true;
    node->named |= named;
    node->missing = r->missing != 0;
    return HZ_OK;
}

/* No record can hold where it leads, or finding out takes too long: whoever made the links could wish for that. first:
 * the link, or NULL where the links are on the way. */
static int lead_too_far(struct tree_node *tree, struct tree_node *first, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf unseen = BUF_INIT(PATH_LIMIT);
    struct tree_node *node;
    if (first != NULL) {
        first->astray = ENAMETOOLONG;
        return HZ_OK;
    }
    int rc = resolve_unseen(path, &unseen, err);
    if (rc == HZ_OK && unseen.len > W_NAME_ORIGIN_MAX)
        rc = hz_error_set(err, HZ_E_LIMIT, _("%s: the path is longer than %d bytes"), path, W_NAME_ORIGIN_MAX);
    if (rc == HZ_OK)
        rc = tree_add(tree, (const char *)unseen.data, unseen.len, &node, err);
    if (rc == HZ_OK)
        node->unresolved = ENAMETOOLONG;
    return rc;
}

int plan_add(struct tree_node *tree, int root, const char *path, bool named, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf next = BUF_INIT(PATH_LIMIT);
    HZ_CLEANUP(resolve_free) struct resolved r;
    resolve_init(&r);
    int rc = make_absolute(path, &next, err);
    struct tree_node *first = NULL;
    bool follow = true;
    for (unsigned links = 0; rc == HZ_OK && follow; links++) {
        struct tree_node *node = NULL;
        rc = resolve(root, (const char *)next.data, &r, err);
        if (rc == HZ_OK && absence_is_ours(r.missing))
            rc = hz_error_sys(err, HZ_E_IO, r.missing, _("cannot look at %s"), path);
        if (rc == HZ_OK && (r.path.len > W_NAME_ORIGIN_MAX || r.looks >= RESOLVE_LOOKS_MAX))
            return lead_too_far(tree, first, (const char *)next.data, err);
        if (rc == HZ_OK)
            rc = ask(tree, &r, named, &node, err);
        if (rc != HZ_OK)
            break;
        first = first == NULL ? node : first;
        first->astray = links == RESOLVE_LINKS_MAX && r.link ? ELOOP : 0;
        follow = r.link && first->astray == 0;
        buf_reset(&next);
        buf_put(&next, r.target.data, r.target.len);
        rc = buf_text(&next) == NULL ? buf_check(&next, err) : HZ_OK;
    }
    return rc;
}

int plan_refused(struct tree_node *tree, const char *path, int sys_errno, struct hz_error *err)
{
    struct tree_node *node;
    size_t len = strlen(path);
    while (len > 0 && path[len - 1] == '/')
        len--;
    int rc = tree_add(tree, len == 0 ? "/" : path, len == 0 ? 1 : len, &node, err);
    if (rc == HZ_OK)
        node->refused = sys_errno;
    return rc;
}

/* As a person named it. With --root a relative path is one inside the image. */
static int put_named(const struct collect_options *options, const char *path, struct buf *out, struct hz_error *err)
{
    if (!options_rooted(options) || path[0] == '/')
        return make_absolute(path, out, err);
    buf_printf(out, "/%s", path);
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

int plan_named(struct tree_node *tree, int root, const struct collect_options *options, const char *path,
               struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf whole = BUF_INIT(PATH_LIMIT);
    int rc = put_named(options, path, &whole, err);
    return rc == HZ_OK ? plan_add(tree, root, (const char *)whole.data, true, err) : rc;
}

int plan_unseen(const struct collect_options *options, const char *path, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf whole = BUF_INIT(PATH_LIMIT);
    int rc = put_named(options, path, &whole, err);
    return rc == HZ_OK ? resolve_unseen((const char *)whole.data, out, err) : rc;
}

int plan_there(struct tree_node *tree, int root, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(resolve_free) struct resolved r;
    resolve_init(&r);
    int rc = resolve_path(root, path, &r, err);
    return rc != HZ_OK || r.missing == ENOENT || r.missing == ENOTDIR ? rc : plan_add(tree, root, path, false, err);
}

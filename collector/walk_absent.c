/* Rows for what the walk cannot take. */
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/walk_internal.h"

static bool is_failure(const struct walk_absence *a, const struct tree_node *node)
{
    switch (a->status) {
    case W_EXCLUDED:
        return false;
    case W_VANISHED:
        return node != NULL && node->named;
    case W_UNAVAILABLE: /* a host file that this host simply does not have is no failure */
        return node == NULL || node->named || !node->missing;
    default:
        return true;
    }
}

int walk_emit(struct walk *w, struct walk_absence a, struct w_bytes origin, const struct tree_node *node,
              struct hz_error *err)
{
    if (node != NULL && node->missing && a.status == W_VANISHED)
        a.status = W_UNAVAILABLE;
    if (node == NULL || node->made == NULL)
        a.origin = origin;
    a.failure = is_failure(&a, node);
    return w->config->visitor.absent(w->config->visitor.context, &a, err);
}

int walk_emit_below(struct walk *w, struct walk_absence a, const struct tree_node *top, struct hz_error *err)
{
    if (top == NULL)
        return HZ_OK;
    for (const struct tree_node *n = tree_next(top, top); n != NULL; n = tree_next(n, top)) {
        if (!n->asked)
            continue;
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(WALK_PATH_LIMIT);
        int rc = tree_path(n, &path, err);
        if (rc == HZ_OK)
            rc = walk_emit(w, a, (struct w_bytes) { path.data, path.len }, n, err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

int walk_leave(struct walk *w, const struct visit *v, struct walk_absence a, struct hz_error *err)
{
    int rc = v->asked ? walk_emit(w, a, walk_origin(w), v->node, err) : HZ_OK;
    return rc == HZ_OK ? walk_emit_below(w, a, v->node, err) : rc;
}

const struct walk_absence walk_unanswered = { .status = W_TIMEOUT, .reason = N_("its file system did not answer") };

int walk_explain(const struct hz_error *why, struct walk_absence *a, struct hz_error *err)
{
    if (why->code == HZ_E_NOMEM || why->code == HZ_E_CRYPTO || absence_is_ours(why->sys_errno)) {
        if (err != NULL)
            *err = *why;
        return why->code;
    }
    *a = (struct walk_absence) { .status = absence_status(why->sys_errno),
                                 .reason = absence_reason(why->sys_errno),
                                 .sys_errno = why->sys_errno };
    if (why->code == HZ_E_TIMEOUT && why->sys_errno == 0)
        *a = walk_unanswered;
    if (why->code == HZ_E_LIMIT) {
        a->status = W_OVER_BUDGET;
        a->reason = N_("more names than can be listed");
    }
    return HZ_OK;
}

#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/audit_part.h"
#include "custody/project_node.h"

/* Full subtrees as they were derived; leaves are not copied, and stand in the ledger. */
static int node(void *context, unsigned level, uint64_t position, unsigned char out[W_DIGEST_SIZE],
                struct hz_error *err)
{
    const struct audit *a = context;
    struct w_proof_tree tree = project_tree(level == 0 ? a->store : a->scratch);

    return tree.node(tree.context, level, position, out, err);
}

int audit_seen_root(struct audit *a, const struct r_seen *seen, uint64_t sequence, bool *same, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(64);
    unsigned char root[W_DIGEST_SIZE];
    struct w_proof_tree tree = { node, a };
    int rc;

    *same = false;
    if (seen->size > sequence)
        return HZ_OK;
    rc = w_proof_root(&tree, seen->size, root, err);

    if (rc != HZ_OK)
        return rc;
    text_base64(&text, root, sizeof root);
    *same = text_equal(buf_text(&text), seen->root);
    return buf_check(&text, err);
}

int audit_seen(struct audit *a, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    const struct r_seen *seen = &st->body.checkpoint;
    bool same = false;
    int rc;

    if (!seen->present)
        return HZ_OK;
    rc = audit_seen_root(a, seen, sequence, &same, err);
    if (rc == HZ_E_FORMAT)
        return HZ_OK; /* a leaf that is none is a finding already */
    if (rc != HZ_OK)
        return rc;
    if (same && st->type != R_STATEMENT_TIMESTAMP && seen->size > a->seen)
        a->seen = seen->size;
    if (!same)
        audit_find(a, "checkpoint-inconsistent",
                   audit_suspect(a, a->seen, seen->size < sequence ? seen->size : sequence),
                   _("the log is not the one of %" PRIu64 " entries that entry %" PRIu64 " answers, signed by %s"),
                   seen->size, sequence, st->actor.key);
    return HZ_OK;
}

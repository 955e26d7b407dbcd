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
    struct w_proof_tree tree = project_tree(level == 0 ? a->store : a->told);

    return tree.node(tree.context, level, position, out, err);
}

static int read_root(struct audit *a, uint64_t size, struct audit_root *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(sizeof out->root);
    struct w_proof_tree tree = { node, a };
    unsigned char root[W_DIGEST_SIZE];
    int rc = w_proof_root(&tree, size, root, err);

    if (rc != HZ_OK)
        return rc;
    text_base64(&text, root, sizeof root);
    if (buf_text(&text) == NULL)
        return buf_check(&text, err);
    out->size = size;
    memcpy(out->root, text.data, text.len + 1);
    return HZ_OK;
}

int audit_seen_root(struct audit *a, const struct r_seen *seen, uint64_t sequence, bool *same, struct hz_error *err)
{
    struct audit_root *known = &a->roots[seen->size % (sizeof a->roots / sizeof a->roots[0])];
    int rc = HZ_OK;

    *same = false;
    if (seen->size > sequence)
        return HZ_OK;
    if (known->size != seen->size) /* many answer one checkpoint */
        rc = read_root(a, seen->size, known, err);
    if (rc == HZ_OK)
        *same = strcmp(known->root, seen->root) == 0;
    return rc;
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

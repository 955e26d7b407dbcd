#include "custody/proving.h"

#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/checkpoint.h"
#include "custody/person.h"
#include "custody/project_node.h"

static int unsigned_yet(struct store *s, uint64_t size, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf names = BUF_INIT(4096);
    int rc = person_checkpoint_signers(s, &names, err);

    if (rc != HZ_OK)
        return rc;
    return hz_error_set(err, HZ_E_DENIED,
                        _("no checkpoint of %" PRIu64 " entries or more is signed; a checkpoint signer (%s) must run "
                          "hozen custody checkpoint"),
                        size, buf_text(&names));
}

/* Is this log the one that the other side knows? */
static int check_from(struct store *s, const struct outside *from, const struct head *now, struct hz_error *err)
{
    struct w_proof_tree tree = project_tree(s);
    unsigned char root[W_DIGEST_SIZE];
    int rc;

    if (strcmp(from->stated.ledger, now->ledger) != 0)
        return hz_error_set(err, HZ_E_DENIED, _("%s: is a checkpoint of another ledger"), from->path);
    if (from->stated.size > now->size)
        return hz_error_set(err, HZ_E_INVALID,
                            _("%s: is of a log of %" PRIu64 " entries, and this one has %" PRIu64
                              "; run hozen custody audit --checkpoint"),
                            from->path, from->stated.size, now->size);
    rc = w_proof_root(&tree, from->stated.size, root, err);
    if (rc == HZ_OK && memcmp(root, from->stated.root, sizeof root) != 0)
        return hz_error_set(err, HZ_E_INVALID,
                            _("%s: is not of this log at size %" PRIu64 "; run hozen custody audit --checkpoint"),
                            from->path, from->stated.size);
    return rc;
}

static int build(struct store *s, const struct checkpoint *c, const struct outside *from, struct buf *out,
                 struct hz_error *err)
{
    const char *armour[R_ENTRY_SIGNATURES];
    struct w_offer_head head = checkpoint_head(c, armour);
    struct w_proof_tree tree = project_tree(s);
    struct w_offer_since since = { 0 };
    struct w_proof proof;
    int rc = HZ_OK;

    if (from != NULL) {
        rc = w_proof_consistency(&tree, from->stated.size, c->size, &proof, err);
        since = (struct w_offer_since) { &proof, from->stated.size };
    }
    return rc == HZ_OK ? w_offer_proof_build(&head, &since, out, err) : rc;
}

int proving_build(struct store *s, const struct outside *from, struct head *head, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(checkpoint_free) struct checkpoint c = { 0 };
    struct w_proof_tree tree = project_tree(s);
    bool found = false;
    int rc = append_head(s, head, err);

    if (rc == HZ_OK && from != NULL)
        rc = check_from(s, from, head, err);
    if (rc == HZ_OK)
        rc = checkpoint_find(s, from != NULL ? from->stated.size : 1, &c, &found, err);
    if (rc == HZ_OK && !found)
        return unsigned_yet(s, from != NULL ? from->stated.size : 1, err);
    if (rc == HZ_OK)
        rc = build(s, &c, from, out, err);
    if (rc != HZ_OK)
        return rc;
    head->size = c.size;
    return w_proof_root(&tree, c.size, head->root, err);
}

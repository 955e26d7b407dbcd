#include "custody/handoff.h"

#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/thing.h"
#include "custody/trusting.h"
#include "formats/write/offer.h"

void handoff_free(struct handoff *h)
{
    buf_free(&h->bytes);
    r_offer_free(&h->offer);
    memset(h, 0, sizeof *h);
}

int handoff_read(struct handoff *h, const char *path, struct hz_error *err)
{
    int rc;

    memset(h, 0, sizeof *h);
    buf_init(&h->bytes, R_OFFER_MAX);
    rc = io_read_file(path, &h->bytes, err);
    if (rc != HZ_OK)
        return rc;
    rc = r_offer_parse(&h->offer, h->bytes.data, h->bytes.len, err);
    if (rc == HZ_E_FORMAT)
        return hz_error_context(err, _("%s: is not an offer"), path);
    if (rc == HZ_OK)
        rc = r_ledger_offer_check(&h->offer, &h->checkpoint_signers, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

int handoff_check_receiver(const struct handoff *h, const char *fingerprint, struct hz_error *err)
{
    const struct r_statement *s = &h->offer.statement;

    if (strcmp(s->body.to.key, fingerprint) != 0)
        return hz_error_set(err, HZ_E_DENIED, _("%s is offered to %s (%s), not to the key %s"), s->item,
                            s->body.to.name, s->body.to.key, fingerprint);
    if (stamp_compare(s->body.expires.at, stamp_now()) < 0)
        return hz_error_set(err, HZ_E_DENIED, _("the offer of %s expired at %s; ask for a new one"), s->item,
                            s->body.expires.text);
    return HZ_OK;
}

int handoff_check_trust(const struct handoff *h, const char *signers_path, struct hz_error *err)
{
    HZ_CLEANUP(r_signers_free) struct r_signers list = { 0 };
    const struct r_offer *o = &h->offer;
    struct r_ledger_signers authors;
    int rc = trusting_load(signers_path, &list, err);

    if (rc == HZ_OK)
        rc = r_ledger_verify(o->statement_bytes.data, o->statement_bytes.len, &o->signatures, &authors, err);
    for (size_t i = 0; rc == HZ_OK && i < authors.count; i++)
        if (strcmp(authors.key[i].fingerprint, o->statement.actor.key) == 0)
            rc = trusting_judge(&list, &authors, i, o->statement.time, err);
    for (size_t i = 0; rc == HZ_OK && i < h->checkpoint_signers.count; i++)
        rc = trusting_judge(&list, &h->checkpoint_signers, i, o->entry.recorded_at, err);
    return rc;
}

int handoff_check_bundle(const struct handoff *h, const struct verifier *v, const char *path, struct hz_error *err)
{
    const struct r_statement *s = &h->offer.statement;
    bool offered = s->content_id != NULL || strcmp(s->body.integrity, "undetermined") != 0;

    if (!thing_is_bundle(s) || !offered || v->item != NULL || v->content_id != NULL || v->finding_count != 1 ||
        strcmp(v->findings[0], "container-unsupported") != 0 || text_equal(s->file_sha256, v->file_sha256))
        return HZ_OK;
    return hz_error_set(err, HZ_E_UNSUPPORTED,
                        _("%s: is not a bundle, and a bundle was offered; give the right file, or refuse with hozen "
                          "custody decline. Nothing was signed"),
                        path);
}

const char *handoff_difference(const struct handoff *h, const struct verifier *v)
{
    const struct r_statement *s = &h->offer.statement;

    if (s->file_sha256 == NULL)
        return NULL; /* people look at a thing, and decline it themselves */
    if (!text_equal(s->file_sha256, v->file_sha256))
        return _("the evidence is not what was offered: its SHA-256 is another one");
    if (!text_equal(s->content_id, v->content_id))
        return _("the evidence is not what was offered: its content id is another one");
    if (strcmp(s->body.integrity, "intact") == 0 && strcmp(v->integrity, "altered") == 0)
        return _("the evidence is not what was offered: it was offered as intact, and it is altered");
    return NULL;
}

static int cosign(const struct handoff_answer *a, struct buf *armour, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_CHECKPOINT_MAX);

    buf_puts(&text, a->handoff->offer.checkpoint_text);
    return buf_check(&text, err) == HZ_OK ? actor_sign(a->actor, R_LEDGER_COSIGN_NAMESPACE, &text, armour, err)
                                          : err->code;
}

static int sign_statement(const struct handoff_answer *a, struct actor_signed *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    const struct r_offer *o = &a->handoff->offer;
    struct w_statement s = actor_statement(a->actor, a->reason == NULL ? "acceptance" : "decline", o->statement.ledger);
    struct w_evidence evidence;

    text_base64(&root, o->checkpoint.root, sizeof o->checkpoint.root);
    if (buf_text(&root) == NULL)
        return buf_check(&root, err);
    s.item = o->statement.item;
    s.case_id = o->statement.case_id;
    s.previous = o->statement.digest;
    s.body.compared = a->compared;
    s.body.condition = a->condition;
    s.body.location = a->location;
    s.body.reason = a->reason;
    s.body.checkpoint = (struct w_seen) {
        .known = true, .verified = a->verified, .size = o->checkpoint.size, .root = (const char *)root.data
    };
    if (a->seen != NULL) {
        evidence = verifier_evidence(a->seen);
        s.content_id = a->seen->content_id;
        s.file_sha256 = a->seen->file_sha256;
        s.body.evidence = &evidence;
    }
    return actor_sign_statement(a->actor, &s, out, err);
}

int handoff_sign(const struct handoff_answer *a, struct actor_signed *statement, struct buf *receipt,
                 struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf cosignature = BUF_INIT(8192);
    const struct r_offer *o = &a->handoff->offer;
    struct w_receipt file = {
        .offer = o->statement.digest,
        .head = { o->checkpoint_text, o->checkpoint_signatures.armour, o->checkpoint_signatures.count },
    };
    int rc = sign_statement(a, statement, err);

    if (rc == HZ_OK)
        rc = cosign(a, &cosignature, err);
    if (rc != HZ_OK)
        return rc;
    file.cosignature = (const char *)cosignature.data;
    file.content = (struct w_signed) { &statement->statement, { (const char *)statement->armour.data }, 1 };
    return w_offer_receipt_build(&file, receipt, err);
}

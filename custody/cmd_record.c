#include <inttypes.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/attribution.h"
#include "custody/cmd_life.h"
#include "custody/cmd_result.h"
#include "custody/offering.h"
#include "custody/project_node.h"
#include "formats/read/ledger.h"
#include "formats/read/offer.h"
#include "formats/write/checkpoint.h"

static int read_receipt(const char *path, struct r_receipt *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(R_OFFER_MAX);
    struct r_ledger_signers signers;
    int rc = io_read_file(path, &bytes, err);

    if (rc != HZ_OK)
        return rc;
    rc = r_offer_receipt_parse(out, bytes.data, bytes.len, err);
    if (rc == HZ_E_FORMAT)
        return hz_error_context(err, _("%s: is not a receipt"), path);
    if (rc == HZ_OK)
        rc = r_ledger_receipt_check(out, &signers, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

/* The receipt is for this ledger, answers an offer of it, and was not recorded before. */
static int check_place(struct store *s, const struct r_receipt *r, const struct head *head, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry offer = { 0 };
    HZ_CLEANUP(offering_entry_free) struct offering_entry before = { 0 };
    bool found;
    int rc;

    if (strcmp(r->statement.ledger, head->ledger) != 0)
        return hz_error_set(err, HZ_E_DENIED,
                            _("the receipt is for another ledger, %.16s...; record it in the one that made the offer"),
                            r->statement.ledger);
    rc = offering_find(s, r->statement.digest, &before, &found, err);
    if (rc == HZ_OK && found)
        return hz_error_set(err, HZ_E_DENIED, _("the receipt is recorded already, in entry %" PRIu64), before.sequence);
    if (rc == HZ_OK)
        rc = offering_find(s, r->offer, &offer, &found, err);
    if (rc == HZ_OK && (!found || offer.statement.type != R_STATEMENT_OFFER))
        return hz_error_set(err, HZ_E_DENIED, _("the offer that the receipt answers is not in this ledger"));
    if (rc == HZ_OK && !text_equal(offer.statement.item, r->statement.item))
        return hz_error_set(err, HZ_E_DENIED, _("the receipt is for another item than the offer it answers"));
    return rc;
}

/* The receiver saw a checkpoint of this log: it must be one, and their signature over it must hold. */
static int check_seen(struct store *s, const struct r_receipt *r, const struct head *head, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(W_CHECKPOINT_MAX);
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    const struct r_seen *seen = &r->statement.body.checkpoint;
    struct w_proof_tree tree = project_tree(s);
    struct r_ledger_signers signers;
    struct head then = *head;
    int rc;

    if (seen->size > head->size)
        return hz_error_set(err, HZ_E_INVALID,
                            _("the receiver saw a log of %" PRIu64 " entries; this one has %" PRIu64
                              ": entries were removed. Run hozen custody audit"),
                            seen->size, head->size);
    then.size = seen->size;
    rc = w_proof_root(&tree, then.size, then.root, err);
    text_base64(&root, then.root, sizeof then.root);
    if (rc == HZ_OK && !text_equal(buf_text(&root), seen->root))
        return hz_error_set(
            err, HZ_E_INVALID,
            _("the receiver saw another log at size %" PRIu64 ": entries were changed. Run hozen custody audit"),
            seen->size);
    if (rc == HZ_OK && r->cosignature != NULL)
        rc = checkpoint_text(&then, &text, err);
    if (rc == HZ_OK && r->cosignature != NULL)
        rc = r_ledger_cosigned((const char *)text.data, r->cosignature, &signers, err);
    if (rc == HZ_OK && r->cosignature != NULL && !r_ledger_signed_by(&signers, r->statement.actor.key))
        return hz_error_set(err, HZ_E_INVALID, _("the receipt's cosignature is not by the receiver"));
    return rc;
}

static int check(struct store *s, const char *path, const struct r_receipt *r, const struct head *head,
                 struct hz_error *err)
{
    int rc = check_place(s, r, head, err);

    if (rc == HZ_OK)
        rc = check_seen(s, r, head, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

static int record(struct store *s, const struct r_receipt *r, struct head *head, struct hz_error *err)
{
    struct w_signed content = { .statement = &r->statement_bytes, .signature_count = r->signatures.count };

    for (size_t i = 0; i < r->signatures.count; i++)
        content.signatures[i] = r->signatures.armour[i];
    return append_one(s, &content, head, err);
}

/* The thing is gone, so what the receiver calls themself is no reason not to record it; but it is told. */
static void print_signer(const struct cli_args *args, const struct r_receipt *r, const struct attribution *by)
{
    HZ_CLEANUP(buf_free) struct buf stated = BUF_INIT((size_t)6 * R_LEDGER_LINE_MAX);
    bool accepted = r->statement.type == R_STATEMENT_ACCEPTANCE;

    cli_out_field(stdout, CLI_OUT_LABELS, accepted ? _("accepted by") : _("declined by"), r->statement.actor.name);
    attribution_stated(by, &stated);
    if (stated.len == 0)
        return;
    cli_out_field(stdout, CLI_OUT_LABELS, _("signed as"), buf_text(&stated));
    cli_note(args,
             _("the receipt says of its signer what this ledger does not; ask them over a channel that you trust"));
}

static int print(const struct cli_args *args, struct store *s, struct r_receipt *r, const struct head *head,
                 struct hz_error *err)
{
    HZ_CLEANUP(attribution_free) struct attribution by = { 0 };
    bool accepted = r->statement.type == R_STATEMENT_ACCEPTANCE;
    struct cmd_result result = {
        .head = head,
        .entered = true,
        .entry = head->size - 1,
        .item = r->statement.item,
        .key = r->statement.actor.key,
        .answer = accepted ? "accepted" : "declined",
    };
    int rc = attribution_make(s, s, head->size - 1, &r->statement, &by, err);

    if (rc != HZ_OK)
        return rc;
    if (cli_flag(args, "json"))
        return cmd_result_json(args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), result.item);
    print_signer(args, r, &by);
    cmd_print_head(head);
    return HZ_OK;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(actor_free) struct actor actor = { 0 };
    HZ_CLEANUP(r_offer_receipt_free) struct r_receipt r = { 0 };
    struct head head;
    int rc = read_receipt(cli_operand(args, 0), &r, err);

    if (rc == HZ_OK)
        rc = cmd_open(args, &s, &actor, err);
    if (rc == HZ_OK)
        rc = append_head(s, &head, err);
    if (rc == HZ_OK)
        rc = check(s, cli_operand(args, 0), &r, &head, err);
    if (rc == HZ_OK)
        rc = record(s, &r, &head, err);
    if (rc == HZ_OK)
        rc = cmd_seal(args, s, &head, &actor, err);
    return rc == HZ_OK ? print(args, s, &r, &head, err) : rc;
}

int cmd_record(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    if (cosign_is(cli_operand(args, 0)))
        return cmd_cosign_record(args);
    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}

#include "custody/cmd_answer.h"

#include <inttypes.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/thing.h"

void cmd_answer_free(struct cmd_answer *a)
{
    io_partial_abort(&a->file);
    handoff_free(&a->handoff);
    actor_free(&a->actor);
    verifier_free(&a->seen);
    buf_free(&a->receipt);
    store_close(a->store);
}

/* Who answers: as their own ledger knows them, else as their key's comment or the offer says. */
static int identify(struct cmd_answer *a, struct hz_error *err)
{
    const struct r_person *to = &a->handoff.offer.statement.body.to;
    int rc;

    if (a->store != NULL)
        return actor_identify(&a->actor, a->store, err);
    rc = actor_from_comment(&a->actor, cli_value(a->args, "key"), err);
    if (rc == HZ_OK && a->actor.person.name == NULL)
        rc = person_set(&a->actor.person.name, to->name, err);
    return rc;
}

static int judge_offer(struct cmd_answer *a, struct hz_error *err)
{
    const char *signers = cli_value(a->args, "signers");
    int rc = handoff_check_receiver(&a->handoff, w_key_fingerprint(a->actor.key), err);

    if (rc == HZ_OK && signers != NULL)
        rc = handoff_check_trust(&a->handoff, signers, err);
    if (rc == HZ_OK)
        rc = handoff_check_history(&a->handoff, a->store, &a->history, err);
    return rc == HZ_OK ? identify(a, err) : rc;
}

/* What the file at hand is, by hozen verify, or by its digest where the offer is of no bundle. */
static int look(struct cmd_answer *a, const char *path, struct hz_error *err)
{
    const struct r_statement *offer = &a->handoff.offer.statement;

    if (path == NULL)
        return HZ_OK;
    if (offer->file_sha256 == NULL)
        return cli_usage(a->args->command, err,
                         _("nothing of %s was hashed, so there is no file to compare it with; leave --bundle out"),
                         offer->item);
    return thing_is_bundle(offer) ? verifier_run(&a->seen, path, cli_value(a->args, "signers"), err)
                                  : verifier_by_digest(&a->seen, path, offer->file_sha256, err);
}

int cmd_answer_begin(struct cmd_answer *a, const struct cli_args *args, struct hz_error *err)
{
    const char *ledger = cli_value(args, "ledger");
    int rc;

    a->args = args;
    a->file = (struct io_partial) { -1, -1, NULL, NULL };
    rc = handoff_read(&a->handoff, cli_operand(args, 0), err);
    if (rc == HZ_OK)
        rc = cmd_load_key(args, &a->actor, err);
    if (rc == HZ_OK && ledger != NULL)
        rc = store_open(&a->store, ledger, STORE_WRITE, err);
    if (rc == HZ_OK && a->store != NULL && a->repeats)
        rc = cmd_answer_find_again(a, err);
    if (rc == HZ_OK && !a->again)
        rc = judge_offer(a, err);
    if (rc == HZ_OK)
        rc = io_partial_begin(&a->file, cli_value(args, "out"), 0644, err);
    return rc == HZ_OK && !a->again ? look(a, cli_value(args, "bundle"), err) : rc;
}

/* A ledger that was rolled back need only leave the proof out: so its absence is said. */
static void note_history(const struct cmd_answer *a)
{
    if (a->history.known > 0 && !a->history.verified)
        cli_note(
            a->args,
            _("ledger %.16s... was seen here before with %" PRIu64
              " entries, and the offer does not prove that its log of %" PRIu64
              " entries continues that one; have it audited with the earlier checkpoint (custody audit --checkpoint)"),
            a->handoff.offer.checkpoint.ledger, a->history.known, a->handoff.offer.checkpoint.size);
}

static int add(struct append *append, const struct actor_signed *made, struct hz_error *err)
{
    return append_add(append, &(struct w_signed) { &made->statement, { (const char *)made->armour.data }, 1 }, NULL,
                      err);
}

/* The first record about the item in the receiver's own ledger: it continues the foreign offer. */
static int sign_intake(struct cmd_answer *a, const char *ledger, const struct buf *receipt, struct actor_signed *out,
                       struct hz_error *err)
{
    const struct r_statement *offer = &a->handoff.offer.statement;
    struct w_statement s = actor_statement(&a->actor, "intake", ledger);
    struct w_evidence evidence = verifier_evidence(&a->seen);

    s.item = a->local;
    s.body.offered_as = strcmp(a->local, offer->item) != 0 ? offer->item : NULL;
    s.case_id = offer->case_id;
    s.previous = offer->digest;
    if (a->seen.verdict != NULL) {
        s.content_id = a->seen.content_id;
        s.file_sha256 = a->seen.file_sha256;
        s.body.evidence = &evidence;
    }
    s.body.location = cli_value(a->args, "location");
    s.body.condition = cli_value(a->args, "condition");
    thing_copy(offer, &s.body);
    s.body.tool = CMD_TOOL;
    s.body.offer = &a->handoff.bytes;
    s.body.receipt = receipt;
    return actor_sign_statement(&a->actor, &s, out, err);
}

static int record(struct cmd_answer *a, const struct actor_signed *made, struct hz_error *err)
{
    struct append append;
    int rc = append_begin(&append, a->store, NULL, err);

    if (rc != HZ_OK)
        return rc;
    rc = add(&append, made, err);
    if (rc == HZ_OK)
        rc = append_commit(&append, err);
    append_abort(&append);
    if (rc == HZ_OK)
        a->head = append.head;
    return rc;
}

static int record_own(struct cmd_answer *a, const struct actor_signed *answer, const struct buf *receipt, bool accepted,
                      struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed intake = { 0 };
    struct head head;
    int rc;

    if (a->history.ledger == HANDOFF_SAME)
        return record(a, answer, err);
    if (a->history.ledger == HANDOFF_NONE || !accepted)
        return HZ_OK;
    rc = append_head(a->store, &head, err);
    if (rc == HZ_OK)
        rc = sign_intake(a, head.ledger, receipt, &intake, err);
    return rc == HZ_OK ? record(a, &intake, err) : rc;
}

bool cmd_answer_renamed(const struct cmd_answer *a)
{
    return a->local[0] != '\0' && strcmp(a->local, a->handoff.offer.statement.item) != 0;
}

/* The receipt was written before the record was made, and gets its name now: neither stands without the other. */
static int finish(struct cmd_answer *a, struct hz_error *err)
{
    int rc = io_partial_commit(&a->file, err);

    if (rc != HZ_OK) {
        io_partial_keep(&a->file);
        return rc;
    }
    return a->head.size > 0 ? cmd_seal(a->args, a->store, &a->head, &a->actor, err) : HZ_OK;
}

static int write_receipt(struct cmd_answer *a, const struct buf *receipt, struct hz_error *err)
{
    int rc = io_write(a->file.fd, receipt->data, receipt->len, err);

    if (rc == HZ_OK)
        rc = io_sync(a->file.fd, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", cli_value(a->args, "out"));
}

int cmd_answer_give(struct cmd_answer *a, const char *reason, struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed made = { 0 };
    HZ_CLEANUP(buf_free) struct buf receipt = BUF_INIT(R_OFFER_MAX);
    struct handoff_answer answer = { .handoff = &a->handoff,
                                     .actor = &a->actor,
                                     .seen = a->seen.verdict != NULL ? &a->seen : NULL,
                                     .verified = a->history.verified,
                                     .reason = reason,
                                     .compared = reason == NULL ? cli_value(a->args, "compared") : NULL,
                                     .condition = cli_value(a->args, "condition"),
                                     .location = reason == NULL ? cli_value(a->args, "location") : NULL };
    int rc = HZ_OK;

    note_history(a);
    if (reason == NULL) /* verifying may have taken long */
        rc = handoff_check_receiver(&a->handoff, w_key_fingerprint(a->actor.key), err);
    if (rc == HZ_OK)
        rc = handoff_sign(&answer, &made, &receipt, err);
    if (rc == HZ_OK)
        rc = write_receipt(a, &receipt, err);
    if (rc == HZ_OK)
        rc = record_own(a, &made, &receipt, reason == NULL, err);
    return rc == HZ_OK ? finish(a, err) : rc;
}

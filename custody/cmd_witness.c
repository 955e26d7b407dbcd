#include <inttypes.h>
#include <string.h>

#include "base/io_commit.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_result.h"
#include "custody/trusting.h"
#include "custody/witness.h"

struct witnessing {
    const struct cli_args *args;
    struct store *store;
    struct actor actor;
    struct outside seen;
    struct witness_known known;
    struct head head;
};

static void witnessing_free(struct witnessing *w)
{
    store_close(w->store);
    actor_free(&w->actor);
    outside_free(&w->seen);
}

/* Whose checkpoint is it? A stranger's could be made to look like a second history of a ledger that is known. */
static int check_signers(const struct witnessing *w, struct hz_error *err)
{
    HZ_CLEANUP(r_signers_free) struct r_signers list = { 0 };
    const char *path = cli_value(w->args, "signers");
    int rc;

    if (path == NULL && w->known.standing != WITNESS_FIRST && !w->known.same_signer)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: nobody who signed it signed a checkpoint of ledger %.16s... that is known here; "
                              "say whom you trust with --signers"),
                            w->seen.path, w->seen.stated.ledger);
    if (path == NULL)
        return HZ_OK;
    rc = trusting_load(path, &list, err);
    for (size_t i = 0; rc == HZ_OK && i < w->seen.signers.count; i++)
        rc = trusting_judge(&list, &w->seen.signers, i, stamp_now(), err);
    return rc;
}

static int record(struct witnessing *w, const struct buf *file, struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed made = { 0 };
    struct w_statement s = actor_statement(&w->actor, "witness", w->head.ledger);
    int rc;

    s.body.proof = file;
    s.body.origin = cli_value(w->args, "origin");
    rc = actor_sign_statement(&w->actor, &s, &made, err);
    if (rc == HZ_OK)
        rc = append_one(w->store, &(struct w_signed) { &made.statement, { (const char *)made.armour.data }, 1 },
                        &w->head, err);
    return rc;
}

static bool is_cosigned(const struct witnessing *w)
{
    return cli_value(w->args, "cosign") != NULL &&
           (w->known.standing == WITNESS_FIRST || w->known.standing == WITNESS_VERIFIED);
}

/* A signature over the text itself, for its keeper: that it was seen here. Not over one of two histories. */
static int cosign(const struct witnessing *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    const char *path = cli_value(w->args, "cosign");
    int rc;

    if (!is_cosigned(w))
        return HZ_OK;
    rc = actor_sign(&w->actor, R_LEDGER_COSIGN_NAMESPACE, &w->seen.text, &armour, err);
    return rc == HZ_OK ? io_commit_bytes(path, 0644, armour.data, armour.len, err) : rc;
}

static int run(struct witnessing *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf file = BUF_INIT(1 << 17);
    int rc = outside_load(&w->seen, cli_operand(w->args, 0), err);

    if (rc == HZ_OK)
        rc = witness_file(&w->seen, &file, err);
    if (rc == HZ_OK)
        rc = cmd_open(w->args, &w->store, &w->actor, err);
    if (rc == HZ_OK)
        rc = append_head(w->store, &w->head, err);
    if (rc == HZ_OK)
        rc = witness_compare(w->store, &w->seen, &w->known, err);
    if (rc == HZ_OK)
        rc = check_signers(w, err);
    if (rc == HZ_OK)
        rc = cosign(w, err);
    if (rc == HZ_OK)
        rc = record(w, &file, err);
    return rc == HZ_OK ? cmd_seal(w->args, w->store, &w->head, &w->actor, err) : rc;
}

static void note_standing(const struct witnessing *w)
{
    if (w->known.standing == WITNESS_UNPROVED)
        cli_note(w->args,
                 _("it is not proved to continue the log of %" PRIu64
                   " entries that is known here; ask for a proof (hozen custody prove --from)"),
                 w->known.size);
    if (w->known.standing == WITNESS_CONTRADICTS)
        cli_note(w->args,
                 _("it contradicts the checkpoint in entry %" PRIu64
                   ": ledger %.16s... has two histories. Both are recorded; keep the files"),
                 w->known.entry, w->seen.stated.ledger);
    if (cli_value(w->args, "cosign") != NULL && !is_cosigned(w))
        cli_note(w->args, _("so it is not cosigned"));
}

static const char *standing_text(enum witness_standing standing)
{
    static const char *const texts[] = { N_("first seen"), N_("verified"), N_("not proved"), N_("contradicts") };

    return lang_text(texts[standing]);
}

static int print(const struct witnessing *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf size = BUF_INIT(256);
    struct cmd_result result = { .head = &w->head,
                                 .entered = true,
                                 .entry = w->head.size - 1,
                                 .key = w_key_fingerprint(w->actor.key),
                                 .witnessed = { &w->seen.stated, witness_word(w->known.standing) },
                                 .files = { { "signature", is_cosigned(w) ? cli_value(w->args, "cosign") : NULL } } };

    if (cli_flag(w->args, "json"))
        return cmd_result_json(w->args, &result, err);
    buf_printf(&size, _("%" PRIu64 " entries of ledger %s"), w->seen.stated.size, w->seen.stated.ledger);
    cli_out_field(stdout, CLI_OUT_LABELS, _("seen"), buf_text(&size));
    for (size_t i = 0; i < w->seen.signers.count; i++)
        cli_out_field(stdout, CLI_OUT_LABELS, _("signed by"), w->seen.signers.key[i].fingerprint);
    cli_out_field(stdout, CLI_OUT_LABELS, _("checkpoint"), standing_text(w->known.standing));
    cli_out_field(stdout, CLI_OUT_LABELS, _("file"), result.files[0].path);
    cmd_print_head(&w->head);
    return HZ_OK;
}

int cmd_witness(const struct cli_args *args)
{
    HZ_CLEANUP(witnessing_free) struct witnessing w = { .args = args };
    struct hz_error err = { 0 };
    int rc = run(&w, &err);

    if (rc == HZ_OK)
        note_standing(&w);
    if (rc == HZ_OK)
        rc = print(&w, &err);
    if (rc != HZ_OK)
        return cli_fail(args, &err);
    return w.known.standing == WITNESS_CONTRADICTS ? HZ_EXIT_FINDINGS : HZ_EXIT_OK;
}

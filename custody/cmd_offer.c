#include <string.h>

#include "base/io_commit.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_result.h"
#include "custody/inside.h"
#include "custody/item.h"
#include "custody/offering.h"
#include "custody/thing.h"

#define DAYS_OPEN 14 /* when --expires is not given */

/* One handoff in the making. */
struct offering {
    const struct cli_args *args;
    struct store *store;
    struct actor actor;
    struct person to;
    bool to_known;
    struct item item;
    struct head head;
    bool recorded; /* something was added to the log */
    char digest[R_SHA256_HEX];
    uint64_t sequence; /* of the offer */
};

static void offering_free(struct offering *o)
{
    actor_free(&o->actor);
    person_free(&o->to);
    item_free(&o->item);
    store_close(o->store);
}

/* Whom the ledger knows with a key that signs nothing any more, or not now, could never answer. */
static int can_answer(const struct offering *o, struct hz_error *err)
{
    struct stamp now = stamp_now();

    if (o->to.ended)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: this key was revoked or replaced, so that no receipt signed with it could be "
                              "recorded; ask the person for their present public key and offer it to that one"),
                            cli_value(o->args, "to"));
    if ((o->to.valid_from.known && stamp_compare(now, o->to.valid_from.at) < 0) ||
        (o->to.valid_until.known && stamp_compare(now, o->to.valid_until.at) > 0))
        return hz_error_set(
            err, HZ_E_DENIED,
            _("%s: this key is outside the time of its validity, so that no receipt signed with it "
              "could be recorded; have it replaced (custody person rotate), or offer it to another key"),
            cli_value(o->args, "to"));
    return HZ_OK;
}

/* The receiver as the ledger knows them, else as the key's comment says. */
static int find_receiver(struct offering *o, struct hz_error *err)
{
    struct person recorded = { 0 };
    int rc = person_from_file(&o->to, cli_value(o->args, "to"), err);

    if (rc == HZ_OK)
        rc = person_find(o->store, o->to.key, &recorded, &o->to_known, err);
    if (rc == HZ_OK && o->to_known) {
        person_free(&o->to);
        o->to = recorded;
        rc = can_answer(o, err);
    }
    if (rc == HZ_OK && strcmp(o->to.key, w_key_fingerprint(o->actor.key)) == 0)
        return cli_usage(o->args->command, err, _("--to is your own key; a handoff is between two persons"));
    if (rc == HZ_OK && o->to.name == NULL)
        return cli_usage(o->args->command, err,
                         _("the key's comment does not tell whose it is; add the person first (custody person add)"));
    return rc == HZ_OK && !o->to_known ? cmd_warn_of_name(o->args, o->store, &o->to, err) : rc;
}

static int expiry(const struct offering *o, struct w_time *out, struct hz_error *err)
{
    const char *given = cli_value(o->args, "expires");
    struct w_time now = actor_now();
    int rc;

    *out = now;
    if (given == NULL) {
        out->at = stamp_add(now.at, DAYS_OPEN * 86400);
        return HZ_OK;
    }
    rc = cmd_time(o->args, "expires", given, out, err);
    if (rc != HZ_OK)
        return rc;
    if (stamp_compare(out->at, now.at) <= 0)
        return cli_usage(o->args->command, err, _("--expires: %s is over already"), given);
    return HZ_OK;
}

static int sign_offer(struct offering *o, struct actor_signed *out, struct hz_error *err)
{
    const struct cli_args *args = o->args;
    const struct r_ledger_item *chain = &o->item.chain;
    struct w_statement s = actor_statement(&o->actor, "offer", o->head.ledger);
    struct w_person to = person_in_full(&o->to);
    HZ_CLEANUP(inside_free) struct inside intake = { 0 };
    int rc = expiry(o, &s.body.expires, err);

    if (rc == HZ_OK)
        rc = inside_find(o->store, o->item.name, &intake, err);
    if (rc != HZ_OK)
        return rc;
    if (intake.statement.type == R_STATEMENT_INTAKE)
        thing_copy(&intake.statement, &s.body);
    s.item = o->item.name;
    s.case_id = o->item.case_id;
    s.content_id = chain->content_id[0] != '\0' ? chain->content_id : NULL;
    s.file_sha256 = chain->file_sha256[0] != '\0' ? chain->file_sha256 : NULL;
    s.previous = chain->moved;
    s.body.to = &to;
    s.body.purpose = cli_value(args, "purpose");
    s.body.integrity = o->item.integrity;
    s.body.condition = cli_value(args, "condition");
    s.body.seal = cli_value(args, "seal");
    s.body.transport = cli_value(args, "transport");
    s.body.tracking = cli_value(args, "tracking");
    return actor_sign_statement(&o->actor, &s, out, err);
}

static int sign_person(struct offering *o, struct actor_signed *out, struct hz_error *err)
{
    struct w_statement s = actor_statement(&o->actor, "person", o->head.ledger);
    struct w_person full = person_in_full(&o->to);

    s.body.person = &full;
    return actor_sign_statement(&o->actor, &s, out, err);
}

static int add(struct append *a, const struct actor_signed *made, uint64_t *sequence, struct hz_error *err)
{
    return append_add(a, &(struct w_signed) { &made->statement, { (const char *)made->armour.data }, 1 }, sequence,
                      err);
}

/* The person, where nobody knows them, and the offer: both or none. */
static int append_both(struct offering *o, const struct actor_signed *person, const struct actor_signed *offer,
                       struct hz_error *err)
{
    struct append a;
    int rc = append_begin(&a, o->store, NULL, err);

    if (rc != HZ_OK)
        return rc;
    if (!o->to_known) {
        rc = add(&a, person, NULL, err);
        if (rc != HZ_OK)
            hz_error_context(err, _("%s is not known to the ledger"), o->to.name);
    }
    if (rc == HZ_OK) {
        rc = add(&a, offer, NULL, err);
        if (rc != HZ_OK)
            hz_error_context(err, "%s", o->item.name);
    }
    if (rc == HZ_OK)
        rc = append_commit(&a, err);
    append_abort(&a);
    if (rc == HZ_OK) {
        o->head = a.head;
        o->recorded = true;
    }
    return rc;
}

static int record(struct offering *o, struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed person = { 0 };
    HZ_CLEANUP(actor_signed_free) struct actor_signed offer = { 0 };
    HZ_CLEANUP(r_statement_free) struct r_statement parsed = { 0 };
    int rc = sign_offer(o, &offer, err);

    if (rc == HZ_OK && !o->to_known)
        rc = sign_person(o, &person, err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&parsed, offer.statement.data, offer.statement.len, err);
    if (rc == HZ_OK)
        rc = append_both(o, &person, &offer, err);
    if (rc == HZ_OK)
        memcpy(o->digest, parsed.digest, sizeof o->digest);
    return rc;
}

/* An offer that is open already and says what this command says: only its file is missing. */
static int same_again(struct offering *o, bool *same, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry e = { 0 };
    const struct cli_args *args = o->args;
    const struct r_statement_body *body = &e.statement.body;
    const char *expires = cli_value(args, "expires");
    struct stamp at;
    bool found;
    int rc;

    *same = false;
    if (r_ledger_item_state(&o->item.chain, stamp_now()) != R_LEDGER_OFFERED ||
        strcmp(o->item.chain.custodian, o->actor.person.key) != 0)
        return HZ_OK;
    rc = offering_find(o->store, o->item.chain.offer, &e, &found, err);
    if (rc != HZ_OK || !found)
        return rc;
    *same = strcmp(body->to.key, o->to.key) == 0 && text_equal(body->purpose, cli_value(args, "purpose")) &&
            text_equal(body->condition, cli_value(args, "condition")) &&
            text_equal(body->seal, cli_value(args, "seal")) &&
            text_equal(body->transport, cli_value(args, "transport")) &&
            text_equal(body->tracking, cli_value(args, "tracking"));
    if (*same && expires != NULL && stamp_parse_lenient(&at, expires) == HZ_OK) {
        at.nanoseconds = 0;
        *same = stamp_compare(at, body->expires.at) == 0;
    }
    if (*same)
        memcpy(o->digest, e.statement.digest, sizeof o->digest);
    return HZ_OK;
}

static int not_covered(struct offering *o, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf names = BUF_INIT(4096);
    int rc = person_checkpoint_signers(o->store, &names, err);

    if (rc != HZ_OK)
        return rc;
    return hz_error_set(
        err, HZ_E_DENIED,
        _("the offer is recorded in entry %llu, but no signed head covers it: a checkpoint signer (%s) must "
          "run hozen custody checkpoint; then run this command again, and it writes the file"),
        (unsigned long long)sequence, buf_text(&names));
}

static int write_file(struct offering *o, struct io_partial *file, struct hz_error *err)
{
    HZ_CLEANUP(offering_entry_free) struct offering_entry e = { 0 };
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(R_STATEMENT_MAX * 16);
    bool found = false, covered = false;
    int rc = offering_find(o->store, o->digest, &e, &found, err);

    o->sequence = e.sequence;
    if (rc == HZ_OK)
        rc = offering_build(o->store, &e, &bytes, &covered, err);
    if (rc == HZ_OK && !covered)
        return not_covered(o, e.sequence, err);
    if (rc != HZ_OK)
        return rc;
    rc = io_write(file->fd, bytes.data, bytes.len, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", cli_value(o->args, "out"));
    return io_partial_commit(file, err);
}

static int offer(struct offering *o, struct hz_error *err)
{
    HZ_CLEANUP(io_partial_abort) struct io_partial file = { -1, -1, NULL, NULL };
    bool same = false;
    int rc = append_head(o->store, &o->head, err);

    if (rc == HZ_OK)
        rc = find_receiver(o, err);
    if (rc == HZ_OK)
        rc = item_get(o->store, cli_operand(o->args, 0), &o->item, err);
    if (rc == HZ_OK)
        rc = same_again(o, &same, err);
    if (rc == HZ_OK)
        rc = io_partial_begin(&file, cli_value(o->args, "out"), 0644, err);
    if (rc == HZ_OK && !same)
        rc = record(o, err);
    if (rc == HZ_OK && o->actor.person.checkpoint_signer)
        rc = checkpoint_sign(o->store, &o->head, &o->actor, err);
    if (rc == HZ_OK)
        rc = write_file(o, &file, err);
    if (rc != HZ_OK && rc != HZ_E_DENIED && o->recorded) /* denied: nobody signed the head yet, and that is said */
        return hz_error_context(err, _("the offer is recorded, but its file is not written; run this command again"));
    return rc;
}

/* A hold is of this ledger alone: the receiver's knows nothing of it. */
static int tell_holds(const struct offering *o, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, o->store, "SELECT hold, authority FROM hold WHERE item = ?1 AND lifted IS NULL ORDER BY hold");
    query_text(&q, 1, o->item.name);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err))
        cli_note(
            o->args,
            _("%s is under the legal hold %s (%s), which the offer does not carry: tell the receiver, who puts one "
              "on it in their own ledger"),
            o->item.name, query_get_text(&q, 0), query_get_text(&q, 1));
    return rc;
}

static int print(const struct offering *o, struct hz_error *err)
{
    struct cmd_result result = {
        .head = &o->head,
        .entered = true,
        .entry = o->sequence,
        .item = o->item.name,
        .key = o->to.key,
        .files = { { "offer", cli_value(o->args, "out") } },
    };

    if (cli_flag(o->args, "json"))
        return cmd_result_json(o->args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("item"), result.item);
    cli_out_field(stdout, CLI_OUT_LABELS, _("offered to"), o->to.name);
    cli_out_field(stdout, CLI_OUT_LABELS, _("offer"), result.files[0].path);
    cmd_print_head(&o->head);
    return HZ_OK;
}

int cmd_offer(const struct cli_args *args)
{
    HZ_CLEANUP(offering_free) struct offering o = { .args = args };
    struct hz_error err = { 0 };
    int rc = cmd_open(args, &o.store, &o.actor, &err);

    if (rc == HZ_OK)
        rc = offer(&o, &err);
    if (rc == HZ_OK)
        rc = tell_holds(&o, &err);
    if (rc == HZ_OK)
        rc = print(&o, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}

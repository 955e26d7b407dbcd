#include <string.h>

#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd_result.h"
#include "formats/read/ledger.h"

static void add_signature(struct w_signed *content, const struct buf *armour, bool first)
{
    if (first && content->signature_count == 1)
        content->signatures[1] = content->signatures[0];
    content->signatures[first ? 0 : content->signature_count] = (const char *)armour->data;
    content->signature_count++;
}

/* Signs as the actor and, for a checkpoint signer, as the second person too; signatures stand by ascending keyid. */
static int record(const struct cli_args *args, struct store *s, const struct actor *actor, const struct person *person,
                  struct head *head, struct hz_error *err)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed made = { 0 };
    HZ_CLEANUP(actor_free) struct actor second = { 0 };
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    struct w_statement statement = actor_statement(actor, "person", head->ledger);
    struct w_person full = person_in_full(person);
    struct w_signed content = { .statement = &made.statement };
    int rc;

    statement.body.person = &full;
    rc = actor_sign_statement(actor, &statement, &made, err);
    if (rc != HZ_OK)
        return rc;
    add_signature(&content, &made.armour, true);
    if (person->checkpoint_signer) {
        rc = cmd_load_second_key(args, &second, err);
        if (rc == HZ_OK && strcmp(w_key_id(second.key), w_key_id(actor->key)) == 0)
            return hz_error_set(err, HZ_E_DENIED, _("the second signature must be by another person"));
        if (rc == HZ_OK)
            rc = actor_sign(&second, R_LEDGER_NAMESPACE, &made.statement, &armour, err);
        if (rc != HZ_OK)
            return rc;
        add_signature(&content, &armour, strcmp(w_key_id(second.key), w_key_id(actor->key)) < 0);
    }
    return append_one(s, &content, head, err);
}

static int print(const struct cli_args *args, const struct person *person, const struct head *head,
                 struct hz_error *err)
{
    struct cmd_result result = { .head = head, .entered = true, .entry = head->size - 1, .key = person->key };

    if (cli_flag(args, "json"))
        return cmd_result_json(args, &result, err);
    cli_out_field(stdout, CLI_OUT_LABELS, _("person"), person->name);
    cli_out_field(stdout, CLI_OUT_LABELS, _("fingerprint"), person->key);
    cmd_print_head(head);
    return HZ_OK;
}

static int add(const struct cli_args *args, struct store *s, const struct actor *actor, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person person = { 0 };
    struct head head;
    int rc = person_from_file(&person, cli_operand(args, 0), err);

    if (rc == HZ_OK)
        rc = cmd_describe_person(args, &person, err);
    if (rc == HZ_OK)
        rc = cmd_validity(args, &person.valid_from, &person.valid_until, err);
    if (rc == HZ_OK)
        rc = append_head(s, &head, err);
    person.checkpoint_signer = cli_flag(args, "checkpoint-signer");
    if (rc == HZ_OK)
        rc = cmd_warn_of_name(args, s, &person, err);
    if (rc == HZ_OK)
        rc = record(args, s, actor, &person, &head, err);
    if (rc == HZ_OK)
        rc = cmd_seal(args, s, &head, actor, err);
    return rc == HZ_OK ? print(args, &person, &head, err) : rc;
}

int cmd_person_add(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(actor_free) struct actor actor = { 0 };
    struct hz_error err = { 0 };
    int rc = cmd_open(args, &s, &actor, &err);

    if (rc == HZ_OK)
        rc = add(args, s, &actor, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}

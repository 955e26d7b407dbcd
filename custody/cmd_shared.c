#include "custody/cmd.h"

#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "cli/passphrase.h"
#include "custody/describe.h"

struct asking {
    const char *file, *key;
    struct cli_passphrase passphrase;
    struct hz_error err;
};

static void asking_wipe(struct asking *a)
{
    cli_passphrase_wipe(&a->passphrase);
}

static const char *ask(void *context)
{
    struct asking *a = context;
    int rc = cli_passphrase_get(a->file, a->key, &a->passphrase, &a->err);

    return rc == HZ_OK ? a->passphrase.text : NULL;
}

/* Said each time, since a command may sign twice: a statement, and the head of the log. */
static bool tell(const void *context, const struct w_key *key, unsigned attempt, const struct hz_error *why)
{
    const struct cli_args *args = context;

    (void)why;
    if (attempt == 0 && w_key_of_token(key))
        cli_note(args, _("touch the token of the key %s now; it waits for %d seconds"), w_key_fingerprint(key),
                 W_KEY_AGENT_SECONDS);
    return false;
}

static int load(const struct cli_args *args, const char *key, const char *passphrase_file, struct actor *actor,
                struct hz_error *err)
{
    HZ_CLEANUP(asking_wipe) struct asking a = { .file = passphrase_file, .key = key };
    int rc = w_key_load(&actor->key, key, W_KEY_CUSTODY, ask, &a, err);

    if (rc == HZ_OK)
        w_key_on_agent(actor->key, tell, args);
    if (rc == HZ_OK || a.err.code == HZ_OK)
        return rc;
    *err = a.err; /* why there was no passphrase tells more than that there was none */
    return a.err.code;
}

int cmd_load_key(const struct cli_args *args, struct actor *actor, struct hz_error *err)
{
    return load(args, cli_value(args, "key"), cli_value(args, "passphrase-file"), actor, err);
}

int cmd_load_second_key(const struct cli_args *args, struct actor *actor, struct hz_error *err)
{
    return load(args, cli_value(args, "second-key"), cli_value(args, "second-passphrase-file"), actor, err);
}

int cmd_sign_second(const struct cli_args *args, struct cosign *signatures, struct hz_error *err)
{
    HZ_CLEANUP(actor_free) struct actor second = { 0 };
    int rc;

    if (cli_value(args, "second-key") == NULL)
        return HZ_OK;
    rc = cmd_load_second_key(args, &second, err);
    return rc == HZ_OK ? cosign_add(signatures, &second, err) : rc;
}

int cmd_load_new_key(const struct cli_args *args, struct actor *actor, struct hz_error *err)
{
    return load(args, cli_value(args, "new-key"), cli_value(args, "new-passphrase-file"), actor, err);
}

int cmd_describe_person(const struct cli_args *args, struct person *p, struct hz_error *err)
{
    int rc = person_set(&p->name, cli_value(args, "name"), err);

    if (rc == HZ_OK)
        rc = person_set(&p->title, cli_value(args, "title"), err);
    if (rc == HZ_OK)
        rc = person_set(&p->role, cli_value(args, "role"), err);
    if (rc == HZ_OK)
        rc = person_set(&p->contact, cli_value(args, "contact"), err);
    if (rc == HZ_OK)
        rc = person_set(&p->organisation, cli_value(args, "organisation"), err);
    if (rc == HZ_OK && p->name == NULL)
        return cli_usage(args->command, err, _("the public key does not tell the person's name; give --name"));
    return rc;
}

int cmd_warn_of_name(const struct cli_args *args, struct store *s, const struct person *p, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, s,
               "SELECT key FROM person WHERE name = ?1 AND key <> ?2 AND key NOT IN (SELECT key FROM ended)"
               " ORDER BY entry");
    query_text(&q, 1, p->name);
    query_text(&q, 2, p->key);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err))
        cli_note(args,
                 _("warning: the ledger knows %s already, with the key %s; if this is somebody else, tell them apart "
                   "by name, and if it is the same person with a new key, use hozen custody person rotate"),
                 p->name, query_get_text(&q, 0));
    return rc;
}

int cmd_time(const struct cli_args *args, const char *option, const char *value, struct w_time *out,
             struct hz_error *err)
{
    *out = actor_now();
    if (stamp_parse_stated(&out->at, &out->offset_minutes, value) != HZ_OK)
        return cli_usage(args->command, err,
                         _("--%s: \"%s\" is not a time with its offset from UTC, as 2026-11-20T09:30:00+09:00 is"),
                         option, value);
    out->at.nanoseconds = 0;
    return HZ_OK;
}

int cmd_validity(const struct cli_args *args, struct w_time *from, struct w_time *until, struct hz_error *err)
{
    static const char *const options[] = { "valid-from", "valid-until" };
    struct w_time *const out[] = { from, until };
    int rc = HZ_OK;

    for (int i = 0; rc == HZ_OK && i < 2; i++) {
        const char *value = cli_value(args, options[i]);
        *out[i] = (struct w_time) { 0 };
        if (value != NULL)
            rc = cmd_time(args, options[i], value, out[i], err);
    }
    if (rc == HZ_OK && from->known && until->known && stamp_compare(until->at, from->at) < 0)
        return cli_usage(args->command, err, _("--valid-until is before --valid-from"));
    return rc;
}

int cmd_open(const struct cli_args *args, struct store **store, struct actor *actor, struct hz_error *err)
{
    int rc = cmd_load_key(args, actor, err);

    if (rc == HZ_OK)
        rc = store_open(store, cli_value(args, "ledger"), STORE_WRITE, err);
    return rc == HZ_OK ? actor_identify(actor, *store, err) : rc;
}

int cmd_seal(const struct cli_args *args, struct store *s, const struct head *head, const struct actor *actor,
             struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf names = BUF_INIT(4096);
    int rc;

    if (actor->person.checkpoint_signer) {
        rc = checkpoint_sign(s, head, actor, err);
        return rc == HZ_OK
                   ? rc
                   : hz_error_context(err, _("recorded, but the head is not signed; run hozen custody checkpoint"));
    }
    rc = person_checkpoint_signers(s, &names, err);
    if (rc == HZ_OK)
        cli_note(args,
                 _("recorded; the head is not signed yet: a checkpoint signer (%s) runs hozen custody checkpoint"),
                 buf_text(&names));
    return rc;
}

void cmd_note_unrecorded(const struct cli_args *args)
{
    cli_note(args, _("nothing is recorded yet: who else must sign runs hozen custody cosign, then hozen custody record "
                     "puts it into the ledger"));
}

void cmd_print_head(const struct head *head)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(128);

    buf_printf(&text, "%" PRIu64 " ", head->size);
    text_base64(&text, head->root, sizeof head->root);
    cli_out_field(stdout, CLI_OUT_LABELS, _("head"), buf_text(&text));
}

void cmd_close_store(struct store **s)
{
    store_close(*s);
}

void cmd_json_path(struct json_out *j, const char *key, const char *path)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(65536);

    if (text_to_utf8(&text, path, strlen(path)) != HZ_OK)
        j->out->failed = text.failed;
    json_key(j, key);
    json_string_n(j, text.data, text.len);
}

void cmd_print_evidence(const struct verifier *v)
{
    cli_out_field(stdout, CLI_OUT_LABELS, _("verdict"), describe_word(v->verdict));
    cli_out_field(stdout, CLI_OUT_LABELS, _("integrity"), describe_word(v->integrity));
    cli_out_field(stdout, CLI_OUT_LABELS, _("authenticity"), describe_word(v->authenticity));
    for (size_t i = 0; i < v->finding_count; i++)
        cli_out_field(stdout, CLI_OUT_LABELS, _("finding"), v->findings[i]);
    cli_out_field(stdout, CLI_OUT_LABELS, _("content id"), v->content_id);
    cli_out_field(stdout, CLI_OUT_LABELS, _("file sha256"), v->file_sha256);
}

void cmd_note_verdict(const struct cli_args *args, const struct verifier *v)
{
    if (strcmp(v->verdict, "failed") == 0)
        cli_note(args, _("the evidence did not pass; it is recorded as it was found, and hozen verify shows why"));
    else if (strcmp(v->integrity, "intact") == 0 && cli_value(args, "signers") == NULL)
        cli_note(args, _("nobody was named whom you trust (--signers): who signed the evidence was not checked, and "
                         "that is what is recorded"));
}

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/lang.h"
#include "cli/out.h"
#include "custody/attribution.h"
#include "custody/cmd_life.h"

/* A line of the listing, and the next one begins. */
static void end_line(struct buf *line, unsigned depth)
{
    printf("  %*s", (int)(2 * depth), "");
    escape_print_n(stdout, line->data, line->len);
    putchar('\n');
    buf_reset(line);
}

/* Every member that is signed, so that nothing is that was not shown: canonical JSON, a line for each value. */
static int list_members(const struct buf *statement, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(R_STATEMENT_MAX);
    bool quoted = false;
    unsigned depth = 0;

    for (size_t i = 0; i < statement->len; i++) {
        char c = (char)statement->data[i];
        bool closes = !quoted && (c == '}' || c == ']');
        if (closes && line.len > 0)
            end_line(&line, depth);
        depth -= closes;
        buf_putc(&line, c);
        if (quoted && c == '\\')
            buf_putc(&line, (char)statement->data[++i]); /* one follows: the statement was parsed */
        quoted = quoted != (c == '"');
        if (!quoted && c == ':')
            buf_putc(&line, ' ');
        if (quoted || (c != ',' && c != '{' && c != '['))
            continue;
        end_line(&line, depth);
        depth += c != ',';
    }
    end_line(&line, depth);
    return buf_check(&line, err);
}

static int show(struct cmd_life *l, struct hz_error *err)
{
    int rc = cmd_life_sentence(&l->parsed, err);

    l->shown = true;
    if (rc != HZ_OK)
        return rc;
    printf("%s:\n", _("what is signed"));
    rc = list_members(&l->signatures.statement, err);
    for (size_t i = 0; i < l->signatures.count; i++)
        cli_out_field(stdout, CLI_OUT_LABELS, _("signed by"), l->signatures.by[i].key);
    return rc;
}

/* A statement is its actor's word: they sign first. */
static int check_actor(const struct cmd_life *l, const char *path, struct hz_error *err)
{
    if (cosign_has(&l->signatures, l->parsed.actor.key))
        return HZ_OK;
    return hz_error_set(err, HZ_E_DENIED,
                        _("%s: the statement is in the name of %s, whose key %s has not signed it; nothing was signed"),
                        path, l->parsed.actor.name, l->parsed.actor.key);
}

/* The signature is over the bytes that were shown: what the file says is read once. */
int cmd_cosign(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_life_free) struct cmd_life l = { .args = args, .told = true };
    struct hz_error err = { 0 };
    int rc = cosign_read(&l.signatures, cli_operand(args, 0), &l.parsed, &err);

    if (rc == HZ_OK)
        rc = check_actor(&l, cli_operand(args, 0), &err);
    if (rc == HZ_OK && !cli_flag(args, "json"))
        rc = show(&l, &err);
    if (rc == HZ_OK && fflush(stdout) != 0) /* before a passphrase or a touch is asked for */
        rc = hz_error_set(&err, HZ_E_IO, _("what is to be signed could not be shown; nothing was signed"));
    if (rc == HZ_OK)
        rc = cmd_load_key(args, &l.actor, &err);
    if (rc == HZ_OK)
        rc = cosign_add(&l.signatures, &l.actor, &err);
    if (rc == HZ_OK)
        rc = cosign_write(&l.signatures, cli_value(args, "out"), &err);
    if (rc == HZ_OK)
        rc = cmd_life_print(&l, cli_value(args, "out"), &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}

/* Whoever signs in this ledger is called what the ledger calls them; such a statement can be made again. */
static int check_name(struct cmd_life *l, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person known = { 0 };
    struct r_person as_known, actor = l->parsed.actor;
    bool found = false;
    int rc = person_find(l->store, l->parsed.actor.key, &known, &found, err);

    as_known = attribution_person(&known);
    if (rc != HZ_OK || !found || !attribution_put(&l->parsed, &as_known, &actor))
        return rc;
    return hz_error_set(err, HZ_E_DENIED,
                        _("%s: the statement says of its signer what this ledger does not: it calls them %s, and the "
                          "key %s is that of %s; it is to be made and signed again"),
                        path, l->parsed.actor.name, known.key, known.name);
}

/* And so is whom it names by a key of this ledger. */
static int check_receiver(struct cmd_life *l, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person known = { 0 };
    struct r_person as_known, to = l->parsed.body.to;
    bool found = false;
    int rc = to.present && to.key != NULL ? person_find(l->store, to.key, &known, &found, err) : HZ_OK;

    as_known = attribution_person(&known);
    if (rc != HZ_OK || !found || !attribution_put_receiver(&as_known, &to))
        return rc;
    return hz_error_set(err, HZ_E_DENIED,
                        _("%s: the statement says of the key %s what this ledger does not: it calls it that of %s, and "
                          "it is that of %s; it is to be made and signed again"),
                        path, to.key, l->parsed.body.to.name, known.name);
}

/* The rules of the ledger say whether everybody has signed who must. */
int cmd_cosign_record(const struct cli_args *args)
{
    HZ_CLEANUP(cmd_life_free) struct cmd_life l = { .args = args };
    struct hz_error err = { 0 };
    struct w_signed content;
    int rc = cosign_read(&l.signatures, cli_operand(args, 0), &l.parsed, &err);

    if (rc == HZ_OK)
        rc = cmd_life_begin(&l, &err);
    if (rc == HZ_OK && (l.parsed.ledger == NULL || strcmp(l.parsed.ledger, l.head.ledger) != 0))
        rc = hz_error_set(&err, HZ_E_DENIED, _("%s: the statement is for another ledger"), cli_operand(args, 0));
    if (rc == HZ_OK)
        rc = check_name(&l, cli_operand(args, 0), &err);
    if (rc == HZ_OK)
        rc = check_receiver(&l, cli_operand(args, 0), &err);
    content = cosign_content(&l.signatures);
    if (rc == HZ_OK)
        rc = append_one(l.store, &content, &l.head, &err);
    if (rc == HZ_OK)
        rc = cmd_seal(args, l.store, &l.head, &l.actor, &err);
    if (rc == HZ_OK)
        rc = cmd_life_print(&l, NULL, &err);
    return rc == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}

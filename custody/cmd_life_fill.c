#include "custody/cmd_life.h"

#include <stdio.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "cli/table_custody_life.h"
#include "custody/policy_file.h"

enum about { ABOUT_ITEM, ABOUT_CASE, ABOUT_EITHER, ABOUT_LEDGER };
enum previous { NOTHING, MOVED, OFFER, DISPUTE, PLAN };

struct row {
    const struct cli_command *command;
    const char *type;
    enum about about;
    enum previous previous;
    int (*more)(struct cmd_life *l, struct hz_error *err); /* what options alone do not say */
};

void cmd_life_free(struct cmd_life *l)
{
    cosign_free(&l->signatures);
    r_statement_free(&l->parsed);
    actor_free(&l->actor);
    item_free(&l->item);
    person_free(&l->person);
    verifier_free(&l->seen);
    buf_free(&l->rules);
    store_close(l->store);
    memset(l, 0, sizeof *l);
}

static int hash(struct cmd_life *l, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = io_open_input(path, &fd, err);

    if (rc == HZ_OK)
        rc = verifier_hash(fd, l->digest, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", path);
    l->statement.body.sha256 = l->digest;
    return HZ_OK;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static int more_photograph(struct cmd_life *l, struct hz_error *err)
{
    const char *path = cli_value(l->args, "picture");

    l->statement.body.file = last_part(path);
    if (!text_is_utf8(l->statement.body.file, strlen(l->statement.body.file)))
        return hz_error_set(err, HZ_E_USAGE,
                            _("%s: the name of the picture is recorded with it and is not UTF-8; give a copy or a link "
                              "with another name"),
                            path);
    return hash(l, path, err);
}

int cmd_life_recorded(struct cmd_life *l, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const char *copy = cli_value(l->args, "copy");
    bool row = false;
    int rc;

    query_open(&q, l->store, "SELECT sha256 FROM copy WHERE item = ?1 AND copy = ?2");
    query_text(&q, 1, l->item.name);
    query_text(&q, 2, copy != NULL ? copy : R_LEDGER_ORIGINAL);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && row)
        snprintf(l->recorded, sizeof l->recorded, "%s", query_get_text(&q, 0));
    return rc;
}

int cmd_life_hold(struct cmd_life *l, const char *path, struct hz_error *err)
{
    if (strcmp(l->seen.file_sha256, l->recorded) != 0)
        cli_note(l->args,
                 _("%s is not the copy that was recorded: its SHA-256 is %s, recorded is %s; the copy has failed"),
                 path, l->seen.file_sha256, l->recorded);
    return verifier_hold(&l->seen, l->recorded, err);
}

static int more_return(struct cmd_life *l, struct hz_error *err)
{
    const char *path = cli_value(l->args, "file");
    int rc = path != NULL ? hash(l, path, err) : HZ_OK;

    if (rc == HZ_OK && path != NULL)
        rc = cmd_life_recorded(l, err);
    if (rc != HZ_OK || l->recorded[0] == '\0')
        return rc;
    rc = verifier_of_digest(&l->seen, l->digest, l->recorded, err);
    return rc == HZ_OK ? cmd_life_hold(l, path, err) : rc;
}

/* The same content under another compression. */
static int is_repacked(const struct cmd_life *l, const char *path, bool *out, struct hz_error *err)
{
    HZ_CLEANUP(verifier_free) struct verifier seen = { 0 };
    const char *content = l->item.chain.content_id;
    int rc;

    *out = false;
    if (content[0] == '\0')
        return HZ_OK;
    rc = verifier_run(&seen, path, NULL, err);
    *out = rc == HZ_OK && text_equal(seen.integrity, "intact") && text_equal(seen.content_id, content);
    return rc;
}

/* Only a copy to work on may be something else than the evidence. */
static int more_copy(struct cmd_life *l, struct hz_error *err)
{
    const char *path = cli_value(l->args, "file"), *recorded = l->item.chain.file_sha256;
    bool repacked = false;
    int rc = hash(l, path, err);

    if (rc != HZ_OK || strcmp(l->digest, recorded) == 0)
        return rc;
    rc = is_repacked(l, path, &repacked, err);
    if (rc != HZ_OK)
        return rc;
    if (repacked)
        cli_note(
            l->args,
            _("%s has the content of the evidence, but not its bytes: it counts as a copy of it once custody recheck "
              "has verified it"),
            path);
    else if (strcmp(cli_value(l->args, "role"), "working") == 0)
        cli_note(l->args, _("%s is not the evidence: its SHA-256 is another one; it takes the place of no copy of it"),
                 path);
    else
        return hz_error_set(
            err, HZ_E_DENIED,
            _("%s is not the evidence: its SHA-256 is %s, taken in was %s; what was made from the "
              "evidence is recorded with --role working, what is evidence of its own with custody intake"),
            path, l->digest, recorded[0] != '\0' ? recorded : _("nothing that was hashed"));
    return HZ_OK;
}

/* Somebody who need not be known to the ledger. */
static int more_who(struct cmd_life *l, struct hz_error *err)
{
    (void)err;
    l->who = (struct w_person) { .name = cli_value(l->args, "to"),
                                 .organisation = cli_value(l->args, "to-organisation"),
                                 .contact = cli_value(l->args, "to-contact") };
    l->statement.body.to = &l->who;
    return HZ_OK;
}

static int more_reassign(struct cmd_life *l, struct hz_error *err)
{
    HZ_CLEANUP(person_free) struct person given = { 0 };
    const char *path = cli_value(l->args, "to");
    bool found = false;
    int rc = person_from_file(&given, path, err);

    if (rc == HZ_OK)
        rc = person_find(l->store, given.key, &l->person, &found, err);
    if (rc == HZ_OK && !found)
        return hz_error_set(err, HZ_E_DENIED,
                            _("%s: nobody of this key is in the ledger; add them (custody person add)"), path);
    l->who = person_in_full(&l->person);
    l->statement.body.to = &l->who;
    return rc;
}

static int more_revoke(struct cmd_life *l, struct hz_error *err)
{
    (void)err;
    l->statement.body.key = cli_operand(l->args, 0);
    return HZ_OK;
}

/* What the file says, in canonical form, is what is signed. */
static int more_policy(struct cmd_life *l, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(65536);
    const char *path = cli_operand(l->args, 0);
    int rc;

    buf_init(&l->rules, 65536);
    rc = io_read_file(path, &text, err);
    if (rc != HZ_OK)
        return rc;
    rc = policy_file_read(text.data, text.len, &l->rules, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", path);
    l->statement.body.rules = (const char *)l->rules.data;
    return rc;
}

static const struct row rows[] = {
    { &table_custody_case, "case", ABOUT_CASE, NOTHING, NULL },
    { &table_custody_note, "note", ABOUT_EITHER, NOTHING, NULL },
    { &table_custody_photograph, "photograph", ABOUT_EITHER, NOTHING, more_photograph },
    { &table_custody_courier, "courier", ABOUT_ITEM, OFFER, NULL },
    { &table_custody_withdraw, "withdrawal", ABOUT_ITEM, OFFER, NULL },
    { &table_custody_settle, "settlement", ABOUT_ITEM, DISPUTE, NULL },
    { &table_custody_reassign, "reassign", ABOUT_ITEM, MOVED, more_reassign },
    { &table_custody_copy, "copy", ABOUT_ITEM, NOTHING, more_copy },
    { &table_custody_checkout, "checkout", ABOUT_ITEM, NOTHING, more_who },
    { &table_custody_return, "return", ABOUT_ITEM, NOTHING, more_return },
    { &table_custody_move, "move", ABOUT_ITEM, NOTHING, NULL },
    { &table_custody_resolve, "resolution", ABOUT_ITEM, NOTHING, NULL },
    { &table_custody_destroy, "destruction", ABOUT_ITEM, NOTHING, NULL },
    { &table_custody_hold, "hold", ABOUT_ITEM, NOTHING, NULL },
    { &table_custody_lift, "lift", ABOUT_ITEM, NOTHING, NULL },
    { &table_custody_dispose, "disposal", ABOUT_ITEM, PLAN, NULL },
    { &table_custody_owner_return, "owner-return", ABOUT_ITEM, MOVED, more_who },
    { &table_custody_person_revoke, "revocation", ABOUT_LEDGER, NOTHING, more_revoke },
    { &table_custody_policy, "policy", ABOUT_LEDGER, NOTHING, more_policy },
};
static const struct row dispose_plan = { &table_custody_dispose, "disposal-plan", ABOUT_ITEM, MOVED, NULL };

static const struct row *row_of(const struct cli_args *args)
{
    if (args->command == &table_custody_dispose && cli_flag(args, "plan"))
        return &dispose_plan;
    size_t i = 0;
    while (i + 1 < sizeof rows / sizeof rows[0] && rows[i].command != args->command)
        i++;
    return &rows[i];
}

/* "code-name" -> "code_name", "override-reason" -> "override.reason" */
static void member_of(const char *option, char *out, size_t size)
{
    if (strcmp(option, "override") == 0)
        option = "override.rule";
    else if (strcmp(option, "override-reason") == 0)
        option = "override.reason";
    snprintf(out, size, "%s", option);
    for (char *p = out; *p != '\0'; p++)
        if (*p == '-')
            *p = '_';
}

/* Options that are called as a member are that member, but for those that name files, keys and other persons. */
static int take_options(struct cmd_life *l, struct hz_error *err)
{
    static const char *const others[] = { "key", "file", "to", "case" };
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < l->args->command->option_count; i++) {
        const struct cli_option *o = &l->args->command->options[i];
        const char *value = o->kind == CLI_ONE ? cli_value(l->args, o->name) : NULL, **text = NULL;
        struct w_time *time = NULL;
        char member[64];
        bool other = value == NULL;
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
            other |= strcmp(o->name, others[k]) == 0;
        member_of(o->name, member, sizeof member);
        if (other || !w_statement_place(&l->statement.body, member, &text, &time))
            continue;
        if (text != NULL)
            *text = value;
        else
            rc = cmd_time(l->args, o->name, value, time, err);
    }
    return rc;
}

static int take_item(struct cmd_life *l, const struct row *row, struct hz_error *err)
{
    const struct r_ledger_item *chain = &l->item.chain;
    const char *const previous[] = { [NOTHING] = NULL,
                                     [MOVED] = chain->moved,
                                     [OFFER] = chain->offer,
                                     [DISPUTE] = chain->dispute,
                                     [PLAN] = chain->plan };
    static const char *const lacking[] = { [OFFER] = N_("there is no open offer of it"),
                                           [DISPUTE] = N_("its custody is not disputed"),
                                           [PLAN] = N_("no disposal is planned; announce it with --plan first") };
    int rc = item_get(l->store, cli_operand(l->args, 0), &l->item, err);

    if (rc != HZ_OK)
        return rc;
    if (row->previous > MOVED && previous[row->previous][0] == '\0')
        return hz_error_set(err, HZ_E_DENIED, "%s: %s", l->item.name, lang_text(lacking[row->previous]));
    l->statement.item = l->item.name;
    l->statement.case_id = l->item.case_id;
    l->statement.previous = previous[row->previous];
    return HZ_OK;
}

static int take_subject(struct cmd_life *l, const struct row *row, struct hz_error *err)
{
    const char *item = cli_operand(l->args, 0), *of_case;

    if (row->about == ABOUT_LEDGER)
        return HZ_OK;
    if (row->about == ABOUT_CASE) {
        l->statement.case_id = item;
        return HZ_OK;
    }
    of_case = row->about == ABOUT_EITHER ? cli_value(l->args, "case") : NULL;
    if ((item != NULL) == (of_case != NULL))
        return cli_usage(l->args->command, err, _("name either an item or --case"));
    l->statement.case_id = of_case;
    return item != NULL ? take_item(l, row, err) : HZ_OK;
}

int cmd_life_fill(struct cmd_life *l, struct hz_error *err)
{
    const struct row *row = row_of(l->args);
    int rc;

    l->statement = actor_statement(&l->actor, row->type, l->head.ledger);
    rc = take_subject(l, row, err);
    if (rc == HZ_OK)
        rc = take_options(l, err);
    return rc == HZ_OK && row->more != NULL ? row->more(l, err) : rc;
}

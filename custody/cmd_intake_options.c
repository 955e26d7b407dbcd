#include <string.h>

#include "base/lang.h"
#include "custody/cmd_intake.h"
#include "formats/read/statement.h"

/* Options and the members that they become, texts and times alike. */
static const struct {
    const char *option, *member;
} members[] = {
    { "location", "location" },
    { "condition", "condition" },
    { "exhibit", "exhibit" },
    { "responsible", "responsible" },
    { "description", "source.description" },
    { "make", "source.make" },
    { "model", "source.model" },
    { "serial", "source.serial" },
    { "asset-tag", "source.asset_tag" },
    { "host-name", "source.host" },
    { "machine-id", "source.machine_id" },
    { "mac", "source.mac" },
    { "ip", "source.ip" },
    { "os", "source.os" },
    { "seal", "source.seal" },
    { "discovered-at", "discovered.at" },
    { "discovered-location", "discovered.location" },
    { "discovered-by", "discovered.by" },
    { "collected-at", "collected.at" },
    { "collected-location", "collected.location" },
    { "collected-by", "collected.by" },
    { "collected-with", "collected.tool" },
    { "command-line", "collected.command_line" },
    { "authority", "collected.authority" },
    { "reason", "collected.reason" },
    { "method", "collected.method" },
    { "gaps", "collected.gaps" },
    { "changes", "collected.changes" },
    { "clock-offset", "clock.offset" },
    { "clock-known-by", "clock.known_by" },
    { "override", "override.rule" },
    { "override-reason", "override.reason" },
};

static int take_witnesses(struct intake *i, struct hz_error *err)
{
    struct w_statement_body *body = &i->statement.body;

    body->witnesses = cli_values(i->args, "witness", &body->witness_count);
    if (body->witness_count > R_STATEMENT_WITNESSES)
        return cli_usage(i->args->command, err, _("an intake names at most %d witnesses"), R_STATEMENT_WITNESSES);
    return HZ_OK;
}

int cmd_intake_describe(struct intake *i, struct hz_error *err)
{
    int rc = take_witnesses(i, err);

    for (size_t n = 0; rc == HZ_OK && n < sizeof members / sizeof members[0]; n++) {
        const char *value = cli_value(i->args, members[n].option), **text = NULL;
        struct w_time *time = NULL;
        if (value == NULL || !w_statement_place(&i->statement.body, members[n].member, &text, &time))
            continue;
        if (text != NULL)
            *text = value;
        else
            rc = cmd_time(i->args, members[n].option, value, time, err);
    }
    return rc;
}

static bool is_thing(const char *kind)
{
    return kind != NULL && (strcmp(kind, "device") == 0 || strcmp(kind, "paper") == 0 || strcmp(kind, "other") == 0);
}

static int choose_other(struct intake *i, struct hz_error *err)
{
    const struct cli_command *command = i->args->command;

    if (cli_value(i->args, "fingerprint") != NULL)
        return cli_usage(command, err, _("--fingerprint is for bundles: nothing else has a signature inside"));
    if (i->item == NULL)
        return cli_usage(command, err, _("name the item with --item: only a bundle tells its own"));
    if (cli_value(i->args, "listing") != NULL && (i->kind == NULL || strcmp(i->kind, "archive") != 0))
        return cli_usage(command, err, _("--listing is for --kind archive"));
    if (i->file != NULL)
        i->kind = i->kind != NULL ? i->kind : "file";
    else if (i->kind == NULL)
        return cli_usage(command, err, _("name a bundle, or a file with --file, or say with --kind what it is"));
    else if (!is_thing(i->kind))
        return cli_usage(command, err, _("--kind %s is a file: name it with --file"), i->kind);
    return HZ_OK;
}

int cmd_intake_choose(struct intake *i, struct hz_error *err)
{
    i->bundle = cli_operand(i->args, 0);
    i->file = cli_value(i->args, "file");
    i->kind = cli_value(i->args, "kind");
    i->item = cli_value(i->args, "item");
    i->case_id = cli_value(i->args, "case");
    i->wrap = cli_value(i->args, "out") != NULL;
    if (i->wrap && i->bundle != NULL)
        return cli_usage(i->args->command, err, _("name a bundle that is there, or --wrap what one is to be made of"));
    if (i->wrap && i->case_id == NULL)
        return cli_usage(i->args->command, err, _("a bundle is of a case: name it with --case"));
    if (i->wrap && cli_value(i->args, "fingerprint") != NULL)
        return cli_usage(i->args->command, err, _("--wrap makes its own key; leave --fingerprint out"));
    if (i->bundle == NULL && !i->wrap)
        return choose_other(i, err);
    if (i->file != NULL || i->kind != NULL || cli_value(i->args, "listing") != NULL)
        return cli_usage(i->args->command, err, _("--file, --kind and --listing are for what is no bundle"));
    return HZ_OK;
}

#include "cli/check.h"

#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static bool is_fingerprint(const char *text)
{
    return strncmp(text, "SHA256:", 7) == 0 && strlen(text) == 7 + 43 && strspn(text + 7, ALNUM "+/") == 43;
}

static bool is_item(const char *text)
{
    size_t len = strlen(text);

    return len >= 1 && len <= 100 && strspn(text, ALNUM "._-") == len && strspn(text, ALNUM) > 0 &&
           text[len - 1] != '.';
}

static int check_amount(const struct cli_command *command, enum cli_value kind, const char *shown, const char *value,
                        struct hz_error *err)
{
    struct stamp time;
    uint64_t size;
    int64_t duration;

    if (kind == CLI_SIZE && num_parse_size(value, &size) != HZ_OK)
        return cli_usage(command, err,
                         _("%s takes a number of bytes above 0, with K, M, G or T for powers of 1024, like 20G (not "
                           "\"%s\")"),
                         shown, value);
    if (kind == CLI_DURATION && num_parse_duration(value, &duration) != HZ_OK)
        return cli_usage(command, err, _("%s takes a duration above 0 like 500ms, 60s, 30m, 24h or 7d (not \"%s\")"),
                         shown, value);
    if (kind == CLI_SINCE && num_parse_duration(value, &duration) != HZ_OK &&
        stamp_parse_lenient(&time, value) != HZ_OK)
        return cli_usage(command, err,
                         _("%s takes a duration back from now like 24h, or a time like 2026-11-20T21:34:56+09:00 (not "
                           "\"%s\")"),
                         shown, value);
    return HZ_OK;
}

int cli_check_value(const struct cli_command *command, enum cli_value kind, const char *choices, const char *shown,
                    const char *value, struct hz_error *err)
{
    struct stamp ignored;

    if (value[0] == '\0')
        return cli_usage(command, err, _("%s is empty"), shown);
    if (kind == CLI_TEXT && !text_is_line(value, CLI_TEXT_MAX))
        return cli_usage(command, err,
                         _("%s must be one line of at most %d bytes of UTF-8, without control characters or blanks "
                           "at its ends"),
                         shown, CLI_TEXT_MAX);
    if (kind == CLI_OUTPUT && strcmp(value, "-") == 0)
        return cli_usage(command, err, _("%s takes the name of a file; standard output is not supported"), shown);
    if (kind == CLI_CHOICE && !cli_choice_has(choices, value))
        return cli_usage(command, err, _("%s takes one of these: %s (not \"%s\")"), shown, choices, value);
    if (kind == CLI_TIME && stamp_parse_lenient(&ignored, value) != HZ_OK)
        return cli_usage(command, err, _("%s takes a time like 2026-11-20T21:34:56+09:00 (not \"%s\")"), shown, value);
    if (kind == CLI_FINGERPRINT && !is_fingerprint(value))
        return cli_usage(command, err, _("%s takes SHA256: and 43 characters, as ssh-keygen -l prints it (not \"%s\")"),
                         shown, value);
    if (kind == CLI_ITEM && !is_item(value))
        return cli_usage(command, err,
                         _("%s takes up to 100 of A-Z a-z 0-9 . _ -, beginning with a letter or digit, not ending with "
                           "a dot (not \"%s\")"),
                         shown, value);
    return check_amount(command, kind, shown, value, err);
}

/* Given on the command line or by the environment. */
static bool present(const struct cli_args *args, const char *name)
{
    size_t count;

    switch (cli_option_find(args->command, name, strlen(name))->kind) {
    case CLI_FLAG:
        return cli_flag(args, name);
    case CLI_MANY:
        return cli_values(args, name, &count), count > 0;
    default:
        return cli_value(args, name) != NULL;
    }
}

static bool excused(const struct cli_args *args, const char *name)
{
    return name != NULL && present(args, name);
}

static bool typed(const struct cli_args *args, size_t i)
{
    return args->spans[i].count > 0;
}

static int check_option(const struct cli_args *args, size_t i, struct hz_error *err)
{
    const struct cli_option *o = &args->command->options[i];

    if (o->required && !present(args, o->name) && !excused(args, o->unless) && !excused(args, o->or_unless))
        return o->environment == NULL
                   ? cli_usage(args->command, err, _("--%s is missing"), o->name)
                   : cli_usage(args->command, err, _("--%s is missing, and %s is not set"), o->name, o->environment);
    if (typed(args, i) && o->needs != NULL && !present(args, o->needs))
        return cli_usage(args->command, err, _("--%s means nothing without --%s"), o->name, o->needs);
    if (typed(args, i) && o->excludes != NULL && present(args, o->excludes))
        return cli_usage(args->command, err, _("--%s and --%s cannot stand together"), o->name, o->excludes);
    return HZ_OK;
}

static int check_environment(const struct cli_args *args, size_t i, struct hz_error *err)
{
    const struct cli_option *o = &args->command->options[i];
    const char *value = o->environment == NULL || typed(args, i) ? NULL : cli_value(args, o->name);

    if (value == NULL)
        return HZ_OK;
    return cli_check_value(args->command, o->value, o->choices, o->environment, value, err);
}

static int check_operands(const struct cli_args *args, struct hz_error *err)
{
    const struct cli_command *c = args->command;

    if (args->operand_count < c->min_operands)
        return cli_usage(c, err, _("%s is missing"), c->operands);
    if (args->operand_count > c->max_operands)
        return cli_usage(c, err, _("\"%s\" is one argument too many"), args->operands[c->max_operands]);
    for (size_t i = 0; i < args->operand_count; i++) {
        int rc = cli_check_value(c, c->operand, NULL, c->operands, args->operands[i], err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

int cli_check_rules(const struct cli_args *args, struct hz_error *err)
{
    int rc = check_operands(args, err);

    for (size_t i = 0; rc == HZ_OK && i < args->command->option_count; i++) {
        rc = check_option(args, i, err);
        if (rc == HZ_OK)
            rc = check_environment(args, i, err);
    }
    return rc;
}

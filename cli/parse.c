#include "cli/parse.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "cli/check.h"

struct given {
    const struct cli_option *option;
    const char *value; /* NULL for flags */
};

struct parse {
    const struct cli_command *command;
    struct given *given;
    const char **operands;
    size_t given_count, operand_count;
};

int cli_usage(const struct cli_command *command, struct hz_error *err, const char *format, ...)
{
    char message[800], words[64];
    va_list ap;

    va_start(ap, format);
    vsnprintf(message, sizeof message, format, ap);
    va_end(ap);
    return hz_error_set(err, HZ_E_USAGE, _("%s; see %s --help"), message,
                        cli_command_words(command, words, sizeof words));
}

/* Places of the command's own options come first, then the common ones. */
static size_t place(const struct cli_command *command, const struct cli_option *option)
{
    if (option >= cli_common_options && option < cli_common_options + CLI_COMMON_COUNT)
        return command->option_count + (size_t)(option - cli_common_options);
    return (size_t)(option - command->options);
}

static int take_once(const struct parse *p, const struct cli_option *option, struct hz_error *err)
{
    for (size_t i = 0; option->kind == CLI_ONE && i < p->given_count; i++)
        if (p->given[i].option == option)
            return cli_usage(p->command, err, _("--%s is given twice"), option->name);
    return HZ_OK;
}

/* argv[*i] begins with "--" and says more. Moves *i over a separate value. */
static int take_option(struct parse *p, int argc, char *const *argv, int *i, struct hz_error *err)
{
    const char *name = argv[*i] + 2, *value = strchr(name, '=');
    size_t len = value != NULL ? (size_t)(value - name) : strlen(name);
    const struct cli_option *option = cli_option_find(p->command, name, len);
    char shown[80];
    int rc;

    if (option == NULL)
        return cli_usage(p->command, err, _("unknown option --%.*s"), (int)(len < 200 ? len : 200), name);
    if (option->kind == CLI_FLAG) {
        if (value != NULL)
            return cli_usage(p->command, err, _("--%s takes no value"), option->name);
        p->given[p->given_count++] = (struct given) { option, NULL };
        return HZ_OK;
    }
    rc = take_once(p, option, err);
    if (rc != HZ_OK)
        return rc;
    if (value != NULL)
        value++;
    else if (*i + 1 == argc)
        return cli_usage(p->command, err, _("--%s needs a value"), option->name);
    else if (strncmp(value = argv[++*i], "--", 2) == 0)
        return cli_usage(p->command, err, _("--%s needs a value (if \"%s\" is meant to be it, write --%s=%s)"),
                         option->name, value, option->name, value);
    snprintf(shown, sizeof shown, "--%s", option->name);
    p->given[p->given_count++] = (struct given) { option, value };
    return cli_check_value(p->command, option->value, option->choices, shown, value, err);
}

static int take_all(struct parse *p, int argc, char *const *argv, struct hz_error *err)
{
    bool options = true;
    int rc = HZ_OK;

    for (int i = 0; i < argc && rc == HZ_OK; i++) {
        const char *word = argv[i];
        if (!options || word[0] != '-' || word[1] == '\0')
            p->operands[p->operand_count++] = word;
        else if (strcmp(word, "--") == 0)
            options = false;
        else if (word[1] == '-')
            rc = take_option(p, argc, argv, &i, err);
        else
            rc = cli_usage(p->command, err,
                           _("unknown option %s (options begin with two dashes; a name that begins with a dash goes "
                             "behind --)"),
                           word);
    }
    return rc;
}

/* From the order typed to one run of values for each option. */
static void group(const struct parse *p, struct cli_args *args)
{
    size_t total = p->command->option_count + CLI_COMMON_COUNT, next = 0;

    for (size_t i = 0; i < total; i++) {
        args->spans[i].first = next;
        for (size_t k = 0; k < p->given_count; k++)
            if (place(p->command, p->given[k].option) == i)
                args->values[next++] = p->given[k].value;
        args->spans[i].count = next - args->spans[i].first;
    }
}

static void free_given(struct given **given)
{
    free(*given);
}

int cli_parse(const struct cli_command *command, int argc, char *const *argv, struct cli_args *out,
              struct hz_error *err)
{
    size_t room = (size_t)argc + 1;
    HZ_CLEANUP(cli_args_free)
    struct cli_args args = {
        .command = command,
        .values = calloc(room, sizeof *args.values),
        .spans = calloc(command->option_count + CLI_COMMON_COUNT, sizeof *args.spans),
        .operands = calloc(room, sizeof *args.operands),
    };
    HZ_CLEANUP(free_given) struct given *given = calloc(room, sizeof *given);
    struct parse p = { .command = command, .given = given, .operands = args.operands };
    int rc;

    if (given == NULL || args.values == NULL || args.spans == NULL || args.operands == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = take_all(&p, argc, argv, err);
    if (rc != HZ_OK)
        return rc;
    args.operand_count = p.operand_count;
    group(&p, &args);
    rc = cli_check_rules(&args, err);
    if (rc != HZ_OK)
        return rc;
    *out = args;
    args = (struct cli_args) { 0 };
    return HZ_OK;
}

void cli_args_free(struct cli_args *args)
{
    if (args == NULL)
        return;
    free(args->values);
    free(args->spans);
    free(args->operands);
    *args = (struct cli_args) { 0 };
}

static const struct cli_option *asked(const struct cli_args *args, const char *name)
{
    const struct cli_option *option = cli_option_find(args->command, name, strlen(name));

    assert(option != NULL && "an option that the command's table does not have");
    return option;
}

bool cli_flag(const struct cli_args *args, const char *name)
{
    const struct cli_option *option = asked(args, name);

    assert(option->kind == CLI_FLAG);
    return args->spans[place(args->command, option)].count > 0;
}

const char *const *cli_values(const struct cli_args *args, const char *name, size_t *count)
{
    const struct cli_option *option = asked(args, name);
    const struct cli_span *span = &args->spans[place(args->command, option)];

    assert(option->kind == CLI_MANY);
    *count = span->count;
    return args->values + span->first;
}

const char *cli_value(const struct cli_args *args, const char *name)
{
    const struct cli_option *option = asked(args, name);
    const struct cli_span *span = &args->spans[place(args->command, option)];
    const char *value;

    assert(option->kind == CLI_ONE);
    if (span->count > 0)
        return args->values[span->first];
    value = option->environment != NULL ? getenv(option->environment) : NULL;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

const char *cli_operand(const struct cli_args *args, size_t i)
{
    return i < args->operand_count ? args->operands[i] : NULL;
}

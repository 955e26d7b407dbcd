#include "cli/help.h"

#include <string.h>

#include "base/lang.h"
#include "base/width.h"

#define TEXT_COLUMN 28
#define LAST_COLUMN (HELP_COLUMNS - 1)

/* "usage: words rest", lines that follow indented below the words. */
static void usage_line(FILE *stream, const char *words, const char *rest)
{
    char text[400];

    fputs(_("usage: "), stream);
    snprintf(text, sizeof text, "%s%s", words, rest);
    width_wrap(stream, text, width_text(_("usage: ")), 8, LAST_COLUMN);
}

void help_row(FILE *stream, const char *words, const char *summary)
{
    unsigned at = 2 + width_text(words);

    fprintf(stream, "  %s", words);
    if (at + 2 <= TEXT_COLUMN)
        fprintf(stream, "%*s", (int)(TEXT_COLUMN - at), "");
    else
        fprintf(stream, "\n%*s", TEXT_COLUMN, "");
    width_wrap(stream, summary, TEXT_COLUMN, TEXT_COLUMN, LAST_COLUMN);
}

const char *help_option_words(const struct cli_option *option, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "--%s", option->name);

    if (option->kind == CLI_FLAG || used >= size)
        return out;
    snprintf(out + used, size - used, " %s", option->metavar != NULL ? option->metavar : option->choices);
    for (char *p = out + used + 1; option->metavar == NULL && *p != '\0'; p++)
        if (*p == ' ')
            *p = '|';
    return out;
}

/* What a table says about an option beside its text. */
static void option_row(FILE *stream, const struct cli_option *o)
{
    char words[80], text[600], extra[120] = "";

    if (o->required && o->environment != NULL)
        snprintf(extra, sizeof extra, _(" (required, or %s in the environment)"), o->environment);
    else if (o->environment != NULL)
        snprintf(extra, sizeof extra, _(" (or %s in the environment)"), o->environment);
    else if (o->required && o->or_unless != NULL)
        snprintf(extra, sizeof extra, _(" (required, unless --%s or --%s)"), o->unless, o->or_unless);
    else if (o->required && o->unless != NULL)
        snprintf(extra, sizeof extra, _(" (required, unless --%s)"), o->unless);
    else if (o->required)
        snprintf(extra, sizeof extra, "%s", _(" (required)"));
    snprintf(text, sizeof text, "%s%s", _(o->help), extra);
    help_row(stream, help_option_words(o, words, sizeof words), text);
}

void help_command(FILE *stream, const struct cli_command *command)
{
    char words[64], rest[120];

    snprintf(rest, sizeof rest, "%s%s%s", command->option_count > 0 ? _(" [OPTION]...") : "",
             command->operands != NULL ? " " : "", command->operands != NULL ? command->operands : "");
    usage_line(stream, cli_command_words(command, words, sizeof words), rest);
    fputc('\n', stream);
    width_wrap(stream, _(command->summary), 0, 0, LAST_COLUMN);
    if (command->details != NULL) {
        fputc('\n', stream);
        width_wrap(stream, _(command->details), 0, 0, LAST_COLUMN);
    }
    fprintf(stream, "\n%s\n", _("options:"));
    for (size_t i = 0; i < command->option_count; i++)
        option_row(stream, &command->options[i]);
    for (size_t i = 0; i < CLI_COMMON_COUNT; i++)
        option_row(stream, &cli_common_options[i]);
}

bool help_has_prefix(const struct cli_command *command, const char *prefix)
{
    size_t len = strlen(prefix);

    return len == 0 || (command->name != NULL && strncmp(command->name, prefix, len) == 0 &&
                        (command->name[len] == '\0' || command->name[len] == ' '));
}

void help_program(FILE *stream, const struct cli_program *program, const char *prefix)
{
    char words[64];

    if (prefix[0] != '\0')
        snprintf(words, sizeof words, "hozen %s ", prefix);
    else
        snprintf(words, sizeof words, "%s ", program->name);
    usage_line(stream, words, _("COMMAND [OPTION]..."));
    fputc('\n', stream);
    width_wrap(stream, _(program->summary), 0, 0, LAST_COLUMN);
    fprintf(stream, "\n%s\n", _("commands:"));
    for (size_t i = 0; i < program->count; i++)
        if (!program->entries[i].command->internal && help_has_prefix(program->entries[i].command, prefix))
            help_row(stream, program->entries[i].command->name, _(program->entries[i].command->summary));
    fputc('\n', stream);
    width_wrap(stream, _("each command has --help, --version and --lang en|ja"), 0, 0, LAST_COLUMN);
}

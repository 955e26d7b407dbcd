#include "cli/option.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"

const struct cli_option cli_common_options[CLI_COMMON_COUNT] = {
    { .name = "lang", .kind = CLI_ONE, .value = CLI_CHOICE, .choices = "en ja", .help = N_("language of messages") },
    { .name = "help", .kind = CLI_FLAG, .help = N_("show this help and stop") },
    { .name = "version", .kind = CLI_FLAG, .help = N_("show the version and stop") },
};

static const struct cli_option *find_in(const struct cli_option *options, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(options[i].name, name, len) == 0 && options[i].name[len] == '\0')
            return &options[i];
    return NULL;
}

const struct cli_option *cli_option_find(const struct cli_command *command, const char *name, size_t len)
{
    const struct cli_option *own = NULL;

    if (command != NULL)
        own = find_in(command->options, command->option_count, name, len);
    return own != NULL ? own : find_in(cli_common_options, CLI_COMMON_COUNT, name, len);
}

bool cli_value_is_file(enum cli_value kind)
{
    return kind == CLI_FILE || kind == CLI_OUTPUT;
}

bool cli_choice_has(const char *choices, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = choices; p != NULL; p = strchr(p, ' ')) {
        p += *p == ' ';
        if (len == strcspn(p, " ") && strncmp(p, word, len) == 0)
            return true;
    }
    return false;
}

const char *cli_command_words(const struct cli_command *command, char *out, size_t size)
{
    if (command->name == NULL)
        snprintf(out, size, "%s", command->program);
    else
        snprintf(out, size, "hozen %s", command->name);
    return out;
}

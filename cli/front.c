/* hozen: finds which of the three programs has the command, and becomes it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/lang.h"
#include "base/width.h"
#include "cli/early.h"
#include "cli/help.h"
#include "cli/out.h"
#include "cli/table_all.h"

static int front_help(FILE *stream, int code)
{
    fputs(_("usage: "), stream);
    fprintf(stream, "hozen %s\n\n", _("COMMAND [OPTION]..."));
    width_wrap(stream, _("Evidence preserved, verified and handed over."), 0, 0, HELP_COLUMNS - 1);
    fprintf(stream, "\n%s\n", _("commands:"));
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++)
        help_row(stream, table_all_words("hozen", table_all[i]), _(table_all[i]->summary));
    fputc('\n', stream);
    width_wrap(stream,
               _("`hozen help COMMAND' shows the options of a command. Each command has --help, --version and "
                 "--lang en|ja."),
               0, 0, HELP_COLUMNS - 1);
    return code;
}

/* The program whose commands begin with this word, NULL when there is none. */
static const struct cli_command *front_find(const char *word)
{
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++)
        if (table_all_same(table_all_words("hozen", table_all[i]), word, 1))
            return table_all[i];
    return NULL;
}

/* Becomes the sibling: leading options first, then the words, then last (NULL: nothing). A program with one command is
 * that command, so its word is dropped. Comes back only when that fails. */
static int front_become(const struct cli_command *command, int leading, int argc, char **argv, char *last)
{
    char **sibling_argv = calloc((size_t)argc + 3, sizeof *sibling_argv), *path = NULL;
    struct hz_error err = { 0 };
    size_t n = 0;

    if (sibling_argv == NULL || child_sibling(command->program, &path, &err) != HZ_OK) {
        cli_message("hozen", "%s", sibling_argv == NULL ? _("out of memory") : err.text);
        free(sibling_argv);
        return HZ_EXIT_FAILED;
    }
    sibling_argv[n++] = path;
    for (int i = 0; i < argc; i++)
        if (i != leading || command->name != NULL)
            sibling_argv[n++] = argv[i];
    sibling_argv[n] = last;
    execv(path, sibling_argv);
    cli_message("hozen", _("cannot run %s: %s; it belongs beside hozen"), path, hz_error_meaning(errno));
    free(path);
    free(sibling_argv);
    return HZ_EXIT_FAILED;
}

static int front_run(int argc, char **argv)
{
    struct early early = early_look(argc, argv);
    int leading = early_leading(argc, argv);
    const char *word = leading < argc ? argv[leading] : NULL;
    char help_option[] = "--help";
    const struct cli_command *command;
    char *last = NULL;

    if (word == NULL && early.version)
        return printf("hozen %s\n", HOZEN_VERSION) > 0 ? HZ_EXIT_OK : HZ_EXIT_FAILED;
    if (word == NULL && early.help)
        return front_help(stdout, HZ_EXIT_OK);
    if (word == NULL) {
        front_help(stderr, HZ_EXIT_USAGE);
        cli_message("hozen", _("no command is given"));
        return HZ_EXIT_USAGE;
    }
    if (strcmp(word, "help") == 0) {
        last = help_option;
        memmove(&argv[leading], &argv[leading + 1], (size_t)(argc - leading - 1) * sizeof *argv);
        argc--;
        leading = early_leading(argc, argv);
        if (leading == argc)
            return front_help(stdout, HZ_EXIT_OK);
    }
    command = front_find(argv[leading]);
    if (command != NULL)
        return front_become(command, leading, argc, argv, last);
    cli_message("hozen", _("unknown command \"%s\"; hozen --help lists the commands"), argv[leading]);
    return HZ_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    return cli_out_finish("hozen", argc > 0 ? front_run(argc - 1, argv + 1) : HZ_EXIT_USAGE);
}

#include "cli/dispatch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/early.h"
#include "cli/help.h"
#include "cli/out.h"

/* How many words of argv the name is, 0 when it is not there. */
static int match(const char *name, int argc, char *const *argv)
{
    int words = 0;

    for (const char *p = name; *p != '\0'; words++) {
        size_t len = strcspn(p, " ");
        if (words == argc || strlen(argv[words]) != len || strncmp(argv[words], p, len) != 0)
            return 0;
        p += len + (p[len] == ' ');
    }
    return words;
}

static const struct cli_entry *find(const struct cli_program *program, int argc, char *const *argv, int *words)
{
    *words = 0;
    for (size_t i = 0; i < program->count; i++) {
        const char *name = program->entries[i].command->name;
        if (name == NULL)
            return &program->entries[i];
        *words = match(name, argc, argv);
        if (*words > 0)
            return &program->entries[i];
    }
    return NULL;
}

/* The longest run of leading words that begins some command's name, joined by blanks in out. Returns their number. */
static int common_prefix(const struct cli_program *program, int argc, char *const *argv, char *out, size_t size)
{
    char candidate[64];

    out[0] = '\0';
    for (int i = 0; i < argc; i++) {
        bool fits = false;
        int n = snprintf(candidate, sizeof candidate, "%s%s%s", out, i > 0 ? " " : "", argv[i]);
        for (size_t k = 0; n < (int)sizeof candidate && k < program->count; k++)
            fits = fits || help_has_prefix(program->entries[k].command, candidate);
        if (!fits)
            return i;
        snprintf(out, size, "%s", candidate);
    }
    return argc;
}

/* No command was named, or none that there is. argv begins with its words. */
static int without_command(const struct cli_program *program, struct early early, int argc, char *const *argv)
{
    char prefix[64];
    int known = common_prefix(program, argc, argv, prefix, sizeof prefix);
    bool all = known == argc || argv[known][0] == '-';

    if (early.version && argc == 0) {
        printf("%s %s\n", program->name, HOZEN_VERSION);
        return HZ_EXIT_OK;
    }
    if (early.help && all) {
        help_program(stdout, program, prefix);
        return HZ_EXIT_OK;
    }
    help_program(stderr, program, prefix);
    fputc('\n', stderr);
    if (all)
        cli_message(program->name, _("no command is given"));
    else
        cli_message(program->name, _("unknown command \"%s\"; the commands are listed above"), argv[known]);
    return HZ_EXIT_USAGE;
}

static int run(const struct cli_program *program, const struct cli_entry *entry, int argc, char *const *argv)
{
    HZ_CLEANUP(cli_args_free) struct cli_args args = { 0 };
    struct hz_error err = { 0 };

    if (cli_parse(entry->command, argc, argv, &args, &err) == HZ_OK)
        return entry->handler(&args);
    cli_message(program->name, "%s", err.text);
    return hz_error_exit(err.code);
}

static int dispatch(const struct cli_program *program, int argc, char **argv)
{
    struct early early = early_look(argc, argv);
    int words, leading = early_leading(argc, argv);
    const struct cli_entry *entry = find(program, argc - leading, argv + leading, &words);

    if (entry == NULL)
        return without_command(program, early, argc - leading, argv + leading);
    if (early.help) {
        help_command(stdout, entry->command);
        return HZ_EXIT_OK;
    }
    if (early.version) {
        printf("%s %s\n", program->name, HOZEN_VERSION);
        return HZ_EXIT_OK;
    }
    /* Leading options go behind the command's words, which are no operands. */
    for (int i = leading; i > 0; i--)
        argv[i - 1 + words] = argv[i - 1];
    return run(program, entry, argc - words, argv + words);
}

int cli_dispatch(const struct cli_program *program, int argc, char **argv)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            early_look(argc, argv); /* the language */
            cli_message(program->name, _("standard input, output and error must be open (/dev/null will do)"));
            return HZ_EXIT_FAILED;
        }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file over its limit is an error like a full disk */
    return cli_out_finish(program->name, argc > 0 ? dispatch(program, argc - 1, argv + 1) : HZ_EXIT_USAGE);
}

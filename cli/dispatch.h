/* What every main() does: choose the language, find the command, answer --help and --version, run the handler, and make
 * sure that what it printed has arrived. */
#ifndef HZ_CLI_DISPATCH_H
#define HZ_CLI_DISPATCH_H

#include <stddef.h>

#include "cli/parse.h"

/* Gets checked arguments, prints results to stdout and messages through cli/out.h, returns an exit code (enum hz_exit).
 */
typedef int cli_handler(const struct cli_args *args);

struct cli_entry {
    const struct cli_command *command;
    cli_handler *handler;
};

struct cli_program {
    const char *name;    /* "hozen-verify" */
    const char *summary; /* N_(), one line for its --help */
    const struct cli_entry *entries;
    size_t count;
};

/* The exit code for main() to return. SIGPIPE is ignored from here on, so that a reader who went away is an error that
 * is reported (exit 3), not a silent death. Standard input, output and error must be open: with one of them closed the
 * next file opened would get its number, and messages would go into evidence.
 *
 *     int main(int argc, char **argv)
 *     {
 *         static const struct cli_entry entries[] = {{&table_verify_verify, cmd_verify}, ...};
 *         static const struct cli_program program = {"hozen-verify", N_("..."), entries, 3};
 *         return cli_dispatch(&program, argc, argv);
 *     }
 */
int cli_dispatch(const struct cli_program *program, int argc, char **argv);

#endif

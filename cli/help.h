/* --help, from the tables, in the selected language, at most 80 columns wide. */
#ifndef HZ_CLI_HELP_H
#define HZ_CLI_HELP_H

#include <stdio.h>

#include "cli/dispatch.h"

#define HELP_COLUMNS 80

/* Usage, summary, details and options of one command. */
void help_command(FILE *stream, const struct cli_command *command);
/* Usage and the commands of a program whose names begin with prefix ("custody", at a word's end; "" = all). */
void help_program(FILE *stream, const struct cli_program *program, const char *prefix);
/* "  verify    check a bundle ...", wrapped; words is what a person types. */
void help_row(FILE *stream, const char *words, const char *summary);
/* "--signers FILE" or "--for collect|custody" as --help and the man pages show it. */
const char *help_option_words(const struct cli_option *option, char *out, size_t size);
/* Name of a program's command begins with these words: "custody" fits "custody init", not "custodyx". */
bool help_has_prefix(const struct cli_command *command, const char *prefix);

#endif

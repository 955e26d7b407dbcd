/* Words that count before a command line is parsed, and in one that is otherwise wrong. */
#ifndef HZ_CLI_EARLY_H
#define HZ_CLI_EARLY_H

#include <stdbool.h>

struct early {
    bool help, version;
};

/* Looks for --help, --version and --lang anywhere before "--" and selects the language: the last valid --lang, else
 * what the environment says. argv without the program's name. */
struct early early_look(int argc, char *const *argv);
/* How many leading words are options (with the value of --lang): they may stand before the command's words. */
int early_leading(int argc, char *const *argv);

#endif

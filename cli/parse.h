/* From argv to checked values. GNU-style long options: --name value, --name=value, "--" ends the options, a lone "-" is
 * an operand. Options and operands may be mixed. No abbreviations and no short options.
 *
 * A separate value that begins with "--" is refused ("--case --operator X" is a forgotten value, and a wrong record is
 * worse than an error); --name=--value says it on purpose. */
#ifndef HZ_CLI_PARSE_H
#define HZ_CLI_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cli/option.h"

struct cli_span {
    size_t first, count; /* the values of one option, within values */
};

/* All strings point into argv or the environment. */
struct cli_args {
    const struct cli_command *command;
    const char **values;    /* owned; grouped by option */
    struct cli_span *spans; /* owned; the command's own options, then the common ones */
    const char **operands;  /* owned */
    size_t operand_count;
};

/* argv: the words after the command's name, argc of them. Every rule of the table is checked. HZ_OK, HZ_E_USAGE with
 * one message that ends in where to look, or HZ_E_NOMEM. out changes only on success; free it with cli_args_free. */
int cli_parse(const struct cli_command *command, int argc, char *const *argv, struct cli_args *out,
              struct hz_error *err);
void cli_args_free(struct cli_args *args); /* NULL and a zeroed struct are legal */

/* name without dashes. A name that the command's table does not have is a programmer error (assert), and so is asking
 * for a flag's value. */
bool cli_flag(const struct cli_args *args, const char *name);
/* The value, from the command line or the environment; NULL when there is none. Valid as long as argv. */
const char *cli_value(const struct cli_args *args, const char *name);
/* All values in the order given; *count may be 0. Valid as long as args. */
const char *const *cli_values(const struct cli_args *args, const char *name, size_t *count);
/* Operand i from 0; NULL behind the last. */
const char *cli_operand(const struct cli_args *args, size_t i);

/* One usage error in the layer's form: HZ_E_USAGE, the message, and "see hozen verify --help". For rules that a table
 * cannot say. */
int cli_usage(const struct cli_command *command, struct hz_error *err, const char *format, ...) HZ_PRINTF(3, 4);

#endif

/* The rules that a table sets for values and for options beside each other. Used by cli_parse. */
#ifndef HZ_CLI_CHECK_H
#define HZ_CLI_CHECK_H

#include "cli/parse.h"

/* shown: what the message calls the value, "--case" or "BUNDLE". HZ_OK or HZ_E_USAGE. */
int cli_check_value(const struct cli_command *command, enum cli_value kind, const char *choices, const char *shown,
                    const char *value, struct hz_error *err);
/* required, unless, needs, excludes, and the number of operands. HZ_OK or HZ_E_USAGE. */
int cli_check_rules(const struct cli_args *args, struct hz_error *err);

#endif

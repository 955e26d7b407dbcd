/* The commands of hozen-verify. */
#ifndef HZ_VERIFY_COMMANDS_H
#define HZ_VERIFY_COMMANDS_H

#include "cli/parse.h"
#include "verify/work.h"

int cmd_verify(const struct cli_args *args);
int cmd_list(const struct cli_args *args);
int cmd_show(const struct cli_args *args);
int cmd_diff(const struct cli_args *args);
int cmd_extract(const struct cli_args *args);
int cmd_disclose(const struct cli_args *args);
int cmd_heads(const struct cli_args *args); /* base/heads.h */

/* Bundle, and what is brought along, of a command line that has all these options. */
struct policy_order cmd_order(const struct cli_args *args);

#endif

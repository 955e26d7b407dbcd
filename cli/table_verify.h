#ifndef HZ_CLI_TABLE_VERIFY_H
#define HZ_CLI_TABLE_VERIFY_H

#include "cli/option.h"

extern const struct cli_command table_verify_verify, table_verify_list, table_verify_show, table_verify_diff,
    table_verify_extract, table_verify_disclose;
/* Between two of our programs: base/heads.h. */
extern const struct cli_command table_verify_heads;

#endif

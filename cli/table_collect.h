#ifndef HZ_CLI_TABLE_COLLECT_H
#define HZ_CLI_TABLE_COLLECT_H

#include "cli/option.h"

extern const struct cli_command table_collect;

#endif

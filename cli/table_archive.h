#ifndef HZ_CLI_TABLE_ARCHIVE_H
#define HZ_CLI_TABLE_ARCHIVE_H

#include "cli/option.h"

extern const struct cli_command table_archive_put, table_archive_status, table_archive_check, table_archive_repair;
extern const struct cli_command table_archive_get, table_archive_index, table_archive_renew;

#endif

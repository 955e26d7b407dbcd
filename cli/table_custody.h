#ifndef HZ_CLI_TABLE_CUSTODY_H
#define HZ_CLI_TABLE_CUSTODY_H

#include "cli/option.h"

extern const struct cli_command table_custody_key_new, table_custody_countersign;
extern const struct cli_command table_custody_init, table_custody_person_add, table_custody_intake;
extern const struct cli_command table_custody_offer, table_custody_accept, table_custody_decline, table_custody_record;
extern const struct cli_command table_custody_show, table_custody_log, table_custody_audit, table_custody_checkpoint;
extern const struct cli_command table_custody_prove, table_custody_witness, table_custody_export;

extern const struct cli_command table_custody_report;
extern const struct cli_command table_custody_timestamp, table_custody_timestamp_record;

#endif

/* Commands of the life of an item, of cases, persons and policy: each signs one statement. */
#ifndef HZ_CLI_TABLE_CUSTODY_LIFE_H
#define HZ_CLI_TABLE_CUSTODY_LIFE_H

#include "cli/option.h"

extern const struct cli_command table_custody_case, table_custody_note, table_custody_photograph;
extern const struct cli_command table_custody_courier, table_custody_withdraw, table_custody_settle;
extern const struct cli_command table_custody_reassign, table_custody_copy, table_custody_checkout;
extern const struct cli_command table_custody_return, table_custody_move, table_custody_recheck;
extern const struct cli_command table_custody_resolve, table_custody_destroy, table_custody_hold, table_custody_lift;
extern const struct cli_command table_custody_dispose, table_custody_owner_return;
extern const struct cli_command table_custody_person_rotate, table_custody_person_revoke, table_custody_policy;
extern const struct cli_command table_custody_cosign;

#endif

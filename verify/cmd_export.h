/* hozen verify DIR: a folder of hozen custody export. */
#ifndef HZ_VERIFY_CMD_EXPORT_H
#define HZ_VERIFY_CMD_EXPORT_H

#include "cli/parse.h"

int cmd_export_verify(const struct cli_args *args);

#endif

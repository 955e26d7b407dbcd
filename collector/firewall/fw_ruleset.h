/* The ruleset of one namespace as `nft list ruleset` shows it, and as rows of JSON. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_RULESET_H
#define HZ_COLLECTOR_FIREWALL_FW_RULESET_H

#include "base/buf.h"
#include "base/error.h"
#include "collector/firewall/fw_model.h"
#include "collector/sheet.h"

/* m is sorted. Appends; nothing for no tables. */
int fw_ruleset_text(const struct fw_model *m, struct buf *out, struct hz_error *err);
/* A row for each message that the kernel gave, with its attributes as they came. */
int fw_ruleset_rows(const struct fw_model *m, struct sheet *out, struct hz_error *err);

#endif

/* What an audit says about time stamps. */
#ifndef HZ_CUSTODY_CMD_AUDIT_TIME_H
#define HZ_CUSTODY_CMD_AUDIT_TIME_H

#include "base/json_out.h"
#include "custody/audit_time.h"

/* Members "timestamps", an array, and "timestamps_more". */
void cmd_audit_time_json(struct json_out *j, const struct audit_time *t);
/* One field; nothing without time stamps. */
void cmd_audit_time_text(const struct audit_time *t);

#endif

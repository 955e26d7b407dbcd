/* The lines about time in the report of a verdict. */
#ifndef HZ_VERIFY_REPORT_TIMESTAMPS_H
#define HZ_VERIFY_REPORT_TIMESTAMPS_H

#include <stdio.h>

#include "base/json_out.h"
#include "verify/verdict.h"

/* Member "not_before" and its array: checkpoints inside the bundle. */
void report_timestamps_bounds(struct json_out *j, const struct account *account);
/* Member "timestamps" and its array. */
void report_timestamps_json(struct json_out *j, const struct verdict *verdict);
/* One paragraph for each. */
void report_timestamps_text(FILE *stream, const struct account *account, const struct verdict *verdict);

#endif

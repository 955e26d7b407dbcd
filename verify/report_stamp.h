/* One time stamp in a report. */
#ifndef HZ_VERIFY_REPORT_STAMP_H
#define HZ_VERIFY_REPORT_STAMP_H

#include <stdbool.h>
#include <stdio.h>

#include "base/json_out.h"
#include "formats/read/timestamp.h"

/* An object. covers: what it is about, NULL: nothing that is known here. file and covers are any bytes. */
void report_stamp_json(struct json_out *j, const struct r_timestamp *token, const char *file, const char *covers);
/* A paragraph. lower: it tells when something was not made yet. */
void report_stamp_text(FILE *stream, const struct r_timestamp *token, bool lower, const char *covers);

#endif

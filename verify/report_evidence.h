/* The evidence record in a report. */
#ifndef HZ_VERIFY_REPORT_EVIDENCE_H
#define HZ_VERIFY_REPORT_EVIDENCE_H

#include <stdio.h>

#include "base/json_out.h"
#include "verify/evidence.h"

/* The member `evidence_record`, where there is one. */
void report_evidence_json(struct json_out *j, const struct evidence *e);
void report_evidence_text(FILE *stream, const struct evidence *e);

#endif

/* Parts that the reports on bundles and on disclosures share. For report_*.c alone. */
#ifndef HZ_VERIFY_REPORT_PART_H
#define HZ_VERIFY_REPORT_PART_H

#include <stdio.h>

#include "verify/verdict.h"

/* What the answer means. ended: the signatures were reached. */
const char *report_authenticity(const struct verdict *v, bool ended);
void report_signers(FILE *stream, const struct verdict *verdict);
/* A field of the report. */
void report_digest(FILE *stream, const char *label, const unsigned char digest[R_SHA256_SIZE]);
void report_time(FILE *stream, const char *label, struct stamp time);
/* What the reader of the report does next. NULL: nothing. */
const char *report_next_step(const struct account *account, const struct verdict *v, bool with_signers);

#endif

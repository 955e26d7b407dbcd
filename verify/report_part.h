/* Parts that the reports on bundles and on disclosures share. For report_*.c alone. */
#ifndef HZ_VERIFY_REPORT_PART_H
#define HZ_VERIFY_REPORT_PART_H

#include <stdio.h>

#include "verify/verdict.h"

enum report_headline {
    REPORT_VERIFIED,
    REPORT_ALTERED,
    REPORT_SIGNATURES, /* do not hold */
    REPORT_TOO_FEW,
    REPORT_NOBODY,  /* whom one trusts signed */
    REPORT_NO_LIST, /* of those whom one trusts */
    REPORT_UNCHECKED,
    REPORT_HEADLINES
};
/* The one of the texts, N_() each, that says it; translated. */
const char *report_headline(const struct verdict *v, const char *const texts[REPORT_HEADLINES]);
/* Integrity (intact: in words that fit what was checked), authenticity, signers, time stamps, digests. */
void report_answers(FILE *stream, const struct account *account, const struct verdict *verdict, const char *intact);
/* A field of the report. */
void report_digest(FILE *stream, const char *label, const unsigned char digest[R_SHA256_SIZE]);
void report_time(FILE *stream, const char *label, struct stamp time);
/* What the reader of the report does next. NULL: nothing. */
const char *report_next_step(const struct account *account, const struct verdict *v, bool with_signers);

#endif

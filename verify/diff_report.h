/* What a comparison looks like: JSON Lines for programs (hozen-diff/1), text for people in their language. */
#ifndef HZ_VERIFY_DIFF_REPORT_H
#define HZ_VERIFY_DIFF_REPORT_H

#include <stdio.h>

#include "verify/diff.h"

/* The first line. compared: kinds are told too. */
int diff_report_json_head(FILE *stream, const struct diff *d, bool compared, struct hz_error *err);
/* A change; context: the stream. */
int diff_report_json(void *context, const struct diff_change *change, struct hz_error *err);

/* Which bundles these are, and their verdicts; the names are the user's. */
void diff_report_sides(FILE *stream, const struct diff *d, const char *old_name, const char *new_name);

struct diff_report {
    FILE *stream;
    const struct diff *diff;
    size_t told; /* kinds whose headings are printed */
    bool begun, after_lines;
};
/* A change, below the heading of its kind; context: a struct diff_report. */
int diff_report_text(void *context, const struct diff_change *change, struct hz_error *err);
/* The headings that are left. */
void diff_report_end(struct diff_report *r);

#endif

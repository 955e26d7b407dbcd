/* The verdict about an exported folder: JSON for programs (hozen-verify-export/1), text for people in their language.
 */
#ifndef HZ_VERIFY_EXPORT_REPORT_H
#define HZ_VERIFY_EXPORT_REPORT_H

#include <stdio.h>

#include "verify/export_run.h"

/* One line. Failures of the stream stick to it. */
int export_report_json(FILE *stream, const struct export_view *v, struct hz_error *err);
void export_report_text(FILE *stream, const struct export_view *v, const char *folder);

#endif

/* `hozen custody log --format csv`: one row for each entry (formats/spec/exports.md section 5). */
#ifndef HZ_CUSTODY_LOG_CSV_H
#define HZ_CUSTODY_LOG_CSV_H

#include <stdio.h>

#include "custody/attribution.h"
#include "formats/read/entry.h"
#include "formats/read/statement.h"

void log_csv_header(FILE *stream);
/* HZ_OK, or an error of the encoder or of the sentence. */
int log_csv_row(FILE *stream, const struct r_entry *e, const struct r_statement *s, const struct attribution *by,
                struct hz_error *err);

#endif

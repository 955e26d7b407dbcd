/* `hozen custody show --format csv`: one row for each item (formats/spec/exports.md section 6). */
#ifndef HZ_CUSTODY_SHOW_CSV_H
#define HZ_CUSTODY_SHOW_CSV_H

#include <stdio.h>

#include "custody/item.h"

void show_csv_header(FILE *stream);
/* state: as of now. The names of custodian and receiver; receiver NULL: it is not offered. */
int show_csv_row(FILE *stream, const struct item *item, enum r_ledger_state state, const char *custodian,
                 const char *receiver, struct hz_error *err);

#endif

/* An item as a graph of CASE/UCO 1.4 in JSON-LD (formats/spec/exports.md section 7), from signed records that the audit
 * of the same snapshot has just checked: for programs of others, as the forms are for people. */
#ifndef HZ_CUSTODY_UCO_H
#define HZ_CUSTODY_UCO_H

#include "custody/report.h"

/* Appends the graph of order->item, canonical JSON and a newline. */
int uco_make(const struct report_order *order, struct buf *out, struct hz_error *err);

#endif

/* autostart.jsonl and autostart.txt (formats/spec/sources/persistence.md). */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_WRITE_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_WRITE_H

#include "collector/persistence/pers_rows.h"
#include "collector/products.h"

/* rows: in order. Those that are links are left out. */
int pers_write(struct products *p, const struct pers_rows *rows, struct hz_error *err);
/* A line of autostart.jsonl with its newline. */
int pers_write_json(struct buf *out, const struct pers_row *row, struct hz_error *err);
/* What autostart.txt has of a row: two lines. */
int pers_write_text(struct buf *out, const struct pers_row *row, struct hz_error *err);

#endif

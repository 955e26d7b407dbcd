/* Lines of meta/objects.jsonl, meta/absent.jsonl and meta/actions.jsonl (spec section 5). Each function appends one
 * line with its newline. HZ_E_FORMAT when a required value is missing. */
#ifndef HZ_FORMATS_WRITE_RECORDS_H
#define HZ_FORMATS_WRITE_RECORDS_H

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/record.h"

/* The first line: schema ("hozen-objects/1") and salt. */
int w_records_first(struct buf *out, const char *schema, struct hz_error *err);
int w_records_object(struct buf *out, const struct w_object *object, struct hz_error *err);
int w_records_absent(struct buf *out, const struct w_absent *absent, struct hz_error *err);
int w_records_action(struct buf *out, const struct w_action *action, struct hz_error *err);

#endif

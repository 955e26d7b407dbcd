/* Rows, and why some are not whole, on their way from the jailed child. For reader.c and reader_child.c alone. */
#ifndef HZ_VERIFY_READER_ROWS_H
#define HZ_VERIFY_READER_ROWS_H

#include "verify/reader.h"

int reader_send_entry(struct wire_out *w, const struct r_entry *e, struct hz_error *err);
/* A line of objects or of absent. */
int reader_send_record(struct wire_out *w, const struct r_record *r, struct hz_error *err);
/* A line of actions: sends nothing for those that tell of no such thing. */
int reader_send_why(struct wire_out *w, const struct r_record *r, struct hz_error *err);

/* false: it makes no sense. */
bool reader_take_row(struct wire_in *in, struct reader_row *row);
bool reader_take_why(struct wire_in *in, struct reader_why *why);

#endif

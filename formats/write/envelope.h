/* JSON members that statements, entries, offers and receipts have in common. Failures stick in the json_out. */
#ifndef HZ_FORMATS_WRITE_ENVELOPE_H
#define HZ_FORMATS_WRITE_ENVELOPE_H

#include <stddef.h>

#include "base/json_out.h"

/* An array of strings. */
void w_envelope_texts(struct json_out *j, const char *key, const char *const *texts, size_t count);
/* Bytes as a base64 string. */
void w_envelope_base64_value(struct json_out *j, const void *bytes, size_t len);
/* The same as a member; NULL: nothing is written. */
void w_envelope_base64(struct json_out *j, const char *key, const void *bytes, size_t len);

#endif

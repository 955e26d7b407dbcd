/* Names inside a bundle (formats/spec/bundle.md section 3). The writing side has its own: formats/write/name. */
#ifndef HZ_FORMATS_READ_NAME_H
#define HZ_FORMATS_READ_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define R_NAME_PATH_MAX 900
#define R_NAME_ITEM_MAX 100
#define R_NAME_SOURCE_MAX 32

/* NAME of a bundle: [A-Za-z0-9][A-Za-z0-9._-]{0,99}, no dot at the end. */
bool r_name_is_item(const char *text, size_t len);
/* Grammar of a payload path, "data/<source>/...". *source_len: length of the source, which begins at path + 5. */
bool r_name_is_payload(const char *path, size_t len, size_t *source_len);
/* Order inside a source: -1, 0 (equal when lowered) or 1; -2 when a is a prefix folder of b, 2 the other way round. */
int r_name_compare(const char *a, size_t a_len, const char *b, size_t b_len);
/* Absolute, no empty component, no "." or "..", no NUL. */
bool r_name_is_origin(const unsigned char *raw, size_t len);
/* HZ_OK when path is what the mapping makes of the host path `raw`, with or without a twin suffix at each component,
 * also in the sources long and ns; HZ_E_INVALID when it is not; HZ_E_NOMEM. */
int r_name_match(const char *path, size_t path_len, const unsigned char *raw, size_t raw_len);
/* Appends the mapped component (rules 1 to 3, no twin suffix). HZ_OK or the buffer's failure. */
int r_name_map(struct buf *out, const unsigned char *component, size_t len);

#endif

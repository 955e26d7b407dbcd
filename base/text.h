/* Text encodings: UTF-8 (RFC 3629), hexadecimal, base64 (RFC 4648, standard alphabet, padded). All strict: one
 * encoding of each value, everything else is refused. */
#ifndef HZ_BASE_TEXT_H
#define HZ_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Length 1..4 of the valid UTF-8 sequence at p (no overlong form, no surrogate, at most U+10FFFF), 0 if none. */
size_t text_utf8_sequence(const unsigned char *p, size_t len);
bool text_is_utf8(const void *bytes, size_t len);
/* Appends the bytes with each byte that is not part of a valid sequence replaced by U+FFFD. */
int text_to_utf8(struct buf *out, const void *bytes, size_t len);
/* true when 1..max bytes of valid UTF-8 without control characters (C0, DEL, C1) or blanks at either end. */
bool text_is_line(const char *text, size_t max);

/* Writes 2*len lower-case digits and a NUL. */
void text_hex(char *out, const unsigned char *bytes, size_t len);
/* Exactly 2*len lower-case digits; HZ_OK or HZ_E_FORMAT. */
int text_unhex(unsigned char *out, size_t len, const char *hex, size_t hex_len);

int text_base64(struct buf *out, const void *bytes, size_t len);
/* Canonical only (padding present, unused bits zero, no white space). HZ_OK, HZ_E_FORMAT or the buffer's failure. */
int text_unbase64(struct buf *out, const char *text, size_t len);
/* Would it be taken? */
bool text_is_base64(const char *text, size_t len);

bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
char *text_copy(const char *text);             /* malloc'd, NULL when memory is out or text is NULL */

#endif

/* Strict reader of canonical JSON: RFC 8785 without floating point and null (formats/spec/bundle.md section 8).
 *
 * It walks a text in memory and allocates nothing. There is one encoding of each value, and everything else is refused:
 * blanks, unsorted or repeated keys, an escape that is not the shortest, -0, integers of 2^53 or more.
 * Failures stick: after one, every call gives false and `wrong` says why, `at` where. */
#ifndef HZ_FORMATS_READ_JSON_H
#define HZ_FORMATS_READ_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define R_JSON_DEPTH 8
#define R_JSON_STRING_MAX ((size_t)512 * 1024)

/* Part of the text. Canonical: two strings are equal when their spans are. */
struct r_span {
    const char *at;
    size_t len;
    bool escaped; /* holds a backslash: decode before use */
};

struct r_json {
    const unsigned char *text;
    size_t len, at;
    const char *wrong;   /* N_() text, NULL while none */
    bool limit;          /* it is a bound that was reached */
    bool no_memory;      /* nothing is wrong with the text: memory was missing */
    unsigned extensions; /* keys that begin "x-" met by r_field_read */
    unsigned depth;
    struct {
        bool object, first;
        struct r_span key; /* the latest; at is NULL before the first */
    } level[R_JSON_DEPTH];
};

enum r_json_type { R_JSON_NONE, R_JSON_OBJECT, R_JSON_ARRAY, R_JSON_STRING, R_JSON_INT, R_JSON_BOOL };

void r_json_init(struct r_json *j, const void *text, size_t len);
/* The same for a file that is one value and LF. false when it does not end so. */
bool r_json_file(struct r_json *j, const void *text, size_t len);
/* What comes next, by its first byte. */
enum r_json_type r_json_peek(const struct r_json *j);

/* Object: r_json_object, then r_json_key until it gives false, one value after each key. Array likewise. */
bool r_json_object(struct r_json *j);
bool r_json_key(struct r_json *j, struct r_span *key);
bool r_json_array(struct r_json *j);
bool r_json_item(struct r_json *j);
bool r_json_string(struct r_json *j, struct r_span *text);
bool r_json_int(struct r_json *j, int64_t *value);
bool r_json_bool(struct r_json *j, bool *value);
/* Any one value of the subset. */
bool r_json_skip(struct r_json *j);
/* true when exactly one value stood in the text and nothing failed. */
bool r_json_done(struct r_json *j);
/* Records the first failure; always false. wrong: N_() text. */
bool r_json_fail(struct r_json *j, const char *wrong);
/* The same for a bound of the format. */
bool r_json_limit(struct r_json *j, const char *wrong);
/* What a buffer said: true for HZ_OK; else false, and a failure for want of memory or of a text that is too long. */
bool r_json_took(struct r_json *j, int buffer_code);
/* HZ_OK, HZ_E_FORMAT, HZ_E_LIMIT or HZ_E_NOMEM, with *wrong and *at, for those who read one text. */
int r_json_result(const struct r_json *j, const char **wrong, size_t *at);

bool r_span_is(const struct r_span *span, const char *text); /* text without characters that need escapes */
/* Appends what the string means, UTF-8 bytes (a NUL byte is possible). HZ_OK or the buffer's failure. */
int r_span_decode(const struct r_span *span, struct buf *out);

#endif

/* Canonical JSON out (RFC 8785), into a buffer: members in ascending order of their (ASCII) names, the shortest string
 * escapes, no blanks, integers below 2^53 only. Strings must be valid UTF-8.
 *
 * Failures stick (and make json_check fail): a key out of order, a value without a key, a string that is not UTF-8, an
 * unbalanced end, a full buffer. Give NULL where a value is unknown: json_member_* then write nothing at all, since in
 * our formats an unknown value is an absent key. */
#ifndef HZ_BASE_JSON_OUT_H
#define HZ_BASE_JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define JSON_OUT_DEPTH 16
#define JSON_OUT_KEY 64

struct json_out {
    struct buf *out;
    const char *wrong; /* first misuse, NULL while none */
    unsigned depth;
    struct {
        bool object, first, keyed;
        char key[JSON_OUT_KEY];
    } level[JSON_OUT_DEPTH];
};

void json_init(struct json_out *j, struct buf *out);
void json_object(struct json_out *j);
void json_object_end(struct json_out *j);
void json_array(struct json_out *j);
void json_array_end(struct json_out *j);
void json_key(struct json_out *j, const char *key);
void json_string(struct json_out *j, const char *text);
void json_string_n(struct json_out *j, const void *text, size_t len);
void json_bool(struct json_out *j, bool value);
void json_int(struct json_out *j, int64_t value);      /* |value| < 2^53, else misuse */
void json_decimal(struct json_out *j, uint64_t value); /* as a decimal string: "567" */
void json_raw(struct json_out *j, const char *value);  /* one value, which the caller knows to be canonical JSON */

void json_member_string(struct json_out *j, const char *key, const char *text); /* NULL: nothing */
/* text: UTF-8 with nothing in it that is escaped, which the caller knows. */
void json_member_plain(struct json_out *j, const char *key, const char *text, size_t len);
void json_member_bool(struct json_out *j, const char *key, bool value);
void json_member_int(struct json_out *j, const char *key, int64_t value);
void json_member_decimal(struct json_out *j, const char *key, uint64_t value);

/* ASCII of which nothing is escaped. */
bool json_is_plain(const void *text, size_t len);

/* HZ_OK when one whole value was written; else HZ_E_NOMEM, HZ_E_LIMIT or HZ_E_FORMAT (misuse, or not UTF-8). */
int json_check(const struct json_out *j, struct hz_error *err);

#endif

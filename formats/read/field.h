/* Objects of our JSON formats, read by a table: which keys there may be, of which form, and which must be there.
 * A key that begins "x-" may stand anywhere with any value and is counted; every other unknown key is refused. */
#ifndef HZ_FORMATS_READ_FIELD_H
#define HZ_FORMATS_READ_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stamp.h"
#include "formats/read/json.h"

enum r_field_kind {
    R_FIELD_TEXT,     /* any string */
    R_FIELD_FIXED,    /* exactly the text in `form` */
    R_FIELD_CHOICE,   /* one of the blank-separated words in `form`; number: which one, from 0 */
    R_FIELD_WORD,     /* [a-z][a-z0-9-]{0,31} */
    R_FIELD_DECIMAL,  /* decimal string below 2^64; number */
    R_FIELD_SIGNED,   /* the same with an optional minus, not -0 */
    R_FIELD_HEX16,    /* 16 bytes in lower-case hex */
    R_FIELD_HEX32,    /* 32 bytes in lower-case hex */
    R_FIELD_HEX64,    /* 64 bytes in lower-case hex */
    R_FIELD_STAMP,    /* time; stamp */
    R_FIELD_BOOTTIME, /* seconds.nanoseconds */
    R_FIELD_BASE64,   /* canonical base64; with any `form` of one byte or more */
    R_FIELD_MODE,     /* four octal digits */
    R_FIELD_DEVICE,   /* major:minor, decimal */
    R_FIELD_ERRNO,    /* symbolic name: E[A-Z0-9]{1,31} */
    R_FIELD_COUNT,    /* integer from 0 to 2^32-1; number */
    R_FIELD_INT,      /* integer; integer */
    R_FIELD_BOOL,     /* true or false; number 1 or 0 */
    R_FIELD_TRUE,     /* true */
    R_FIELD_TEXTS,    /* array of strings; number: how many */
    R_FIELD_INSIDE    /* read by `inside` */
};

struct r_value {
    bool present;
    struct r_span text;
    uint64_t number;
    int64_t integer;
    struct stamp stamp;
};

struct r_field {
    const char *key;
    enum r_field_kind kind;
    bool required;
    const char *form;
    bool (*inside)(struct r_json *j, void *context); /* reads one value, false after r_json_fail */
};

/* Reads one object. values[i] belongs to fields[i]; fields stand in the order of their keys. false: j->wrong says why.
 */
bool r_field_read(struct r_json *j, const struct r_field *fields, size_t count, struct r_value *values, void *context);
/* The value behind a key that is this field's; *value is zeroed before. */
bool r_field_value(struct r_json *j, const struct r_field *field, struct r_value *value, void *context);
/* The value behind a key that is no field's. false: it does not begin "x-", or its value is none. */
bool r_field_extension(struct r_json *j, const struct r_span *key);
/* One string of a form, for arrays of them. */
bool r_field_string(struct r_json *j, enum r_field_kind kind, const char *form, struct r_value *value);

bool r_field_is_word(const char *text, size_t len);

#endif

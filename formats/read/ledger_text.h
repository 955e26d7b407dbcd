/* Strings of the ledger's records, decoded into one block, and the forms that only these records have. */
#ifndef HZ_FORMATS_READ_LEDGER_TEXT_H
#define HZ_FORMATS_READ_LEDGER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/field.h"
#include "formats/read/hash.h"

#define R_LEDGER_LINE_MAX 2000
#define R_LEDGER_FINGERPRINT 51 /* "SHA256:", 43 characters, NUL */

/* Failures stick in `wrong`. */
struct r_ledger_text {
    char *block; /* owned; what take and line give lies in it */
    size_t size, used;
    const char *wrong; /* N_() text, NULL while none */
    bool no_memory;    /* that is all that is wrong */
};

/* Room for all strings of a record of len bytes. HZ_E_NOMEM. */
int r_ledger_text_open(struct r_ledger_text *t, size_t len, struct hz_error *err);
void r_ledger_text_close(struct r_ledger_text *t); /* legal on a zeroed struct */

/* A string that is there, NUL-terminated; NULL when it is absent, or with a failure when it holds a NUL byte. */
const char *r_ledger_text_take(struct r_ledger_text *t, const struct r_value *value);
/* The same for text that people read: 1 to R_LEDGER_LINE_MAX bytes, one line, no blank at the ends. */
const char *r_ledger_text_line(struct r_ledger_text *t, const struct r_value *value);
/* The same for "SHA256:" and 43 characters of canonical unpadded base64. */
const char *r_ledger_text_fingerprint(struct r_ledger_text *t, const struct r_value *value);
void r_ledger_text_fail(struct r_ledger_text *t, const char *wrong);
/* The failure of somebody who has no memory: it says nothing about the record. */
void r_ledger_text_no_memory(struct r_ledger_text *t);
/* The class of what is wrong with a record: HZ_E_FORMAT, but HZ_E_NOMEM where memory alone was missing. j may be NULL.
 */
enum hz_code r_ledger_text_code(const struct r_ledger_text *t, const struct r_json *j);

bool r_ledger_text_is_fingerprint(const char *text);
/* The keyid (64 hex digits) of a fingerprint; a text that is none gives the empty keyid. */
void r_ledger_text_keyid(char out[R_SHA256_HEX], const char *fingerprint);
/* true when public_key is "type base64", of an algorithm known here, and has this fingerprint. r_hash_start must have
 * succeeded. */
bool r_ledger_text_key_has(const char *public_key, const char *fingerprint);

#endif

/* Entries of the custody log, read strictly (formats/spec/ledger.md section 4). */
#ifndef HZ_FORMATS_READ_ENTRY_H
#define HZ_FORMATS_READ_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/read/field.h"
#include "formats/read/ledger_text.h"

#define R_ENTRY_MAX ((size_t)1 << 20)
#define R_ENTRY_SIGNATURES 4

/* Armoured signatures, as text; the strings lie in the record's own block. */
struct r_signatures {
    const char *armour[R_ENTRY_SIGNATURES];
    size_t count;
};

struct r_entry {
    struct r_ledger_text text;
    const char *ledger, *recorded_at_text;
    uint64_t sequence;
    struct stamp recorded_at;
    struct buf statement; /* decoded */
    struct r_signatures signatures;
};

/* HZ_OK, HZ_E_FORMAT, HZ_E_UNSUPPORTED (another schema) or HZ_E_NOMEM. The order of the signatures' keyids is checked
 * where they are verified. Free it with r_entry_free. */
int r_entry_parse(struct r_entry *out, const void *bytes, size_t len, struct hz_error *err);
void r_entry_free(struct r_entry *e); /* legal on a zeroed struct */

/* Reads an array of 1 to R_ENTRY_SIGNATURES strings. For the records that hold one. */
bool r_entry_signatures(struct r_json *j, struct r_ledger_text *text, struct r_signatures *out);

#endif

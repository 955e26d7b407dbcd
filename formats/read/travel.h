/* What files that travel between ledgers have in common (formats/spec/ledger.md section 5): one object and LF, signed
 * checkpoints, proofs. */
#ifndef HZ_FORMATS_READ_TRAVEL_H
#define HZ_FORMATS_READ_TRAVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/checkpoint.h"
#include "formats/read/entry.h"
#include "formats/read/field.h"
#include "formats/read/ledger_text.h"
#include "formats/read/proof.h"

/* That a log continues the one of `from` entries. */
struct r_travel_since {
    bool present;
    uint64_t from;
    struct r_proof proof;
};

/* A checkpoint with its signatures, as text of the file's own block. */
struct r_travel_head {
    const char *text;
    struct r_checkpoint checkpoint;
    struct r_signatures signatures;
};

/* Reads a file by a table of fields. HZ_E_FORMAT: not one object and LF of these fields, over `limit`, or text->wrong
 * is set. */
int r_travel_read(const void *bytes, size_t len, size_t limit, const struct r_field *fields, size_t count,
                  struct r_value *values, void *context, const struct r_ledger_text *text, struct hz_error *err);
/* Decodes a base64 member into a buffer that is opened for it. HZ_E_FORMAT beyond the limit. */
int r_travel_base64(struct buf *out, size_t limit, const struct r_value *value, struct hz_error *err);
/* Takes the text of a checkpoint out of its member and parses it into `head`. */
int r_travel_checkpoint(struct r_travel_head *head, struct r_ledger_text *text, const struct r_value *value,
                        struct hz_error *err);

/* One value each, for fields that are read inside. */
bool r_travel_proof(struct r_json *j, struct r_proof *out);
bool r_travel_since(struct r_json *j, struct r_travel_since *out);

/* true when `since` proves that the log of `now` continues that of `known`, or they are the same. */
bool r_travel_continues(const struct r_checkpoint *now, const struct r_travel_since *since,
                        const struct r_checkpoint *known);

#endif

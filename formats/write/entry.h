/* An entry of the custody log, and the files by which a statement travels (formats/spec/ledger.md sections 4 and 5). */
#ifndef HZ_FORMATS_WRITE_ENTRY_H
#define HZ_FORMATS_WRITE_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"

#define W_ENTRY_MAX (1U << 20)
#define W_ENTRY_SIGNATURES 4 /* of one statement, at most */

struct w_signed { /* a statement and the armoured signatures over it, by ascending keyid */
    const struct buf *statement;
    const char *signatures[W_ENTRY_SIGNATURES];
    size_t signature_count;
};

struct w_entry {
    const char *ledger;
    uint64_t sequence;
    struct stamp recorded_at;
    struct w_signed content;
};

/* Appends canonical JSON. HZ_E_LIMIT beyond out->limit, HZ_E_FORMAT for text that is not UTF-8. */
int w_entry_build(const struct w_entry *entry, struct buf *out, struct hz_error *err);

#endif

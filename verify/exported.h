/* What checking an exported folder of a custody ledger gives (formats/spec/ledger.md section 9). Plain bytes without
 * pointers: part of it comes from a jailed child. */
#ifndef HZ_VERIFY_EXPORTED_H
#define HZ_VERIFY_EXPORTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/read/entry.h"

#define EXPORTED_FINDINGS 200
#define EXPORTED_UNKNOWN 16
#define EXPORTED_DETAIL 400

enum exported_code {
    EXPORTED_ALTERED,
    EXPORTED_RECORD_ALTERED,
    EXPORTED_RECORD_MISSING,
    EXPORTED_RECORD_REORDERED,
    EXPORTED_SIGNATURE_INVALID,
    EXPORTED_INCONSISTENT,
    EXPORTED_TIME_BACKWARDS,
    EXPORTED_GAP,
    EXPORTED_POLICY,
    EXPORTED_REVOKED, /* of a signer: by the ledger, or by the user's list */
    EXPORTED_VALIDITY,
    EXPORTED_UNTRUSTED,
    EXPORTED_CODES
};
const char *exported_code_word(enum exported_code code);
/* The code of a word that the rules of the format give; EXPORTED_RECORD_ALTERED for one that is not known. */
enum exported_code exported_code_find(const char *word);

struct exported_finding {
    uint32_t code;
    bool has_entry;
    uint64_t entry;
    char detail[EXPORTED_DETAIL];
};

struct exported {
    uint64_t entries; /* lines that were read */
    uint32_t finding_count, unknown_count;
    uint64_t findings_more;
    struct exported_finding findings[EXPORTED_FINDINGS];
    char unknown[EXPORTED_UNKNOWN][EXPORTED_DETAIL]; /* what could not be judged */
    bool followed;                /* every entry could be followed: what they say of persons is all */
    bool may[R_ENTRY_SIGNATURES]; /* which signers of the checkpoint may, by the entries */
    uint32_t jail;                /* layers */
};

void exported_find(struct exported *x, enum exported_code code, const char *format, ...) HZ_PRINTF(3, 4);
void exported_find_at(struct exported *x, enum exported_code code, uint64_t entry, const char *format, ...)
    HZ_PRINTF(4, 5);
void exported_unknown(struct exported *x, const char *format, ...) HZ_PRINTF(2, 3);
/* Whatever made a child say it: no member is outside what it can be. Text is made UTF-8 by whoever shows it. */
bool exported_is_sane(const struct exported *x);

#endif

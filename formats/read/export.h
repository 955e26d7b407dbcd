/* What an exported folder says of itself: export.json and the lines of proofs.jsonl, read strictly
 * (formats/spec/ledger.md section 9). */
#ifndef HZ_FORMATS_READ_EXPORT_H
#define HZ_FORMATS_READ_EXPORT_H

#include <stdint.h>

#include "formats/read/travel.h"

#define R_EXPORT_MAX ((size_t)64 << 10)
#define R_EXPORT_PROOF_MAX ((size_t)8 << 10) /* a line of proofs.jsonl */

struct r_export {
    struct r_ledger_text text;
    const char *ledger, *key, *name, *organisation; /* organisation NULL: not stated */
    struct stamp time;
    uint64_t size;
    unsigned char root[R_SHA256_SIZE];
    uint64_t entries;
    const char *item; /* NULL: the whole ledger */
    const char *last_digest;
    uint64_t last_sequence;
    const char *sums;
};

/* HZ_OK, HZ_E_FORMAT, HZ_E_UNSUPPORTED (another schema) or HZ_E_NOMEM. */
int r_export_parse(struct r_export *out, const void *bytes, size_t len, struct hz_error *err);
void r_export_free(struct r_export *e); /* legal on a zeroed struct */

/* One line without its LF. HZ_OK, HZ_E_FORMAT or HZ_E_NOMEM. */
int r_export_proof(struct r_proof *inclusion, uint64_t *sequence, const void *line, size_t len, struct hz_error *err);

#endif

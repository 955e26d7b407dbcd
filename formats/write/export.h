/* What an exported folder says of itself: export.json and the lines of proofs.jsonl (formats/spec/ledger.md section 9).
 */
#ifndef HZ_FORMATS_WRITE_EXPORT_H
#define HZ_FORMATS_WRITE_EXPORT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/digest.h"
#include "formats/write/proof.h"

struct w_export {
    const char *ledger;
    const char *key, *name, *organisation; /* of who exports; organisation may be NULL */
    struct stamp time;
    uint64_t size; /* of the checkpoint */
    unsigned char root[W_DIGEST_SIZE];
    uint64_t entries;
    const char *item;        /* NULL: the whole ledger; the next two are not written */
    const char *last_digest; /* of the item's last statement */
    uint64_t last_sequence;
    const char *sums; /* digest of SHA256SUMS */
};

/* Append canonical JSON and LF. HZ_E_LIMIT beyond out->limit, HZ_E_FORMAT for text that is not UTF-8. */
int w_export_build(const struct w_export *e, struct buf *out, struct hz_error *err);
int w_export_proof(uint64_t sequence, const struct w_proof *inclusion, struct buf *out, struct hz_error *err);

#endif

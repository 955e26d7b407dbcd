/* The two files by which custody travels: the offer and the receipt (formats/spec/ledger.md section 5). */
#ifndef HZ_FORMATS_WRITE_OFFER_H
#define HZ_FORMATS_WRITE_OFFER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/entry.h"
#include "formats/write/proof.h"

struct w_offer {
    struct w_signed content;
    const struct buf *entry;
    const char *checkpoint;
    const char *const *checkpoint_signatures; /* by ascending keyid */
    size_t checkpoint_signature_count;
    const struct w_proof *inclusion;
    const struct w_proof *consistency; /* NULL: none */
    uint64_t consistency_from;
};

struct w_receipt {
    const char *offer; /* digest of the offer statement */
    struct w_signed content;
    const char *cosignature; /* NULL: none */
};

/* Append canonical JSON and LF. HZ_E_LIMIT beyond out->limit, HZ_E_FORMAT for text that is not UTF-8. */
int w_offer_build(const struct w_offer *offer, struct buf *out, struct hz_error *err);
int w_offer_receipt_build(const struct w_receipt *receipt, struct buf *out, struct hz_error *err);

#endif

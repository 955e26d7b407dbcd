/* The files by which custody travels, offer and receipt, and the signed checkpoint in a file of its own
 * (formats/spec/ledger.md section 5). */
#ifndef HZ_FORMATS_WRITE_OFFER_H
#define HZ_FORMATS_WRITE_OFFER_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/entry.h"
#include "formats/write/proof.h"

struct w_offer_head { /* a checkpoint */
    const char *text;
    const char *const *signatures; /* by ascending keyid */
    size_t signature_count;
};

struct w_offer_since {           /* that its log continues an earlier one */
    const struct w_proof *proof; /* NULL: none */
    uint64_t from;
};

struct w_offer {
    struct w_signed content;
    const struct buf *entry;
    struct w_offer_head head;
    const struct w_proof *inclusion;
    struct w_offer_since since;
};

struct w_receipt {
    const char *offer; /* digest of the offer statement */
    struct w_signed content;
    const char *cosignature;  /* NULL: none */
    struct w_offer_head head; /* the offer's */
};

/* Append canonical JSON and LF. HZ_E_LIMIT beyond out->limit, HZ_E_FORMAT for text that is not UTF-8. */
int w_offer_build(const struct w_offer *offer, struct buf *out, struct hz_error *err);
int w_offer_receipt_build(const struct w_receipt *receipt, struct buf *out, struct hz_error *err);
/* hozen-proof/1 */
int w_offer_proof_build(const struct w_offer_head *head, const struct w_offer_since *since, struct buf *out,
                        struct hz_error *err);

#endif

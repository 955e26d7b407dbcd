/* Offer and receipt files, read strictly (formats/spec/ledger.md section 5). Signatures and proofs are only taken out
 * here; formats/read/ledger checks them. */
#ifndef HZ_FORMATS_READ_OFFER_H
#define HZ_FORMATS_READ_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/checkpoint.h"
#include "formats/read/entry.h"
#include "formats/read/proof.h"
#include "formats/read/statement.h"
#include "formats/read/travel.h"

#define R_OFFER_MAX ((size_t)4 << 20)

struct r_offer {
    struct r_ledger_text text;
    struct buf statement_bytes, entry_bytes;
    struct r_statement statement; /* of type offer */
    struct r_entry entry;
    struct r_signatures signatures, checkpoint_signatures;
    const char *checkpoint_text;
    struct r_checkpoint checkpoint;
    struct r_proof inclusion;
    struct r_travel_since since;
};

struct r_receipt {
    struct r_ledger_text text;
    struct buf statement_bytes;
    struct r_statement statement; /* of type acceptance or decline, whose previous is the offer */
    struct r_signatures signatures;
    const char *offer, *cosignature; /* cosignature NULL: none */
    struct r_travel_head head;       /* the offer's checkpoint; the one that the statement states */
};

/* HZ_OK, HZ_E_FORMAT, HZ_E_UNSUPPORTED (a schema or type not known) or HZ_E_NOMEM. */
int r_offer_parse(struct r_offer *out, const void *bytes, size_t len, struct hz_error *err);
void r_offer_free(struct r_offer *o); /* legal on a zeroed struct */
int r_offer_receipt_parse(struct r_receipt *out, const void *bytes, size_t len, struct hz_error *err);
void r_offer_receipt_free(struct r_receipt *r); /* legal on a zeroed struct */

#endif

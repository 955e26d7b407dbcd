/* A file by which somebody outside knows a log: the text of a checkpoint with its signatures beside it, a proof file,
 * an offer, or the receipt for one (formats/spec/ledger.md sections 4 and 5). Each holds a signed checkpoint. */
#ifndef HZ_CUSTODY_OUTSIDE_H
#define HZ_CUSTODY_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/read/ledger.h"
#include "formats/read/offer.h"
#include "formats/read/travel.h"
#include "formats/write/offer.h"

struct outside {
    const char *path; /* the caller's */
    struct buf text;  /* of the checkpoint, NUL-terminated */
    struct r_checkpoint stated;
    struct buf armour[R_ENTRY_SIGNATURES];
    struct r_ledger_signers signers; /* of the checkpoint; each signature holds. None beside a text: count 0 */
    struct r_travel_since since;

    char offer[R_SHA256_HEX];      /* digest of the offer inside, or answered; empty: neither offer nor receipt */
    char by[R_LEDGER_FINGERPRINT]; /* who signed the offer or the answer */
    char answer[R_SHA256_HEX];     /* digest of the answer inside; empty: no receipt */
    bool accepted;                 /* it is an acceptance, of the time `answered` */
    struct stamp answered;
    bool placed; /* `entry` says where the offer stands in its log */
    uint64_t entry;
};

/* Reads any of them. HZ_E_FORMAT, with the path: it is none, or a signature inside or beside it does not hold; what is
 * no evidence for a log is none against it either. A consistency proof is not judged here. */
int outside_load(struct outside *out, const char *path, struct hz_error *err);
void outside_free(struct outside *o); /* legal on a zeroed struct */

/* Its checkpoint and proof for a file that is written; armour and proof: room. The pointers are o's and the caller's.
 */
struct w_offer_head outside_head(const struct outside *o, const char *armour[R_ENTRY_SIGNATURES]);
struct w_offer_since outside_since(const struct outside *o, struct w_proof *proof);

#endif

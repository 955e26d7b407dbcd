/* Signatures and proofs of the ledger's records (formats/spec/ledger.md sections 4 and 5). r_hash_start must have
 * succeeded. */
#ifndef HZ_FORMATS_READ_LEDGER_H
#define HZ_FORMATS_READ_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/read/entry.h"
#include "formats/read/hash.h"
#include "formats/read/keys.h"
#include "formats/read/ledger_text.h"
#include "formats/read/offer.h"

#define R_LEDGER_NAMESPACE "hozen-ledger-v1"
/* Of a receiver's cosignature: another one, since its text comes from the other side and must never pass for a
 * checkpoint that the receiver signed for a ledger of their own. */
#define R_LEDGER_COSIGN_NAMESPACE "hozen-countersign-v1"

struct r_ledger_signers {
    size_t count;
    struct r_pubkey key[R_ENTRY_SIGNATURES];
    unsigned char flags[R_ENTRY_SIGNATURES]; /* of a token's signature (sshsig.h) */
};

/* Verifies every signature over the bytes. HZ_E_INVALID: one does not hold, is of an unknown algorithm, was made by a
 * token without a touch, or they do not stand by ascending keyid. Says nothing about who the signers are. */
int r_ledger_verify(const void *bytes, size_t len, const struct r_signatures *signatures, struct r_ledger_signers *out,
                    struct hz_error *err);
/* The same, with keys that were met before, or NULL. */
int r_ledger_verify_by(struct r_keys *keys, const void *bytes, size_t len, const struct r_signatures *signatures,
                       struct r_ledger_signers *out, struct hz_error *err);
/* The same for a single armour. */
int r_ledger_verify_one(const void *bytes, size_t len, const char *armour, struct r_ledger_signers *out,
                        struct hz_error *err);
/* The same for a cosignature over the text of a checkpoint. */
int r_ledger_cosigned(const char *text, const char *armour, struct r_ledger_signers *out, struct hz_error *err);
bool r_ledger_signed_by(const struct r_ledger_signers *signers, const char *fingerprint);

/* What an offer can prove by itself: the statement is signed by its actor, the checkpoint by the keys in *signers, and
 * the entry is in the log of that checkpoint. HZ_E_INVALID where one of these does not hold. */
int r_ledger_offer_check(const struct r_offer *offer, struct r_ledger_signers *signers, struct hz_error *err);
/* The receipt's statement is signed by its actor, the checkpoint beside it by the keys in *signers. HZ_E_INVALID else.
 */
int r_ledger_receipt_check(const struct r_receipt *receipt, struct r_ledger_signers *signers, struct hz_error *err);
/* true when the offer's checkpoint is proved to continue the one known earlier: equal, or by its consistency proof. */
bool r_ledger_offer_continues(const struct r_offer *offer, const struct r_checkpoint *known);

#endif

/* The receiver's side of a handoff: reading an offer, judging what it proves, answering it. */
#ifndef HZ_CUSTODY_HANDOFF_H
#define HZ_CUSTODY_HANDOFF_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/actor.h"
#include "custody/append.h"
#include "custody/store.h"
#include "custody/verifier.h"
#include "formats/read/ledger.h"
#include "formats/read/offer.h"

struct handoff {
    struct buf bytes; /* of the offer file */
    struct r_offer offer;
    struct r_ledger_signers checkpoint_signers;
};

void handoff_free(struct handoff *h); /* legal on a zeroed struct */
/* Reads the file and checks what it can prove by itself. HZ_E_FORMAT: not an offer; HZ_E_INVALID: signature or proof
 * does not hold. */
int handoff_read(struct handoff *h, const char *path, struct hz_error *err);
/* The offer is for this key and has not expired by this machine's clock; else HZ_E_DENIED. */
int handoff_check_receiver(const struct handoff *h, const char *fingerprint, struct hz_error *err);
/* Offer and checkpoint are signed by keys on the list of trusted persons; else HZ_E_INVALID. */
int handoff_check_trust(const struct handoff *h, const char *signers_path, struct hz_error *err);

/* How the receiver's ledger stands to the offering one. */
enum handoff_ledger { HANDOFF_NONE, HANDOFF_SAME, HANDOFF_OTHER };
struct handoff_history {
    enum handoff_ledger ledger;
    bool verified;  /* the offer's checkpoint is proved to continue what the receiver knows: the ledger itself, or
                     * checkpoints that came with earlier offers */
    uint64_t known; /* size of the largest of these checkpoints; 0: none */
};
/* HZ_E_INVALID: the offer's checkpoint contradicts that history. s may be NULL. */
int handoff_check_history(const struct handoff *h, struct store *s, struct handoff_history *out, struct hz_error *err);

/* HZ_E_UNSUPPORTED when the file is no bundle and nothing is known of it, while a bundle was offered: more likely the
 * wrong file than evidence that was changed. */
int handoff_check_bundle(const struct handoff *h, const struct verifier *v, const char *path, struct hz_error *err);
/* NULL when the evidence is the one offered; else what differs, as text for people. */
const char *handoff_difference(const struct handoff *h, const struct verifier *v);

struct handoff_answer {
    const struct handoff *handoff;
    const struct actor *actor;
    struct verifier *seen; /* NULL: there is no file, or nobody looked (decline) */
    bool verified;         /* what handoff_check_history said */
    const char *reason;    /* of a decline; NULL: an acceptance */
    const char *compared, *condition, *location;
};
/* Signs the answer, and the offer's checkpoint, and builds the receipt file. */
int handoff_sign(const struct handoff_answer *answer, struct actor_signed *statement, struct buf *receipt,
                 struct hz_error *err);

#endif

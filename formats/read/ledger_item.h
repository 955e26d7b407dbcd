/* The chain of one item as a state machine (formats/spec/ledger.md section 3). The same rules serve before something is
 * recorded and in the audit of what was. */
#ifndef HZ_FORMATS_READ_LEDGER_ITEM_H
#define HZ_FORMATS_READ_LEDGER_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "formats/read/hash.h"
#include "formats/read/ledger_text.h"
#include "formats/read/statement.h"

#define R_LEDGER_WORD 16     /* "undetermined" and its like */
#define R_LEDGER_COPY_ID 101 /* with its NUL */
#define R_LEDGER_ORIGINAL "original"

enum r_ledger_state {
    R_LEDGER_NONE,
    R_LEDGER_HELD,
    R_LEDGER_OFFERED,
    R_LEDGER_TRANSIT,
    R_LEDGER_DISPUTED,
    R_LEDGER_DISPOSED,
    R_LEDGER_RETURNED
};
#define R_LEDGER_STATES 7

enum r_ledger_copy_state {
    R_LEDGER_COPY_NONE,
    R_LEDGER_COPY_THERE,
    R_LEDGER_COPY_OUT,
    R_LEDGER_COPY_REPLACED,
    R_LEDGER_COPY_DESTROYED
};
#define R_LEDGER_COPY_STATES 5

struct r_ledger_item {
    enum r_ledger_state state;
    char custodian[R_LEDGER_FINGERPRINT];
    char moved[R_SHA256_HEX];      /* digest of the latest custody-moving statement */
    char content_id[R_SHA256_HEX]; /* empty: none */
    char file_sha256[R_SHA256_HEX];
    char offer[R_SHA256_HEX]; /* the latest offer, while it has no answer: OFFERED, TRANSIT; HELD: it was withdrawn */
    char offered_to[R_LEDGER_FINGERPRINT]; /* its receiver; DISPUTED: who accepted */
    struct stamp expires;
    char dispute[R_SHA256_HEX];                            /* DISPUTED: the acceptance */
    char plan[R_SHA256_HEX];                               /* the open plan of disposal; empty: none */
    char verdict[R_LEDGER_WORD], integrity[R_LEDGER_WORD]; /* of the latest verification; verdict empty: none */
    bool decided;                                          /* it failed, and that was accepted */
};

struct r_ledger_copy {
    enum r_ledger_copy_state state;
    char sha256[R_SHA256_HEX]; /* empty: nothing was hashed */
    char integrity[R_LEDGER_WORD];
    bool decided; /* it is altered, and that was accepted */
};

/* What else the ledger knows when a statement about the item is recorded. */
struct r_ledger_facts {
    struct r_ledger_copy copy;                /* the one that r_ledger_item_copy names; changed by the statement */
    uint64_t copies;                          /* not ended (neither replaced nor destroyed) */
    uint64_t intact, sound;                   /* of the other ones: not ended and intact; that hold the evidence */
    uint64_t out;                             /* checked out */
    uint64_t holds;                           /* in force */
    bool hold_used, hold_open;                /* the one that the statement names */
    bool custodian_revoked, claimant_revoked; /* their keys; the claimant is the other one of a dispute */
    bool receiver_known;                      /* body.to is a person of the ledger, with a key not ended */
    bool claimant_signed, custodian_signed;   /* those in dispute */
    char releaser[R_LEDGER_FINGERPRINT];      /* who signed the offer that an intake carries; empty: none */
    struct stamp released_until;              /* when that offer expires */
    bool released_before;                     /* an earlier intake of the item carried it */
};

/* What the item is at a point in time: an offer that has expired counts no more. */
enum r_ledger_state r_ledger_item_state(const struct r_ledger_item *item, struct stamp at);
/* Which copy a statement is about: the one it names, or "original"; NULL: none. */
const char *r_ledger_item_copy(const struct r_statement *s);

/* The copy is not ended, not altered, and what was taken in: by its digest, or found so (section 3, copies). */
bool r_ledger_copy_holds(const struct r_ledger_item *item, const struct r_ledger_copy *copy);

/* Applies a statement about the item that is recorded at a point in time. HZ_OK; HZ_E_DENIED with what the chain does
 * not allow, item and facts unchanged. A note, a photograph changes nothing. Statements without an item are a
 * programmer's error. */
int r_ledger_item_apply(struct r_ledger_item *item, const struct r_statement *s, struct r_ledger_facts *facts,
                        struct stamp recorded_at, struct hz_error *err);

#endif

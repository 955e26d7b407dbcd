/* The chain of one item as a state machine (formats/spec/ledger.md section 3). The same rules serve before something is
 * recorded and in the audit of what was. */
#ifndef HZ_FORMATS_READ_LEDGER_ITEM_H
#define HZ_FORMATS_READ_LEDGER_ITEM_H

#include <stdbool.h>

#include "base/error.h"
#include "base/stamp.h"
#include "formats/read/hash.h"
#include "formats/read/ledger_text.h"
#include "formats/read/statement.h"

enum r_ledger_state { R_LEDGER_NONE, R_LEDGER_HELD, R_LEDGER_OFFERED, R_LEDGER_DISPUTED };

struct r_ledger_item {
    enum r_ledger_state state;
    char custodian[R_LEDGER_FINGERPRINT];
    char moved[R_SHA256_HEX];      /* digest of the latest custody-moving statement */
    char content_id[R_SHA256_HEX]; /* empty: none */
    char file_sha256[R_SHA256_HEX];
    char offer[R_SHA256_HEX]; /* of the latest offer while OFFERED, else empty */
    char offered_to[R_LEDGER_FINGERPRINT];
    struct stamp expires;
};

/* What the item is at a point in time: an offer that has expired counts no more. */
enum r_ledger_state r_ledger_item_state(const struct r_ledger_item *item, struct stamp at);

/* Applies a statement about the item that is recorded at a point in time. HZ_OK; HZ_E_DENIED with what the chain does
 * not allow, item unchanged. Statements without an item are a programmer error. */
int r_ledger_item_apply(struct r_ledger_item *item, const struct r_statement *s, struct stamp recorded_at,
                        struct hz_error *err);

#endif

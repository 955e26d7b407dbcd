/* Evidence that came from another ledger: the offer and the receipt that its intake carries (formats/spec/ledger.md
 * section 3). */
#ifndef HZ_FORMATS_READ_BROUGHT_H
#define HZ_FORMATS_READ_BROUGHT_H

#include "base/error.h"
#include "formats/read/ledger.h"
#include "formats/read/offer.h"
#include "formats/read/statement.h"

struct r_brought {
    struct r_offer offer;
    struct r_receipt receipt;
    struct r_ledger_signers checkpoint_signers, answered;
};

void r_brought_free(struct r_brought *b); /* legal on a zeroed struct */
/* Of an intake that carries both: they hold, and are those of this handoff, accepted in time. HZ_E_FORMAT,
 * HZ_E_UNSUPPORTED or HZ_E_INVALID else. Free it in any case. */
int r_brought_check(const struct r_statement *intake, struct r_brought *b, struct hz_error *err);
/* What a statement of any type carries from another ledger holds by itself: offer and receipt, or the proof file of a
 * witness. Codes as r_brought_check. */
int r_brought_carried(const struct r_statement *s, struct hz_error *err);
/* Who signed the offer that an intake carries, and until when it was open; releaser empty where it, or another
 * statement, carries none. HZ_E_FORMAT. */
int r_brought_releaser(const struct r_statement *s, char releaser[R_LEDGER_FINGERPRINT], struct stamp *expires,
                       struct hz_error *err);
/* The name that the item has in the offer and the receipt of an intake that carries them. */
const char *r_brought_item(const struct r_statement *intake);

#endif

/* Evidence that came from another ledger: the intake carries the offer and the receipt, and the offer's checkpoint is
 * kept as that of a log which somebody else writes. */
#ifndef HZ_CUSTODY_PROJECT_WITNESS_H
#define HZ_CUSTODY_PROJECT_WITNESS_H

#include <stdint.h>

#include "base/error.h"
#include "custody/store.h"
#include "formats/read/statement.h"

/* For an intake with an offer: checks offer and receipt, that they are about this item and answered by the intake's
 * actor, and stores the checkpoint. HZ_E_DENIED with *code when they do not hold. Else nothing is done. */
int project_witness(struct store *s, const struct r_statement *intake, uint64_t sequence, const char **code,
                    struct hz_error *err);

#endif

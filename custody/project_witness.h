/* Checkpoints of logs that somebody else writes: from the offer and receipt that an intake of evidence from another
 * ledger carries, and from statements of type witness. */
#ifndef HZ_CUSTODY_PROJECT_WITNESS_H
#define HZ_CUSTODY_PROJECT_WITNESS_H

#include <stdint.h>

#include "base/error.h"
#include "custody/store.h"
#include "formats/read/statement.h"

/* For an intake with an offer: checks offer and receipt, that they are about this item and answered by the intake's
 * actor, and stores the checkpoint; for a witness the same with the proof file inside. HZ_E_DENIED with *code when they
 * do not hold. For other statements nothing is done. */
int project_witness(struct store *s, const struct r_statement *statement, uint64_t sequence, const char **code,
                    struct hz_error *err);

#endif

/* A signed checkpoint of the ledger as a file for somebody else, with the proof that it continues the one they know. */
#ifndef HZ_CUSTODY_PROVING_H
#define HZ_CUSTODY_PROVING_H

#include "base/buf.h"
#include "base/error.h"
#include "custody/append.h"
#include "custody/outside.h"
#include "custody/store.h"

/* The largest stored checkpoint as hozen-proof/1. from: what the other side knows, NULL: nothing. *head: what was
 * proved. HZ_E_DENIED: no checkpoint that large is signed here, and who must; HZ_E_INVALID: this log is not the one of
 * `from`. */
int proving_build(struct store *s, const struct outside *from, struct head *head, struct buf *out,
                  struct hz_error *err);

#endif

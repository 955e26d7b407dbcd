/* A list of trusted persons (OpenSSH allowed_signers), asked about keys that signed records of a ledger. */
#ifndef HZ_CUSTODY_TRUSTING_H
#define HZ_CUSTODY_TRUSTING_H

#include "base/error.h"
#include "base/stamp.h"
#include "formats/read/ledger.h"
#include "formats/read/signers.h"

/* Reads the list; r_signers_free. */
int trusting_load(const char *path, struct r_signers *out, struct hz_error *err);
/* HZ_E_INVALID: the list does not trust that key of *who for custody records, at the claimed time and now. */
int trusting_judge(const struct r_signers *list, const struct r_ledger_signers *who, size_t at, struct stamp claimed,
                   struct hz_error *err);

#endif

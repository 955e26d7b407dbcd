/* What an exported folder calls people, held against what its entries call them (formats/spec/ledger.md section 9). */
#ifndef HZ_VERIFY_EXPORT_NAMES_H
#define HZ_VERIFY_EXPORT_NAMES_H

#include "formats/read/export.h"
#include "formats/read/signers.h"
#include "formats/read/statement.h"
#include "verify/export_keys.h"
#include "verify/exported.h"

/* Is this person of the entries the one whom export.json names, with that key? An organisation that it leaves out is
 * none that differs. */
bool export_names_maker(const struct r_export *about, const struct r_person *p);
/* Findings where a line of allowed_signers has a key of nobody, a mail address or a name that is not that person's,
 * lets the key sign something else than statements, or lists it again; and where somebody is not listed. The keyid in
 * place of a mail address is that of the key (r_signers_read_exported). HZ_E_NOMEM. */
int export_names_listed(struct exported *x, const struct export_keys *keys, const struct r_signers *listed,
                        struct hz_error *err);

#endif

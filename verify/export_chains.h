/* The items of an exported ledger, each with its chain, copies and holds, as the entries tell them. In memory. */
#ifndef HZ_VERIFY_EXPORT_CHAINS_H
#define HZ_VERIFY_EXPORT_CHAINS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "formats/read/entry.h"
#include "formats/read/ledger.h"
#include "formats/read/statement.h"
#include "verify/export_keys.h"

#define EXPORT_CHAINS_MAX 80000 /* items, copies, holds and handoffs from elsewhere together */

struct export_chain;

struct export_chains {
    struct export_chain **list; /* owned; by name */
    size_t count, room;
    size_t parts; /* items, copies, holds, handoffs from elsewhere */
};

void export_chains_free(struct export_chains *c); /* legal on a zeroed struct */
/* Applies a statement about an item. HZ_E_DENIED: the rules forbid it; HZ_E_LIMIT beyond EXPORT_CHAINS_MAX, HZ_E_NOMEM.
 */
int export_chains_apply(struct export_chains *c, const struct export_keys *keys, const struct r_statement *s,
                        const struct r_ledger_signers *signers, struct stamp recorded_at, struct hz_error *err);
/* The same for a fixity, which is about many. */
int export_chains_fixity(struct export_chains *c, const struct export_keys *keys, const struct r_statement *s,
                         const struct r_ledger_signers *signers, struct stamp recorded_at, struct hz_error *err);
/* A rotation: the new key is custodian, or a party to a dispute, where the old one was. */
void export_chains_rotate(struct export_chains *c, const char *old, const char *key);

#endif

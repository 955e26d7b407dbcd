/* Which persons an exported folder must tell of, so that every signature in it can be followed to the ledger's first
 * person. */
#ifndef HZ_CUSTODY_EXPORT_PEOPLE_H
#define HZ_CUSTODY_EXPORT_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/store.h"
#include "formats/read/entry.h"
#include "formats/read/ledger_text.h"

#define EXPORT_PEOPLE_MAX 100000 /* statements about persons in one ledger */

struct export_person { /* an entry about persons: genesis, person, rotation, revocation */
    uint64_t sequence;
    char about[2][R_LEDGER_FINGERPRINT]; /* keys; empty: none */
    char by[R_ENTRY_SIGNATURES][R_LEDGER_FINGERPRINT];
    bool taken;
    char *line; /* owned: of allowed_signers, for the key that it adds; NULL: none */
};

struct export_people {
    struct export_person *list; /* owned; by sequence */
    size_t count;
    struct buf keys; /* those needed: R_LEDGER_FINGERPRINT bytes each */
};

void export_people_free(struct export_people *p); /* legal on a zeroed struct */
/* Those of the log of `size` entries. HZ_E_LIMIT beyond EXPORT_PEOPLE_MAX. */
int export_people_load(struct export_people *p, struct store *s, uint64_t size, struct hz_error *err);
/* Whoever signed this entry, or owns this key, is needed. */
int export_people_need_signers(struct export_people *p, const struct r_signatures *signatures, struct hz_error *err);
int export_people_need(struct export_people *p, const char *key, struct hz_error *err);
/* Marks the genesis, the entries about the keys that are needed, and about those who signed these. */
int export_people_settle(struct export_people *p, struct hz_error *err);
void export_people_take_all(struct export_people *p);
/* The lines of allowed_signers for all that are taken. Appends. */
int export_people_signers(const struct export_people *p, struct buf *out, struct hz_error *err);

#endif

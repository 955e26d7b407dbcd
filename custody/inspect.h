/* What lies in a bundle that is taken in: its databases checked, its files sorted by type. hozen-verify hands over the
 * first bytes of each file and the databases whole (heads.h); these are kept in an unlinked file (taken.h), all else in
 * memory alone, and looked at by children in a jail. Nothing found here is a finding about the evidence, and nothing
 * here stops an intake: what could not be looked at is said (formats/spec/ledger.md, "inspection"). inspect.c gives
 * heads to inspect_type.c as they come, and databases to check_database.c once the bundle was found to be the one that
 * was verified before. */
#ifndef HZ_CUSTODY_INSPECT_H
#define HZ_CUSTODY_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/intake_file.h"
#include "custody/verifier.h"
#include "formats/write/inspection.h"

#define INSPECT_TEXTS (4 * W_INSPECTION_DATABASES + W_INSPECTION_TABLES + W_INSPECTION_TYPES + 1)
#define INSPECT_TEXT_MAX 200 /* bytes of a name or detail; longer ones end in "..." */

struct inspection {
    struct w_inspection record; /* what stands in the intake; points to the rest */
    struct w_inspected_database databases[W_INSPECTION_DATABASES];
    struct w_inspected_table tables[W_INSPECTION_TABLES]; /* of all databases, one behind the other */
    struct w_inspected_type types[W_INSPECTION_TYPES];    /* most files first */
    size_t table_count;
    char *texts[INSPECT_TEXTS]; /* owned */
    size_t text_count;
};

/* Looks at everything in a bundle that hozen-verify found intact. HZ_OK also when nothing could be looked at
 * (record.trouble says why); an error is a shortage of our own, or HZ_E_TIMEOUT when interrupt_asked. progress: of
 * files. Free it with inspect_free. */
int inspect_bundle(struct inspection *out, const char *bundle, const struct verifier *v,
                   const struct intake_progress *progress, struct hz_error *err);
void inspect_free(struct inspection *i); /* legal on a zeroed struct */

/* For those who look: keeps a text for the record, as one line of at most INSPECT_TEXT_MAX bytes of UTF-8 without
 * control characters. NULL: out of memory, or more texts than a record holds. */
const char *inspect_keep(struct inspection *i, const void *text, size_t len);
/* The same for a path of the bundle: whole, and given as it is. */
const char *inspect_path(struct inspection *i, const char *path);
/* The first reason is kept. */
void inspect_trouble(struct inspection *i, const char *why);

#endif

/* What lies in a bundle that is taken in: its databases checked, its files sorted by type. The files are taken out of
 * the bundle by hozen-verify, into a folder that is removed again, and looked at by children in a jail. Nothing found
 * here is a finding about the evidence, and nothing here stops an intake: what could not be looked at is said
 * (formats/spec/ledger.md, "inspection"). The loop in inspect.c gives each file to check_database.c and to
 * inspect_type.c. */
#ifndef HZ_CUSTODY_INSPECT_H
#define HZ_CUSTODY_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "custody/verifier.h"
#include "formats/write/inspection.h"

#define INSPECT_TEXTS (3 * W_INSPECTION_DATABASES + W_INSPECTION_TABLES + W_INSPECTION_TYPES + 1)
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

struct inspect_file { /* a regular file of the bundle, taken out */
    const char *path; /* "data/files/etc/passwd" */
    int folder;       /* descriptor of the folder it lies in ... */
    const char *name; /* ... and its name there */
    int fd;           /* open for reading, at its start; closed by the loop */
    uint64_t size;
};

/* Looks at everything in a bundle that hozen-verify found intact. HZ_OK also when nothing could be looked at
 * (record.trouble says why); an error is a shortage of our own. Free it with inspect_free. */
int inspect_bundle(struct inspection *out, const char *bundle, const struct verifier *v, struct hz_error *err);
void inspect_free(struct inspection *i); /* legal on a zeroed struct */

/* For those who look: keeps a text for the record, as one line of at most INSPECT_TEXT_MAX bytes of UTF-8 without
 * control characters. NULL: out of memory, or more texts than a record holds. */
const char *inspect_keep(struct inspection *i, const void *text, size_t len);
/* The same for a path of the bundle: whole, and given as it is. */
const char *inspect_path(struct inspection *i, const char *path);
/* The first reason is kept. */
void inspect_trouble(struct inspection *i, const char *why);

#endif

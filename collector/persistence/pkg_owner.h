/* Which packages brought the files that somebody asks about, and whether these are still what was delivered. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_OWNER_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_OWNER_H

#include "base/error.h"
#include "collector/persistence/pers_rows.h"
#include "collector/persistence/pkg_digest.h"

#define PKG_COMPARED_MAX ((uint64_t)64 << 20) /* of one file, and 256 MiB of all that are asked about */

struct pkg_claim {
    char *package;            /* owned; NULL: no package has it */
    struct pkg_digest digest; /* as it was delivered, where that is recorded */
    bool altered;             /* its content is another */
};

struct pkg_owners {
    int root;                /* owned */
    struct pers_paths paths; /* asked about; sorted by pkg_owner_find */
    struct pkg_claim *claims;
    size_t claim_count;
    bool known; /* there is a package database */
    struct pers_absences absences;
    uint64_t exposed;
    int rc; /* not HZ_OK only for a shortage of ours */
    struct hz_error error;
};

int pkg_owner_new(struct pkg_owners **out, int root, struct hz_error *err);
void pkg_owner_free(struct pkg_owners *o); /* NULL is legal */
/* As a servant's work, once. context: a struct pkg_owners with its paths. Links on the way to a path must be resolved
 * already. */
void pkg_owner_find(void *context);
/* NULL: it was not asked about. */
const struct pkg_claim *pkg_owner_of(const struct pkg_owners *o, struct span path);

#endif

/* The copies of the archive, as the ledger has them, and what the policy asks of them. */
#ifndef HZ_CUSTODY_ARCHIVE_HELD_H
#define HZ_CUSTODY_ARCHIVE_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "custody/archive.h"
#include "custody/store.h"
#include "formats/read/hash.h"
#include "formats/read/policy.h"

#define ARCHIVE_ATTACH_SUFFIX ".er" /* of an evidence record */

/* What lies beside its bundle: a signature, a time stamp, or the evidence record of the latest renewal; or something
 * of the rest. */
struct archive_beside {
    char *file, *sha256, *version; /* owned; version NULL: of no store, or the newest */
    bool record;
};

/* A copy of role archive that is there or out, of an item that lives. Owned texts; NULL: not recorded. */
struct archive_copy {
    char *item, *copy, *case_id, *content_id, *medium, *place, *integrity;
    char *target, *volume, *file, *parity, *version; /* NULL: it was recorded without being sealed */
    bool read_only, immutable, verity, hold;         /* what was to keep it from being changed */
    struct stamp retain_until;                       /* 0: not recorded */
    uint64_t size;                                   /* of the bundle; 0: not recorded */
    struct archive_beside *beside;                   /* owned; ascending by file */
    size_t beside_count;
    struct archive_beside *rest; /* owned; ascending by file: what else lies in it; none: not recorded */
    size_t rest_count;
    bool beside_failed; /* some of that was not as it was recorded, at the latest check */
    char sha256[R_SHA256_HEX];
    uint64_t made, checked; /* entries */
    bool was_checked;       /* since it was made */
    struct stamp made_at, checked_at;
    char *checked_text; /* when it was checked, or else made */
    /* of the latest renewal of it, or of its item before it was made: when, and until when the certificate of its time
     * stamp is good; 0: none, not known */
    struct stamp renewed_at, proof_ends;
};

struct archive_held {
    struct archive_copy *list; /* owned; by item and copy */
    size_t count, room;
};

/* item: NULL for all. HZ_E_FORMAT: an entry cannot be read (custody audit tells). */
int archive_held_load(struct archive_held *out, struct store *s, const char *item, struct hz_error *err);
void archive_held_free(struct archive_held *h); /* legal on a zeroed struct */

/* Is it still sealed as it was recorded? */
bool archive_held_sealed(const struct archive_copy *c, const struct archive_found *found);

/* Is it to be checked again, at this time? policy: what is asked for its case; NULL: nothing. */
bool archive_held_due(const struct archive_copy *c, const struct r_policy_archive *policy, struct stamp now);

#endif

/* hozen archive check: what its two files share, and nobody else. */
#ifndef HZ_CUSTODY_CMD_ARCHIVE_CHECK_H
#define HZ_CUSTODY_CMD_ARCHIVE_CHECK_H

#include "base/json_out.h"
#include "custody/archive_beside.h"
#include "custody/archive_pace.h"
#include "custody/cmd_archive.h"
#include "formats/read/statement.h"

struct check {
    struct cmd_archive w;
    struct r_policy policy;
    struct archive_held held;
    struct cmd_archive_targets targets;
    struct archive_pace pace;
    bool *whole;                                /* owned: of each copy held, it was read and has its digest */
    struct w_checked batch[R_STATEMENT_CHECKS]; /* have their digest, not recorded yet */
    struct w_beside beside[R_STATEMENT_BESIDE]; /* of the batch, and then of the copy at hand: what is not so */
    enum archive_beside_found found[R_STATEMENT_BESIDE]; /* of each of these */
    char digests[R_STATEMENT_BESIDE][W_DIGEST_HEX];
    size_t batched, beside_used;
    struct stamp batch_began;
    uint64_t *entries; /* owned: what was recorded */
    size_t entry_count, checked, left;
    bool failed, unreachable; /* a copy; a target */
    struct buf line;
    struct json_out j;
    bool json;
};

/* What was found of one copy. */
struct check_told {
    const struct archive_copy *copy;
    const char *result, *sha256, *mend; /* sha256, mend: NULL, none */
    bool unsealed;                      /* nothing keeps it any more from being changed as it was recorded */
    size_t first, count;                /* of what lies beside it and is not as recorded: in c->beside */
};

void check_tell(struct check *c, const struct check_told *told);
/* Reads one copy to its end at the rate. *same: it has its digest; else sha256 is another, or empty: it is longer than
 * it was, and was not read any further. */
int check_read(struct check *c, const struct archive_copy *copy, struct archive_target *t, char sha256[W_DIGEST_HEX],
               bool *same, struct hz_error *err);
/* What could mend the copy now: "parity", "copy", "put" (another one into the store), "none"; NULL: it was interrupted.
 * Another copy that is said to be able to was read. */
const char *check_remedy(struct check *c, const struct archive_copy *copy, struct archive_target *t);
/* The same for what lies beside it: c->beside from first on, so many. */
const char *check_remedy_beside(struct check *c, const struct archive_copy *copy, const struct archive_target *t,
                                size_t first, size_t count);

#endif

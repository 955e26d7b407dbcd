/* hozen archive check: what its files share, and nobody else. */
#ifndef HZ_CUSTODY_CMD_ARCHIVE_CHECK_H
#define HZ_CUSTODY_CMD_ARCHIVE_CHECK_H

#include "base/json_out.h"
#include "custody/archive_beside.h"
#include "custody/archive_pace.h"
#include "custody/cmd_archive.h"
#include "formats/read/statement.h"

/* What was found of one copy. */
struct check_told {
    const struct archive_copy *copy;
    const char *result, *sha256, *mend; /* sha256, mend: NULL, none */
    bool unsealed;                      /* nothing keeps it any more from being changed as it was recorded */
    size_t first, count;                /* of what lies beside it and is not as recorded: in c->beside */
    bool over;                          /* in a store something lies over its evidence record, which is as recorded */
};

struct check {
    struct cmd_archive w;
    struct r_policy policy;
    struct archive_held held;
    struct cmd_archive_targets targets;
    struct archive_pace pace;
    const struct archive_copy **order;          /* owned: the copies held, longest not checked first */
    struct stamp since;                         /* what was checked from then on is left out */
    char began[STAMP_SIZE];                     /* --since of a run that goes on where this one ends */
    bool *whole;                                /* owned: of each copy held, it was read and has its digest */
    struct w_checked batch[R_STATEMENT_CHECKS]; /* have their digest, not recorded yet */
    struct w_beside beside[R_STATEMENT_BESIDE]; /* of the batch, and then of the copy at hand: what is not so */
    enum archive_beside_found found[R_STATEMENT_BESIDE]; /* of each of these */
    char digests[R_STATEMENT_BESIDE][W_DIGEST_HEX];
    size_t batched, beside_used;
    struct stamp batch_began;
    struct check_told *told; /* owned: waits for the batch to be recorded */
    size_t told_count, told_room;
    bool recorded;     /* the latest entry, or what was to be one */
    uint64_t *entries; /* owned: what was recorded */
    size_t entry_count, checked, left;
    bool failed, unreachable; /* a copy; a target */
    struct buf line;
    struct json_out j;
    bool json;
};

/* Signs an entry. */
int check_record(struct check *c, const struct w_statement *s, struct hz_error *err);
/* The batch in one, and then tells it. */
int check_flush(struct check *c, struct hz_error *err);
/* A copy whose bytes are the recorded ones, into the batch. */
int check_add(struct check *c, const struct check_told *told, struct hz_error *err);
/* Tells it behind what waits. */
int check_later(struct check *c, const struct check_told *told, struct hz_error *err);
/* Records what there is where the next copy would keep it waiting for too long. */
int check_make_room(struct check *c, const struct archive_copy *next, struct hz_error *err);

/* Fills told->over. */
int check_over(const struct check *c, struct check_told *told, struct archive_target *t, struct hz_error *err);
const char *check_result_text(const char *word);
void check_tell(struct check *c, const struct check_told *told);
/* Reads one copy to its end at the rate. *same: it has its digest; else sha256 is another, or empty: it is longer than
 * it was, and was not read any further. */
int check_read(struct check *c, const struct archive_copy *copy, struct archive_target *t, char sha256[W_DIGEST_HEX],
               bool *same, struct hz_error *err);
/* What could mend the copy now: "parity", "copy", "put" (another one into the store), "none"; NULL: it was interrupted.
 * Another copy that is said to be able to was read. */
const char *check_remedy(struct check *c, const struct archive_copy *copy, struct archive_target *t);
/* The same for what lies beside it and was found not as recorded. remake: something of the rest is among that, which
 * can be made again. */
const char *check_remedy_beside(struct check *c, const struct check_told *told, const struct archive_target *t,
                                bool remake);

#endif

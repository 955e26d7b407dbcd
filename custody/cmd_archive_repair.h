/* hozen archive repair: what its two files share, and nobody else. */
#ifndef HZ_CUSTODY_CMD_ARCHIVE_REPAIR_H
#define HZ_CUSTODY_CMD_ARCHIVE_REPAIR_H

#include "custody/archive_rest.h"
#include "custody/cmd_archive.h"
#include "formats/read/statement.h"

struct repair {
    struct cmd_archive w;
    struct archive_held held;
    struct cmd_archive_targets targets;
    const struct archive_copy *copy; /* the damaged one */
    struct archive_target target;
    struct archive_stage stage;
    struct archive_seal seal;
    struct verifier seen;
    const char *file, *by, *from; /* by: "parity" or "copy", NULL: its bytes are as they were; from: that copy's id */
    struct archive_sidecar beside[2 * R_STATEMENT_BESIDE + 1]; /* what lies beside it again, and the rest */
    struct w_beside lost[R_STATEMENT_BESIDE + 1];              /* what no copy has any more */
    struct archive_rest rest;
    const struct archive_copy *marked; /* the first on a medium whose mark was written anew; NULL: none was */
    bool remade, sealed;               /* something of the rest was not as recorded; it was sealed where it lies */
    size_t lost_count;
    struct buf name, staged;
};

/* The marks of media that cannot be reached for want of one, where what is there shows that it is that medium. */
int repair_marks(struct repair *r, struct hz_error *err);
/* The bundle into the stage, good again. HZ_E_INVALID: nothing could mend it. */
int repair_obtain(struct repair *r, struct hz_error *err);
/* What lies beside it, too. HZ_E_EXISTS: the copy is as it was recorded; HZ_E_INVALID: nothing of what is lost was
 * found. */
int repair_obtain_beside(struct repair *r, struct hz_error *err);

#endif

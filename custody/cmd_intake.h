/* custody intake: what its parts share. */
#ifndef HZ_CUSTODY_CMD_INTAKE_H
#define HZ_CUSTODY_CMD_INTAKE_H

#include "base/stamp.h"
#include "custody/cmd.h"
#include "custody/foreign.h"
#include "custody/inspect.h"
#include "custody/intake_file.h"
#include "custody/wrapping.h"

struct intake {
    const struct cli_args *args;
    struct store *store;
    struct actor actor;
    struct head head;
    uint64_t begun; /* entries before */
    struct w_statement statement;

    /* what was given: a bundle, files to make one of, a file that is none, or neither */
    bool wrap; /* a bundle that is to be made first */
    const char *bundle, *file, *kind, *item, *case_id;

    /* what the statement's pointers point to */
    struct verifier seen;
    struct w_evidence evidence;
    struct inspection inside;
    struct intake_file hashed;
    struct wrapping wrapped;
    char size[24], members[24];
    struct foreign listed; /* format empty: no listing was made */
    char *listing;         /* owned; path of the listing */
    char *signature;       /* owned; the operator's, beside the bundle */
};

/* Whether the options make sense together; says what is taken in, and as what. HZ_E_USAGE. */
int cmd_intake_choose(struct intake *i, struct hz_error *err);
/* HZ_E_DENIED: the ledger has an item of this name. */
int cmd_intake_check_free(const struct intake *i, struct hz_error *err);
/* Looks at what was given, and fills in what is found: a bundle, which may have to be made first; anything else. */
int cmd_intake_bundle(struct intake *i, struct hz_error *err);
int cmd_intake_other(struct intake *i, struct hz_error *err);
/* Told of what is read, on a terminal alone: a line that is written over. next: zeroed. */
struct intake_progress cmd_intake_progress(struct stamp *next);
/* What the options say of the thing, into the statement's body. HZ_E_USAGE. */
int cmd_intake_describe(struct intake *i, struct hz_error *err);

#endif

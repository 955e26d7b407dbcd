/* custody intake: what its parts share. */
#ifndef HZ_CUSTODY_CMD_INTAKE_H
#define HZ_CUSTODY_CMD_INTAKE_H

#include "custody/cmd.h"
#include "custody/foreign.h"
#include "custody/inspect.h"
#include "custody/intake_file.h"

struct intake {
    const struct cli_args *args;
    struct store *store;
    struct actor actor;
    struct head head;
    struct w_statement statement;

    /* what was given: a bundle, a file that is none, or neither */
    const char *bundle, *file, *kind, *item, *case_id;

    /* what the statement's pointers point to */
    struct verifier seen;
    struct w_evidence evidence;
    struct inspection inside;
    struct intake_file hashed;
    char size[24], members[24];
    struct foreign listed; /* format empty: no listing was made */
    char *listing;         /* owned; path of the listing */
    char *signature;       /* owned; the operator's, beside the bundle */
};

/* Whether the options make sense together; says what is taken in, and as what. HZ_E_USAGE. */
int cmd_intake_choose(struct intake *i, struct hz_error *err);
/* What the options say of the thing, into the statement's body. HZ_E_USAGE. */
int cmd_intake_describe(struct intake *i, struct hz_error *err);

#endif

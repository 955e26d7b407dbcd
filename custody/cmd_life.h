/* What the commands that sign one statement have in common: sign it, have a second person sign it, record or write it,
 * and say so. */
#ifndef HZ_CUSTODY_CMD_LIFE_H
#define HZ_CUSTODY_CMD_LIFE_H

#include "custody/cmd.h"
#include "custody/cosign.h"
#include "custody/item.h"
#include "custody/person.h"
#include "custody/verifier.h"

/* A statement in the making. */
struct cmd_life {
    const struct cli_args *args;
    struct store *store;
    struct actor actor;
    struct head head;
    struct w_statement statement;
    struct cosign signatures;
    struct r_statement parsed; /* what was signed */
    bool shown;                /* it was told already what that says */
    bool told;                 /* the result holds it */

    /* what the statement's pointers point to */
    struct item item;
    struct person person;
    struct w_person who;
    struct verifier seen;
    struct w_evidence evidence;
    char digest[R_SHA256_HEX], recorded[R_SHA256_HEX];
    struct buf rules;
};

void cmd_life_free(struct cmd_life *l); /* closes the store; legal on a zeroed struct */

/* Fills l->statement from the arguments, as an open ledger and the actor allow. HZ_E_USAGE: what was given does not
 * make a statement; else as the files and the ledger that it needs. */
int cmd_life_fill(struct cmd_life *l, struct hz_error *err);

/* l->recorded: the digest that the copy was recorded with, --copy or the original; empty: none, or there is no such
 * copy, which the ledger refuses then. */
int cmd_life_recorded(struct cmd_life *l, struct hz_error *err);
/* Holds l->seen against l->recorded, which is not empty, and says where it is another file. */
int cmd_life_hold(struct cmd_life *l, const char *path, struct hz_error *err);

/* Opens ledger and key. */
int cmd_life_begin(struct cmd_life *l, struct hz_error *err);
/* Builds l->statement and signs it, as the actor and with --second-key. */
int cmd_life_sign(struct cmd_life *l, struct hz_error *err);
/* Into the ledger, with a signed head; with --out into a file alone. */
int cmd_life_record(struct cmd_life *l, struct hz_error *err);
/* What was signed, as text or JSON. out: the file it went into; NULL: it was recorded. */
int cmd_life_print(const struct cmd_life *l, const char *out, struct hz_error *err);
/* What a statement says, as the log does. */
int cmd_life_sentence(const struct r_statement *s, struct hz_error *err);
/* The three: sign, record, print. */
int cmd_life_finish(struct cmd_life *l, struct hz_error *err);

/* custody record, of a file that several persons have signed. */
int cmd_cosign_record(const struct cli_args *args);

#endif

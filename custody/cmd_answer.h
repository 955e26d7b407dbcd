/* What accept and decline have in common. */
#ifndef HZ_CUSTODY_CMD_ANSWER_H
#define HZ_CUSTODY_CMD_ANSWER_H

#include "base/io_commit.h"
#include "custody/cmd.h"
#include "custody/handoff.h"
#include "custody/verifier.h"
#include "formats/read/name.h"

struct cmd_answer {
    const struct cli_args *args;
    struct handoff handoff;
    struct actor actor;
    struct store *store; /* NULL: without a ledger */
    struct handoff_history history;
    struct verifier seen; /* verdict NULL: there was no file to look at, or nobody looked */
    struct io_partial file;
    struct head head; /* of the ledger, after something was recorded */
    char
        local[R_NAME_ITEM_MAX + 1]; /* acceptance: the item's name in the receiver's own ledger; empty: there is none */
    bool repeats;                   /* the caller's: an offer that was accepted before is answered as it was then */
    bool again; /* so it is: `receipt` was made by entry `entry` of the ledger, and nothing else is looked at */
    uint64_t entry;
    struct buf receipt;
};

/* Everything before the answer: keys, offer, receiver, expiry, history, the place of the receipt, the evidence; or of
 * an answer that is repeated, keys, offer and the place of the receipt. An error of HZ_E_USAGE, HZ_E_DENIED,
 * HZ_E_INVALID ... leaves nothing behind. */
int cmd_answer_begin(struct cmd_answer *a, const struct cli_args *args, struct hz_error *err);
/* It has another name in the receiver's own ledger than in the offer. */
bool cmd_answer_renamed(const struct cmd_answer *a);
/* Signs, records where there is a ledger for it, and writes the receipt. reason NULL: an acceptance. */
int cmd_answer_give(struct cmd_answer *a, const char *reason, struct hz_error *err);
/* Looks for the intake that an acceptance of this offer with this key made in another ledger, the receiver's own. */
int cmd_answer_find_again(struct cmd_answer *a, struct hz_error *err);
/* Writes the receipt of then. Nothing is signed. */
int cmd_answer_give_again(struct cmd_answer *a, struct hz_error *err);
void cmd_answer_free(struct cmd_answer *a);

#endif

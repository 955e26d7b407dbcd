/* The result of a command that makes or records something, as hozen-custody-result/1 (ledger.md section 8). */
#ifndef HZ_CUSTODY_CMD_RESULT_H
#define HZ_CUSTODY_CMD_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "custody/cmd.h"
#include "custody/cmd_answer.h"
#include "custody/cosign.h"

#define CMD_RESULT_FILES 3

/* NULL, or zero: there is none. All texts are the caller's. */
struct cmd_result {
    const struct head *head; /* of the ledger that was written to */
    bool entered;            /* `entry` says which entry the command made */
    uint64_t entry;
    const char *item, *key, *answer;
    const struct verifier *evidence; /* as it was found now; verdict NULL: not looked at */
    const char *file_sha256;         /* of a file that is no bundle */
    bool partial;                    /* something that was asked for is not in the bundle that was made */
    const struct cmd_answer *offer;  /* the offer that was answered */
    const struct cosign *signed_as;  /* what was signed, and by whom so far */
    struct {
        const struct r_checkpoint *stated;
        const char *status;
    } witnessed; /* a checkpoint of another ledger that was recorded */
    struct {
        const char *kind, *path; /* by ascending kind */
    } files[CMD_RESULT_FILES];
};

/* What was answered to an offer. */
struct cmd_result cmd_result_answer(const struct cmd_answer *a, const char *answer);
/* One line on stdout. HZ_E_NOMEM or HZ_E_FORMAT (a text that is not UTF-8). */
int cmd_result_json(const struct cli_args *args, const struct cmd_result *result, struct hz_error *err);

#endif

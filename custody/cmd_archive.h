/* hozen archive: what its commands share. */
#ifndef HZ_CUSTODY_CMD_ARCHIVE_H
#define HZ_CUSTODY_CMD_ARCHIVE_H

#include <stdint.h>

#include "custody/archive.h"
#include "custody/archive_held.h"
#include "custody/cmd.h"
#include "custody/item.h"
#include "custody/verifier.h"

struct cmd_archive {
    const struct cli_args *args;
    struct store *store; /* owned */
    struct actor actor;
    struct head head;
    struct item item; /* where the command is about one */
};

void cmd_archive_free(struct cmd_archive *w); /* legal on a zeroed struct */
/* Opens ledger and key; with an operand that item, too. */
int cmd_archive_begin(struct cmd_archive *w, bool of_item, struct hz_error *err);
/* A statement of the person, now, with --override where it was given. item: NULL for none. */
struct w_statement cmd_archive_statement(const struct cmd_archive *w, const char *type, const struct item *item);
/* Signs it, as the person and with --second-key, and puts it into the log with a signed head. */
int cmd_archive_record(struct cmd_archive *w, const struct w_statement *statement, uint64_t *entry,
                       struct hz_error *err);

/* Would the rules let it in? Only where the policy has any: before work that would be for nothing. Nothing is
 * recorded. */
int cmd_archive_try(struct cmd_archive *w, const struct w_statement *statement, struct hz_error *err);

/* "<prefix>-1" or the first after it that is no copy of the item yet. */
int cmd_archive_free_id(struct store *s, const char *item, const char *prefix, char out[R_LEDGER_COPY_ID],
                        struct hz_error *err);
/* A name that ends in .partial: of a folder that did not become a copy. */
bool cmd_archive_unfinished(const char *name);
/* HZ_E_EXISTS when the item has a copy of this id. */
int cmd_archive_new_id(struct store *s, const char *item, const char *copy, struct hz_error *err);
/* The target of a copy, where it was or in one of --at, known by its volume. HZ_E_NOTFOUND: not there now. */
int cmd_archive_reach(const struct cli_args *args, const struct archive_copy *c, struct archive_target *t,
                      struct hz_error *err);
/* The targets of many copies, each opened once. */
struct cmd_archive_targets {
    struct cmd_archive_reached *list; /* owned */
    size_t count, room;
};
struct cmd_archive_reached {
    char *url, *volume; /* owned: as the copies record them */
    struct archive_target target;
    bool there;
};
void cmd_archive_targets_free(struct cmd_archive_targets *all); /* legal on a zeroed struct */
/* *out->there false: it is not there now, which was said. HZ_E_NOMEM. */
int cmd_archive_target(struct cmd_archive_targets *all, const struct cli_args *args, const struct archive_copy *c,
                       struct cmd_archive_reached **out, struct hz_error *err);

/* Takes what lies beside a copy into a folder. */
struct cmd_archive_beside {
    const struct cli_args *args;
    struct cmd_archive_targets *targets;
    const struct archive_held *held; /* the copies of the item */
    int folder;
    bool *restored; /* set: an evidence record was taken from what had grown out of it; NULL: nobody asks */
};
/* The i-th file beside c, only with its recorded digest: from there, or from another copy that has the same file.
 * *from: the id of the copy that had it; NULL: none has, which was said. HZ_E_EXISTS: the folder has one of its name.
 */
int cmd_archive_beside(const struct cmd_archive_beside *b, const struct archive_copy *c, size_t i, const char **from,
                       struct hz_error *err);

/* The same of one that is an evidence record, out of those that have time stamps more than it. */
int cmd_archive_record_before(const struct cmd_archive_beside *b, const struct archive_copy *c, size_t i,
                              const char **from, struct hz_error *err);

/* The evidence record of a bundle, the best of those beside its copies, into the folder as <bundle>.er; none: nothing.
 * HZ_E_EXISTS: the folder has one. */
int cmd_archive_bring_record(const struct cmd_archive_beside *b, const struct archive_copy *c, struct hz_error *err);

/* What is found of a file that should be this copy: hozen verify's answer, or for what is no bundle the digest's. */
int cmd_archive_verify(const struct cli_args *args, const struct item *item, const char *path, const char *sha256,
                       struct verifier *out, struct hz_error *err);
/* "10%" or "none"; NULL is 10. HZ_E_USAGE. */
int cmd_archive_percent(const struct cli_args *args, const char *text, unsigned *out, struct hz_error *err);
/* "<target>/<path>". malloc'd by the buffer. */
int cmd_archive_path(const struct archive_target *t, const char *path, struct buf *out, struct hz_error *err);

cli_handler cmd_archive_put, cmd_archive_status, cmd_archive_check, cmd_archive_repair, cmd_archive_get;
cli_handler cmd_archive_index, cmd_archive_renew;

#endif

/* The subcommands of hozen-custody, one file each, and what they share: opening keys and ledgers as the command line
 * says, and the last lines of every command that records something. */
#ifndef HZ_CUSTODY_CMD_H
#define HZ_CUSTODY_CMD_H

#include <stdio.h>

#include "base/json_out.h"
#include "cli/dispatch.h"
#include "custody/actor.h"
#include "custody/append.h"
#include "custody/checkpoint.h"
#include "custody/cosign.h"
#include "custody/store.h"
#include "custody/verifier.h"

#define CMD_TOOL "hozen-custody " HOZEN_VERSION

cli_handler cmd_key_new, cmd_countersign, cmd_timestamp, cmd_custody_timestamp;
cli_handler cmd_init, cmd_person_add, cmd_intake;
cli_handler cmd_offer, cmd_accept, cmd_decline, cmd_record;
cli_handler cmd_show, cmd_log, cmd_audit, cmd_checkpoint;
cli_handler cmd_prove, cmd_witness, cmd_export, cmd_report;
cli_handler cmd_life, cmd_person_rotate, cmd_recheck, cmd_cosign;

/* Loads --key for custody, asking for its passphrase where needed. */
int cmd_load_key(const struct cli_args *args, struct actor *actor, struct hz_error *err);
/* The same for a second person's --second-key. */
int cmd_load_second_key(const struct cli_args *args, struct actor *actor, struct hz_error *err);
/* Adds the second person's signature, where --second-key names one. */
int cmd_sign_second(const struct cli_args *args, struct cosign *signatures, struct hz_error *err);
/* The key that takes the place of another: --new-key. */
int cmd_load_new_key(const struct cli_args *args, struct actor *actor, struct hz_error *err);
/* Puts --name, --title, --role, --contact and --organisation over what a key's comment said. HZ_E_USAGE when no name is
 * known.
 */
int cmd_describe_person(const struct cli_args *args, struct person *person, struct hz_error *err);
/* What is left to do with a statement that went into a file. */
void cmd_note_unrecorded(const struct cli_args *args);
/* Two keys under one name are one person or two: whoever reads the ledger later cannot tell, so it is said before. */
int cmd_warn_of_name(const struct cli_args *args, struct store *s, const struct person *p, struct hz_error *err);
/* The time that an option gave, with the offset of this machine: a time in UTC says as much. */
int cmd_time(const struct cli_args *args, const char *option, const char *value, struct w_time *out,
             struct hz_error *err);
/* --valid-from and --valid-until; what is not given stays unknown. */
int cmd_validity(const struct cli_args *args, struct w_time *from, struct w_time *until, struct hz_error *err);
/* Opens --ledger for writing, loads --key and finds its owner among the ledger's persons. Both are the caller's. */
int cmd_open(const struct cli_args *args, struct store **store, struct actor *actor, struct hz_error *err);

/* Signs a checkpoint over what was just recorded, where the actor may, and otherwise says who must. */
int cmd_seal(const struct cli_args *args, struct store *s, const struct head *head, const struct actor *actor,
             struct hz_error *err);
/* The field "head", with "12 <base64 root>". */
void cmd_print_head(const struct head *head);

/* verdict, integrity, authenticity, finding codes, content id and file sha256, as fields. */
void cmd_print_evidence(const struct verifier *v);
/* Says what a verdict that is not "verified" means for the record that was made. */
void cmd_note_verdict(const struct cli_args *args, const struct verifier *v);
/* A member with a path: U+FFFD for what is not UTF-8. */
void cmd_json_path(struct json_out *j, const char *key, const char *path);

void cmd_close_store(struct store **s);

#endif

/* The parts of the audit, in the order in which audit_run calls them. Each adds findings to the audit; a failure means
 * that it could not be carried out. */
#ifndef HZ_CUSTODY_AUDIT_PART_H
#define HZ_CUSTODY_AUDIT_PART_H

#include "custody/audit.h"
#include "formats/read/entry.h"
#include "formats/read/hash.h"

/* Schema, application_id, user_version; where one is not as it shall be, also the file. *readable: tables entry and
 * checkpoint are the ones of this version, so that they can be read at all. Where nothing is found a->told is the
 * ledger afterwards. */
int audit_schema(struct audit *a, bool *readable, struct hz_error *err);
/* SQLite's integrity_check. */
int audit_file(struct audit *a, struct hz_error *err);

/* Indexes over what is derived cost more than all else there, and few questions need one: they are made for these. */
int audit_index_drop(struct audit *a, struct hz_error *err);
int audit_index_items(struct audit *a, struct hz_error *err);   /* statements by item, where one failed */
int audit_index_signers(struct audit *a, struct hz_error *err); /* by who signed, where a key is in doubt */

/* The files from outside. HZ_E_FORMAT for one that does not hold what it shall. */
int audit_outside_load(struct audit *a, const struct audit_order *order, struct hz_error *err);

/* Entries in their order: bytes, signatures, rules; derives the tables and the tree, meets the checkpoints on its way.
 */
int audit_entries(struct audit *a, struct hz_error *err);

/* An acceptance or decline in entry `sequence` states the checkpoint that its signer saw: whoever tells the log anew up
 * to there cannot make it fit. Everything before must have been derived. */
int audit_seen(struct audit *a, const struct r_statement *st, uint64_t sequence, struct hz_error *err);

/* An entry that is about to be applied to what is derived: where it calls its signer what the ledger does not, *text
 * says what is to be told of it. */
int audit_name(struct audit *a, const struct r_statement *st, struct buf *text, struct hz_error *err);
/* The same of whom it names with a key, to offer or give something to them. */
int audit_name_receiver(struct audit *a, const struct r_statement *st, struct buf *text, struct hz_error *err);

/* Whether the log of the size that it states, at most `sequence`, has this root. HZ_E_FORMAT behind a leaf that is
 * none. */
int audit_seen_root(struct audit *a, const struct r_seen *seen, uint64_t sequence, bool *same, struct hz_error *err);

/* What time stamps say about the times of an entry: behind a token that the log holds nothing was recorded earlier. */
int audit_time_entry(struct audit *a, const struct r_entry *e, const struct r_statement *st, size_t signatures,
                     struct hz_error *err);
/* Tokens that lie beside a checkpoint from outside that held. */
int audit_time_outside(struct audit *a, const struct outside *o, struct hz_error *err);

/* The stored checkpoints, walked beside the entries. */
struct audit_walk {
    struct query rows;
    bool row; /* there is a present one */
    struct r_merkle tree;
    struct r_hash hash;
};
int audit_walk_begin(struct audit *a, struct audit_walk *w, struct hz_error *err);
void audit_walk_end(struct audit_walk *w);
/* The tree has grown to a->size: judges the checkpoints of this size. */
int audit_walk_at(struct audit *a, struct audit_walk *w, struct hz_error *err);
/* The entries have ended: judges the checkpoints that are left, and those from outside. */
int audit_walk_rest(struct audit *a, struct audit_walk *w, struct hz_error *err);
int audit_outside_judge(struct audit *a, struct hz_error *err);

/* Whether a key is that of a checkpoint signer whom an entry before `size` names. */
int audit_signer_known(struct audit *a, const char *fingerprint, uint64_t size, bool *known, struct hz_error *err);

/* Which entry a wrong root is about: the first one from `good` on of which something is found, else `good` itself. */
uint64_t audit_suspect(const struct audit *a, uint64_t good, uint64_t size);

/* Compares every derived table with the ledger's. Only when all entries were derived. */
int audit_tables(struct audit *a, struct hz_error *err);
/* Checkpoints of one other ledger that cannot both be of its log. */
int audit_witnesses(struct audit *a, struct hz_error *err);
/* Items whose evidence failed when it was last verified, and copies beside others that are whole. */
int audit_items(struct audit *a, struct hz_error *err);
int audit_copies(struct audit *a, struct hz_error *err);
/* What the policy in force asks for and the ledger does not have, as of now. */
int audit_policy(struct audit *a, struct hz_error *err);
/* What was signed with a key from the time on since which its signatures are in doubt. */
int audit_keys(struct audit *a, struct hz_error *err);
/* Entries of a time that has not come yet, by the clock of this machine. */
int audit_clock(struct audit *a, struct hz_error *err);

#endif

/* Evidence records of what the archive holds: one for each bundle of an item, the same beside all its copies. */
#ifndef HZ_CUSTODY_ARCHIVE_RECORD_H
#define HZ_CUSTODY_ARCHIVE_RECORD_H

#include "custody/archive_attach.h"
#include "formats/read/ers.h"
#include "formats/write/ers.h"

struct archive_record {
    const struct archive_copy *copies; /* of one item and digest; the caller's */
    size_t copy_count;
    unsigned char digests[R_ERS_OBJECTS][W_DIGEST_SIZE]; /* of the bundle, and of what lies beside its copies */
    size_t digest_count;
    unsigned char (
        *wides)[W_DIGEST_512_SIZE]; /* owned: SHA-512 of the same, zero where it is not known; NULL: of none */
    struct buf found;               /* the record that is to be gone on with; empty: there is none yet */
    struct r_ers said;              /* of it */
    struct buf made;
    size_t leaf;   /* in the tree */
    bool named;    /* the ledger says that a record lies beside a copy of it */
    bool recorded; /* found is one that the ledger names */
    bool kept;     /* a record of it must stay as it is */
    bool reached;  /* a copy of it is there, and may get a record */
};

struct archive_records {
    struct archive_record *list; /* owned */
    size_t count;
};

/* What there is to stamp: the copies, which stay the caller's, by item and digest. */
int archive_record_group(struct archive_records *out, const struct archive_held *held, struct hz_error *err);
void archive_record_free(struct archive_records *r); /* legal on a zeroed struct */

/* Judges bytes as the record of r; roots NULL: none. */
int archive_record_judge(const struct archive_record *r, const struct buf *bytes, const struct r_timestamp_roots *roots,
                         struct r_ers *out, struct hz_error *err);
enum archive_record_use {
    ARCHIVE_RECORD_GOOD,
    ARCHIVE_RECORD_VOID, /* it proves nothing: another one may take its place */
    ARCHIVE_RECORD_WIDE, /* the SHA-512 of what it is about is needed */
    ARCHIVE_RECORD_FULL, /* it may prove something, but this program cannot go on with it: it is left alone */
};

/* Takes what lies beside a copy as the record to go on with, where it is better than what was found before: the ledger
 * names it, then it is proven, then it holds still, then it reaches further back, then its last time stamp is later.
 * *recorded: the ledger names it; or it named the record as it was before the last time stamps of this one, and that is
 * then taken. */
int archive_record_offer(struct archive_record *r, const struct buf *bytes, const struct r_timestamp_roots *roots,
                         enum archive_record_use *use, bool *recorded, struct hz_error *err);

/* Appends the record of this digest: the bytes, or what they were before the last time stamps in them. A renewal that
 * was ended before it was recorded, or somebody else, put those there. HZ_E_NOTFOUND or HZ_E_FORMAT: it is not in them.
 */
int archive_record_named(const struct buf *bytes, const char *sha256, struct buf *out);

/* Takes away the last time stamps of what was found where it is not proven from its first one on, and without them is
 * proven by now, and from an earlier time. *cut: how many. */
int archive_record_settle(struct archive_record *r, const struct r_timestamp_roots *roots, size_t *cut,
                          struct hz_error *err);

/* The digest of the last chain of what was found; false where nothing was. */
bool archive_record_is_wide(const struct archive_record *r);
/* One tree over all that were reached: a new group, the last time stamp of a record, or (wide) a group together with
 * the chains of a record of SHA-256. Equal ones are one leaf. wide: SHA-512; the wides of those are there which have no
 * record of it. */
int archive_record_tree(struct archive_records *r, struct w_ers_tree *tree, bool wide,
                        unsigned char root[W_DIGEST_512_SIZE], struct hz_error *err);
/* Makes the records from the authority's answer. HZ_E_INVALID: one would not be
 * proven. */
int archive_record_make(struct archive_records *r, const struct w_ers_tree *tree, bool wide, const struct buf *answer,
                        const struct r_timestamp_roots *roots, struct hz_error *err);

#endif

/* Recording: the one way into the log. Statements are signed before; the write transaction is short. */
#ifndef HZ_CUSTODY_APPEND_H
#define HZ_CUSTODY_APPEND_H

#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "custody/store.h"
#include "formats/read/hash.h"
#include "formats/read/ledger.h"
#include "formats/write/digest.h"
#include "formats/write/entry.h"

/* The state of the log at a size. */
struct head {
    char ledger[R_SHA256_HEX];
    uint64_t size;
    unsigned char root[W_DIGEST_SIZE];
};

struct append {
    struct store *store;
    struct head head; /* after what was added so far; root only after append_commit */
    struct stamp last;
    unsigned char leaf[W_DIGEST_SIZE]; /* of the latest entry */
};

/* The present head. HZ_E_FORMAT when the ledger is empty. */
int append_head(struct store *s, struct head *out, struct hz_error *err);

/* Takes the ledger for writing. genesis: digest of the first statement, for an empty ledger; else NULL.
 * After HZ_OK call append_commit or append_abort. */
int append_begin(struct append *a, struct store *s, const char *genesis, struct hz_error *err);
/* Checks the signatures of a statement, which no entry has a say in: without the ledger, and so before it is taken.
 * HZ_E_INVALID as r_ledger_verify. */
int append_verify(struct r_keys *keys, const struct w_signed *content, struct r_ledger_signers *out,
                  struct hz_error *err);
/* Adds an entry, after every check that the audit would make. signers: of append_verify, about this very content.
 * HZ_E_DENIED: a rule of custody forbids it, or this machine's clock is behind the latest entry. *sequence may be NULL.
 */
int append_verified(struct append *a, const struct w_signed *content, const struct r_ledger_signers *signers,
                    uint64_t *sequence, struct hz_error *err);
/* The two, one after the other. */
int append_add(struct append *a, const struct w_signed *content, uint64_t *sequence, struct hz_error *err);
/* After HZ_OK everything added is on disk, and a->head says what the log is now. */
int append_commit(struct append *a, struct hz_error *err);
void append_abort(struct append *a);
/* verify, begin, add, commit. *head: the log afterwards. */
int append_one(struct store *s, const struct w_signed *content, struct head *head, struct hz_error *err);

#endif

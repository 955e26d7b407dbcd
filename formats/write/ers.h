/* Evidence records (RFC 4998) as this program makes them: formats/spec/evidence.md. Digests are SHA-256 or, where it
 * says wide, SHA-512, of W_DIGEST_SIZE or W_DIGEST_512_SIZE bytes. */
#ifndef HZ_FORMATS_WRITE_ERS_H
#define HZ_FORMATS_WRITE_ERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "formats/write/digest.h"

#define W_ERS_MAX ((size_t)1 << 20)
#define W_ERS_GROUP 256 /* digests of one group, at most */

/* A binary hash tree over groups of digests: each group is what one record is about. */
struct w_ers_tree;

int w_ers_tree_new(struct w_ers_tree **out, bool wide, struct hz_error *err);
void w_ers_tree_free(struct w_ers_tree *tree); /* NULL is legal */
/* 1 to W_ERS_GROUP digests, one behind the other in any order, each counted once; *leaf is the group's number. */
int w_ers_tree_add(struct w_ers_tree *tree, const void *digests, size_t count, size_t *leaf, struct hz_error *err);
/* The root, which is to be stamped; after it nothing is added. At least one group was. */
int w_ers_tree_root(struct w_ers_tree *tree, unsigned char *root, struct hz_error *err);
/* Appends the reduced hash tree of a group: the lists of RFC 4998 section 4.2 in DER, nothing where the root is the
 * group's one digest. After w_ers_tree_root. */
int w_ers_tree_reduced(const struct w_ers_tree *tree, size_t leaf, struct buf *out, struct hz_error *err);

/* The token in a time-stamp response: *token points into the bytes. HZ_E_FORMAT: there is none, or not in DER. */
int w_ers_token(const void *response, size_t len, const unsigned char **token, size_t *token_len, struct hz_error *err);
/* Appends a new record with one time stamp. */
int w_ers_begin(bool wide, const struct buf *reduced, const unsigned char *token, size_t token_len, struct buf *out,
                struct hz_error *err);

/* The digest that a time stamp must cover which is to renew a record: of its last token. HZ_E_FORMAT. */
int w_ers_last(const struct buf *record, bool wide, unsigned char *out, struct hz_error *err);
/* Appends the record as it was before its last time stamp. HZ_E_NOTFOUND: it has no other; HZ_E_FORMAT. */
int w_ers_before(const struct buf *record, struct buf *out, struct hz_error *err);
/* Appends the record with one time stamp more at the end of its last chain, which has that digest. HZ_E_FORMAT: it is
 * none; HZ_E_LIMIT. */
int w_ers_renew(const struct buf *record, bool wide, const struct buf *reduced, const unsigned char *token,
                size_t token_len, struct buf *out, struct hz_error *err);

/* What a new chain of SHA-512 has of an object whose SHA-512 this is: digest of it and of all chains so far (RFC 4998
 * section 5.3). HZ_E_FORMAT. */
int w_ers_object(const struct buf *record, const unsigned char object[W_DIGEST_512_SIZE],
                 unsigned char out[W_DIGEST_512_SIZE], struct hz_error *err);
/* Appends the record with a further chain of SHA-512. HZ_E_FORMAT, HZ_E_LIMIT. */
int w_ers_rechain(const struct buf *record, const struct buf *reduced, const unsigned char *token, size_t token_len,
                  struct buf *out, struct hz_error *err);

#endif

/* The persons of a ledger, by the fingerprint of their key. */
#ifndef HZ_CUSTODY_PERSON_H
#define HZ_CUSTODY_PERSON_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/store.h"
#include "formats/read/statement.h"
#include "formats/write/statement.h"

struct person {
    char *name, *title, *organisation, *role, *contact, *key, *public_key; /* owned; NULL: not recorded */
    struct w_time valid_from, valid_until;
    bool checkpoint_signer; /* false when ended */
    bool ended;             /* the key was revoked, or another has taken its place */
    uint64_t entry;         /* that added the key */
};

void person_free(struct person *p); /* legal on a zeroed struct */
/* *found false: nobody of this key; out stays as it was. */
int person_find(struct store *s, const char *key, struct person *out, bool *found, struct hz_error *err);
/* Adds what a genesis or person statement says, recorded by entry `sequence`. */
int person_insert(struct store *s, const struct r_person *p, uint64_t sequence, struct hz_error *err);
/* The name of a key's owner as text for people: what the ledger says, else the fingerprint. Appends. */
int person_name(struct store *s, const char *key, struct buf *out, struct hz_error *err);
/* "Sato Hanako, Tanaka Ken": those who may sign checkpoints. Appends. */
int person_checkpoint_signers(struct store *s, struct buf *out, struct hz_error *err);

/* As the actor of a statement (without public key), and with everything. The pointers are p's. */
struct w_person person_as_actor(const struct person *p);
struct w_person person_in_full(const struct person *p);

/* Reads an OpenSSH public key file: "type base64 comment". The comment becomes the name, and the mail address in angle
 * brackets at its end the contact. HZ_E_FORMAT when it is none. */
int person_from_file(struct person *out, const char *path, struct hz_error *err);
/* Replaces one of the texts; a NULL value leaves it. */
int person_set(char **field, const char *value, struct hz_error *err);
/* Name and contact from a comment, where they are not set already. */
int person_from_comment(struct person *p, const char *comment, struct hz_error *err);

#endif

/* A statement of the custody ledger: canonical JSON, as formats/spec/ledger.md sections 1 and 2 say. What is NULL here
 * is an absent key there. Which members a type asks for is the caller's business: r_statement_parse tells. */
#ifndef HZ_FORMATS_WRITE_STATEMENT_H
#define HZ_FORMATS_WRITE_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/inspection.h"
#include "formats/write/ledger_member.h"

#define W_STATEMENT_MAX (256U << 10)

struct w_person {
    const char *name, *title, *organisation, *role, *contact;
    const char *key;        /* fingerprint; NULL: of somebody who signs nothing */
    const char *public_key; /* "type base64"; NULL in an actor */
    bool checkpoint_signer; /* this and the next two are written in the body's person only */
    struct w_time valid_from, valid_until;
};

/* What hozen verify answered. */
struct w_evidence {
    const char *verdict, *integrity, *authenticity;
    const char *const *findings; /* codes, ascending, each once */
    size_t finding_count;
    const char *const *signers; /* fingerprints, ascending, each once */
    size_t signer_count;
    const char *files, *bytes; /* decimal */
    const char *case_id, *operator_name, *host, *started, *finished;
};

struct w_seen { /* the offer's checkpoint, as the receiver found it */
    bool known, verified;
    uint64_t size;
    const char *root; /* base64 */
};

struct w_beside { /* a file beside a copy; version: of a store; what is NULL is not known */
    const char *file, *sha256, *version;
};

struct w_checked { /* of a fixity: a copy whose bytes have the recorded digest */
    const char *item, *copy, *sha256;
    const struct w_beside *beside; /* what beside it has not; ascending by name */
    size_t beside_count;
};

struct w_recorded {                             /* of a renewal: the record that lies beside a copy from now on */
    const char *item, *copy, *sha256, *version; /* version: of a store, or NULL */
};

/* Members have the names of their keys; numbers are decimal text. */
struct w_statement_body {
    const char *authority, *by, *code_name, *compared, *condition, *contact, *copy, *custodian, *description, *exhibit;
    const char *file, *hold, *impact, *integrity, *key, *kind, *location, *medium, *method, *name, *offered_as, *old;
    const char *organisation, *origin, *outcome, *place, *privilege, *purpose, *reason, *reporter, *responsible, *role;
    const char *scope, *seal, *severity, *sha256, *sha512, *size, *symptoms, *text, *title, *tool, *tracking;
    const char *transport, *witness;
    struct w_time at, detected, due, expires, since, taken;
    struct { /* what it was taken from */
        const char *asset_tag, *description, *host, *ip, *mac, *machine_id, *make, *model, *os, *seal, *serial;
    } source;
    struct {
        struct w_time at;
        const char *by, *location;
    } discovered;
    struct {
        struct w_time at;
        const char *authority, *by, *changes, *command_line, *gaps, *location, *method, *reason, *tool, *tool_sha256;
    } collected;
    struct {
        const char *known_by, *offset;
    } clock;
    struct {
        const char *format, *members, *sha256;
    } listing;
    struct {
        const char *reason, *rule;
    } override;
    struct {
        const char *by, *from;
    } repaired;
    struct {
        const char *file, *immutable, *legal_hold, *mode, *parity, *read_back, *size, *target, *verity, *version,
            *volume;
        struct w_time retain_until;
        const struct w_beside *beside; /* ascending by name */
        size_t beside_count;
    } sealed;
    const struct w_beside *rest; /* of a copy, what else lies in it; ascending by name */
    size_t rest_count;
    const struct w_checked *checks; /* ascending by item and copy */
    size_t check_count;
    const struct w_recorded *records; /* ascending by item and copy */
    size_t record_count;
    const char *const *witnesses;
    size_t witness_count;
    const char *rules; /* of a policy: canonical JSON, an object; written as it is */
    const struct w_person *person, *to;
    const struct w_evidence *evidence;
    const struct w_inspection *inspection;
    const struct buf *offer, *proof, *receipt, *token; /* bytes of the files */
    struct w_seen checkpoint;
};

struct w_statement {
    const char *type, *ledger;
    struct w_person actor;
    const char *case_id, *item, *content_id, *file_sha256, *previous;
    struct w_time time;
    struct w_statement_body body;
};

/* Appends the bytes, with a fresh random nonce. HZ_E_FORMAT for text that is not UTF-8, HZ_E_LIMIT beyond out->limit,
 * HZ_E_CRYPTO without randomness. */
int w_statement_build(const struct w_statement *statement, struct buf *out, struct hz_error *err);

/* Where a text or a time of the body is kept, by its key ("text", "collected.at"): one of *text and *time is set, the
 * other NULL. false: the body has no text or time of this name. For commands that are tables. */
bool w_statement_place(struct w_statement_body *body, const char *key, const char ***text, struct w_time **time);

/* "YYYY-MM-DDTHH:MM:SS+HH:MM" */
void w_statement_time(char out[STAMP_SIZE], const struct w_time *time);

#endif

/* Statements of the custody ledger, read strictly (formats/spec/ledger.md sections 1 and 2). */
#ifndef HZ_FORMATS_READ_STATEMENT_H
#define HZ_FORMATS_READ_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/read/hash.h"
#include "formats/read/inspection.h"
#include "formats/read/ledger_member.h"
#include "formats/read/ledger_text.h"
#include "formats/read/statement_type.h"

#define R_STATEMENT_MAX ((size_t)256 << 10)
#define R_STATEMENT_LIST 64      /* findings or signers in one evidence, at most */
#define R_STATEMENT_WITNESSES 16 /* of one intake, at most */
#define R_STATEMENT_CHECKS 256   /* of one fixity or renewal, at most */
#define R_STATEMENT_BESIDE 128   /* of one copy, at most, and of one fixity */

/* A person who signs (without public_key), who receives an offer or an item (without checkpoint_signer and validity),
 * who is added (everything), or somebody who signs nothing (a key or none). */
struct r_person {
    bool present;
    const char *name, *title, *organisation, *role, *contact, *key, *public_key;
    struct r_when valid_from, valid_until;
    bool checkpoint_signer;
};

struct r_evidence {
    bool present;
    const char *verdict, *integrity, *authenticity;
    const char *findings[R_STATEMENT_LIST], *signers[R_STATEMENT_LIST];
    size_t finding_count, signer_count;
    const char *files, *bytes, *case_id, *operator_name, *host, *started, *finished;
};

struct r_seen {
    bool present, verified;
    uint64_t size;
    const char *root; /* base64 */
};

/* Beside a copy of the archive: a signature or a time stamp. sha256 NULL: it is not there, or cannot be read. */
struct r_beside {
    const char *file, *sha256, *version;
};

/* Of a fixity: a copy whose bytes have the digest that was recorded, and what beside it has not. */
struct r_checked {
    const char *item, *copy, *sha256;
    struct r_beside *beside; /* owned */
    size_t beside_count;
};

/* Of a renewal: the evidence record that lies beside a copy from now on. version: of a store, or NULL. */
struct r_recorded {
    const char *item, *copy, *sha256, *version;
};

/* NULL, or a text of NULL: the key is absent. All text lies in r_statement's `text`. */
struct r_statement_body {
    const char *authority, *by, *code_name, *compared, *condition, *contact, *copy, *custodian, *description, *exhibit;
    const char *file, *hold, *impact, *integrity, *key, *kind, *location, *medium, *method, *name, *offered_as, *old;
    const char *organisation, *origin, *outcome, *place, *privilege, *purpose, *reason, *reporter, *responsible, *role;
    const char *scope, *seal, *severity, *sha256, *sha512, *size, *symptoms, *text, *title, *tool, *tracking;
    const char *transport, *witness;
    struct r_when at, detected, due, expires, since, taken;
    struct { /* what it was taken from */
        const char *asset_tag, *description, *host, *ip, *mac, *machine_id, *make, *model, *os, *seal, *serial;
    } source;
    struct {
        struct r_when at;
        const char *by, *location;
    } discovered;
    struct {
        struct r_when at;
        const char *authority, *changes, *command_line, *gaps, *location, *method, *by, *reason, *tool, *tool_sha256;
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
    struct { /* where a copy of the archive lies, and what keeps it from being changed */
        const char *file, *immutable, *legal_hold, *mode, *parity, *read_back, *size, *target, *verity, *version,
            *volume;
        struct r_when retain_until;
        struct r_beside *beside; /* owned */
        size_t beside_count;
    } sealed;
    struct r_beside *rest; /* owned: what else lies in the copy */
    size_t rest_count;
    struct r_checked *checks; /* owned */
    size_t check_count;
    struct r_recorded *records; /* owned */
    size_t record_count;
    const char *witnesses[R_STATEMENT_WITNESSES];
    size_t witness_count;
    const char *rules; /* of a policy: canonical JSON, an object */
    struct r_person person, to;
    struct r_evidence evidence;
    struct r_inspection *inspection; /* intake; owned; NULL: none */
    struct r_seen checkpoint;
    struct buf offer, proof, receipt, token; /* decoded; empty when absent */
};

struct r_statement {
    struct r_ledger_text text;
    enum r_statement_type type;
    char digest[R_SHA256_HEX];
    const char *nonce, *ledger, *case_id, *item, *content_id, *file_sha256, *previous;
    struct r_person actor;
    const char *time_text;
    struct stamp time;
    struct r_statement_body body;
};

/* HZ_OK; HZ_E_FORMAT: outside the grammar; HZ_E_UNSUPPORTED: a schema or type that this version does not know;
 * HZ_E_NOMEM. r_hash_start must have succeeded. Free it with r_statement_free. */
int r_statement_parse(struct r_statement *out, const void *bytes, size_t len, struct hz_error *err);
void r_statement_free(struct r_statement *s); /* legal on a zeroed struct */

/* Makes a plain copy of a fixity, which owns nothing and is not freed, speak of its i-th check: item, body.copy and
 * body.sha256. */
void r_statement_aim(struct r_statement *copy, size_t i);

/* A member of the body that is one text, by its key in the record ("location", "text", "collected.at"; times as they
 * are written). NULL: absent, or no text. */
const char *r_statement_text(const struct r_statement *s, const char *key);

#endif

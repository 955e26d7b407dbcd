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
#include "formats/read/ledger_text.h"

#define R_STATEMENT_MAX ((size_t)256 << 10)
#define R_STATEMENT_LIST 64 /* findings or signers in one evidence, at most */

enum r_statement_type {
    R_STATEMENT_GENESIS,
    R_STATEMENT_PERSON,
    R_STATEMENT_INTAKE,
    R_STATEMENT_OFFER,
    R_STATEMENT_ACCEPTANCE,
    R_STATEMENT_DECLINE
};
#define R_STATEMENT_TYPES 6

struct r_person {
    bool present;
    const char *name, *organisation, *role, *contact, *key, *public_key;
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

/* NULL: the key is absent. All text lies in `text`. */
struct r_statement {
    struct r_ledger_text text;
    enum r_statement_type type;
    char digest[R_SHA256_HEX];
    const char *nonce, *ledger, *case_id, *item, *content_id, *file_sha256, *previous;
    struct r_person actor;
    const char *time_text;
    struct stamp time;
    struct r_statement_body {
        const char *organisation, *tool, *location, *condition, *purpose, *integrity;
        const char *seal, *transport, *tracking, *reason, *expires_text;
        struct stamp expires;
        struct r_person person, to;
        struct r_evidence evidence;
        struct r_inspection inspection; /* intake */
        struct r_seen checkpoint;
        struct buf offer, receipt; /* decoded; empty when absent */
    } body;
};

/* HZ_OK; HZ_E_FORMAT: outside the grammar; HZ_E_UNSUPPORTED: a schema or type that this version does not know;
 * HZ_E_NOMEM. r_hash_start must have succeeded. Free it with r_statement_free. */
int r_statement_parse(struct r_statement *out, const void *bytes, size_t len, struct hz_error *err);
void r_statement_free(struct r_statement *s); /* legal on a zeroed struct */

const char *r_statement_type_name(enum r_statement_type type);
/* HZ_OK or HZ_E_FORMAT. */
int r_statement_type_find(enum r_statement_type *out, const char *name, size_t len);

#endif

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

#define W_STATEMENT_MAX (256U << 10)

struct w_person {
    const char *name, *organisation, *role, *contact;
    const char *key;        /* fingerprint */
    const char *public_key; /* "type base64"; NULL in an actor */
    bool checkpoint_signer; /* written in the body's person only */
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

struct w_time {
    bool known;
    struct stamp at; /* written in whole seconds */
    int offset_minutes;
};

struct w_seen { /* the offer's checkpoint, as the receiver found it */
    bool known, verified;
    uint64_t size;
    const char *root; /* base64 */
};

struct w_statement {
    const char *type, *ledger;
    struct w_person actor;
    const char *case_id, *item, *content_id, *file_sha256, *previous;
    struct w_time time;
    struct { /* body */
        const char *organisation, *tool, *location, *condition, *purpose, *integrity;
        const char *seal, *transport, *tracking, *reason;
        const struct w_person *person, *to;
        const struct w_evidence *evidence;
        const struct w_inspection *inspection;
        const struct buf *offer, *receipt; /* bytes of the files */
        struct w_time expires;
        struct w_seen checkpoint;
    } body;
};

/* Appends the bytes, with a fresh random nonce. HZ_E_FORMAT for text that is not UTF-8, HZ_E_LIMIT beyond out->limit,
 * HZ_E_CRYPTO without randomness. */
int w_statement_build(const struct w_statement *statement, struct buf *out, struct hz_error *err);

/* "YYYY-MM-DDTHH:MM:SS+HH:MM" */
void w_statement_time(char out[STAMP_SIZE], const struct w_time *time);

#endif

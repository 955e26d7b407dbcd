/* Entries made of statements whose signatures are taken as verified, applied to a store in memory. */
#ifndef HZ_TESTS_CUSTODY_WORLD_H
#define HZ_TESTS_CUSTODY_WORLD_H

#include <stdio.h>

#include "custody/item.h"
#include "custody/person.h"
#include "custody/project.h"
#include "tests/unit/test.h"

#define SATO "SHA256:sssssssssssssssssssssssssssssssssssssssssss"
#define TANAKA "SHA256:ttttttttttttttttttttttttttttttttttttttttttt"
#define KONDO "SHA256:kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
#define MORI "SHA256:mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"
#define FILE_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct world {
    struct store *store;
    uint64_t size;
    int64_t now;
    unsigned char leaf[32], left[32];
    char moved[R_SHA256_HEX], last[R_SHA256_HEX];
    const char *code;
};

/* Records a statement signed by these keys, up to NULL. */
static inline int record(struct world *w, struct r_statement *s, const char *const *keys)
{
    struct r_entry entry = { .sequence = w->size, .recorded_at_text = "2026-11-20T12:00:00.000000000Z" };
    struct r_ledger_signers signers = { 0 };
    struct project_record record = { &entry, s, &signers, w->leaf, w->size > 0 ? w->left : NULL, NULL };
    struct hz_error err = { 0 };
    int rc;

    entry.recorded_at.seconds = w->now;
    if (s->time.seconds == 0)
        s->time.seconds = w->now;
    s->time_text = "2026-11-20T12:00:00+00:00";
    s->actor.name = "somebody";
    if (s->actor.key == NULL)
        s->actor.key = keys[0];
    snprintf(s->digest, sizeof s->digest, "%064x", (unsigned)w->size + 1);
    for (; keys[signers.count] != NULL; signers.count++)
        snprintf(signers.key[signers.count].fingerprint, sizeof signers.key[0].fingerprint, "%s", keys[signers.count]);
    w->code = "";
    rc = project_apply(w->store, &record, &w->code, &err);
    if (rc == HZ_OK) {
        w->size++;
        memcpy(w->last, s->digest, sizeof w->last);
    } else if (rc != HZ_E_DENIED) {
        fail_msg("%s", err.text);
    }
    return rc;
}

#define KEYS(...) ((const char *const[]) { __VA_ARGS__, NULL })
#define GOOD(call) assert_int_equal(call, HZ_OK)
#define DENIED(call, which)                                                                                            \
    do {                                                                                                               \
        assert_int_equal(call, HZ_E_DENIED);                                                                           \
        assert_string_equal(w.code, which);                                                                            \
    } while (0)

static inline struct r_person somebody(const char *key, bool checkpoint_signer)
{
    return (struct r_person) { .present = true,
                               .name = "somebody",
                               .key = key,
                               .public_key = "ssh-ed25519 AAAA",
                               .checkpoint_signer = checkpoint_signer };
}

static inline int add(struct world *w, const char *key, bool checkpoint_signer, const char *const *by)
{
    struct r_statement s = { .type = R_STATEMENT_PERSON, .body.person = somebody(key, checkpoint_signer) };

    return record(w, &s, by);
}

/* Sato signs checkpoints, Tanaka and Kondo are known; Sato holds the item. */
static inline struct world begin(void)
{
    struct world w = { .now = 1000 };
    struct r_statement s = { .type = R_STATEMENT_GENESIS, .body.person = somebody(SATO, true) };

    GOOD(store_scratch(&w.store, NULL));
    GOOD(record(&w, &s, KEYS(SATO)));
    GOOD(add(&w, TANAKA, false, KEYS(SATO)));
    GOOD(add(&w, KONDO, false, KEYS(SATO)));
    s = (struct r_statement) { .type = R_STATEMENT_INTAKE, .item = "I", .file_sha256 = FILE_A };
    s.body.location = "locker";
    s.body.evidence = (struct r_evidence) { .present = true, .verdict = "verified", .integrity = "intact" };
    GOOD(record(&w, &s, KEYS(SATO)));
    memcpy(w.moved, w.last, sizeof w.moved);
    return w;
}

static inline void expect(struct world *w, const char *sql, const char *value)
{
    struct query q;
    bool row;

    query_open(&q, w->store, sql);
    GOOD(query_row(&q, &row, NULL));
    assert_string_equal(row ? query_get_text(&q, 0) : "no row", value);
    query_close(&q);
}

static inline int rotate(struct world *w, const char *old, const char *key, bool signer, const char *const *by)
{
    struct r_statement s = { .type = R_STATEMENT_ROTATION, .body.person = somebody(key, signer) };

    s.body.old = old;
    return record(w, &s, by);
}

static inline int revoke(struct world *w, const char *key, const char *const *by)
{
    struct r_statement s = { .type = R_STATEMENT_REVOCATION };

    s.body.key = key;
    s.body.reason = "compromised";
    s.body.since.text = "2026-11-19T12:00:00+00:00";
    return record(w, &s, by);
}

static inline int note(struct world *w, const char *by)
{
    struct r_statement s = { .type = R_STATEMENT_NOTE, .case_id = "C", .body.text = "x" };

    return record(w, &s, KEYS(by));
}

#endif

/* A ledger of a few persons with real signatures, and what the audit tells of it. */
#ifndef HZ_TESTS_CUSTODY_AUDIT_WORLD_H
#define HZ_TESTS_CUSTODY_AUDIT_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "custody/actor.h"
#include "custody/append.h"
#include "custody/attribution.h"
#include "custody/audit.h"
#include "custody/checkpoint.h"
#include "tests/unit/test.h"

enum who { SATO, TANAKA, KONDO, MORI, WHO };
static const char *const names[WHO] = { "Sato Hanako", "Tanaka Ken", "Kondo Aoi", "Mori Jun" };
#define FILE_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct world {
    char folder[64], path[96];
    struct store *store;
    struct head head;
    struct actor people[WHO];
};

#define GOOD(call) assert_int_equal(call, HZ_OK)

/* Signed by these people, the first of whom acts. */
static inline void record(struct world *w, struct w_statement *s, const enum who *by, size_t count)
{
    struct buf statement = BUF_INIT(W_STATEMENT_MAX), armours[WHO];
    struct w_signed content = { .statement = &statement };
    const struct actor *order[WHO];
    struct hz_error err = { 0 };
    int rc;

    s->actor = person_as_actor(&w->people[by[0]].person);
    if (s->ledger == NULL && strcmp(s->type, "genesis") != 0)
        s->ledger = w->head.ledger;
    GOOD(w_statement_build(s, &statement, NULL));
    for (size_t i = 0; i < count; i++) {
        size_t k = i;
        for (; k > 0 && strcmp(w_key_id(order[k - 1]->key), w_key_id(w->people[by[i]].key)) > 0; k--)
            order[k] = order[k - 1];
        order[k] = &w->people[by[i]];
    }
    for (size_t i = 0; i < count; i++) {
        buf_init(&armours[i], 8192);
        GOOD(actor_sign(order[i], R_LEDGER_NAMESPACE, &statement, &armours[i], NULL));
        content.signatures[content.signature_count++] = (const char *)armours[i].data;
    }
    if (strcmp(s->type, "genesis") == 0) {
        struct r_statement parsed;
        struct append a;
        GOOD(r_statement_parse(&parsed, statement.data, statement.len, NULL));
        GOOD(append_begin(&a, w->store, parsed.digest, NULL));
        GOOD(append_add(&a, &content, NULL, NULL));
        GOOD(append_commit(&a, NULL));
        w->head = a.head;
        r_statement_free(&parsed);
    } else {
        rc = append_one(w->store, &content, &w->head, &err);
        if (rc != HZ_OK)
            fail_msg("%s: %s", s->type, err.text);
    }
    for (size_t i = 0; i < count; i++)
        buf_free(&armours[i]);
    buf_free(&statement);
}

#define BY(...) (const enum who[]) { __VA_ARGS__ }, sizeof(const enum who[]) { __VA_ARGS__ } / sizeof(enum who)

static inline struct w_statement statement(const char *type)
{
    return (struct w_statement) { .type = type, .time = actor_now() };
}

static inline void add(struct world *w, enum who person, bool signer, const enum who *by, size_t count)
{
    struct w_statement s = statement("person");
    struct w_person full = person_in_full(&w->people[person].person);

    full.checkpoint_signer = w->people[person].person.checkpoint_signer = signer;
    s.body.person = &full;
    record(w, &s, by, count);
}

/* Sato's ledger of three persons: entries 0 to 2. */
static inline void begin(struct world *w)
{
    struct w_statement s = statement("genesis");
    struct w_person full;
    FILE *empty;

    memset(w, 0, sizeof *w);
    GOOD(r_hash_start(NULL));
    snprintf(w->folder, sizeof w->folder, "/tmp/hozen-audit-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->path, sizeof w->path, "%s/l.db", w->folder);
    empty = fopen(w->path, "w");
    assert_non_null(empty);
    fclose(empty);
    GOOD(store_create(&w->store, w->path, NULL));
    for (int i = 0; i < WHO; i++) {
        GOOD(w_key_generate(&w->people[i].key, W_KEY_ED25519, W_KEY_CUSTODY, NULL));
        GOOD(actor_public_key(&w->people[i], NULL));
        GOOD(person_set(&w->people[i].person.name, names[i], NULL));
    }
    w->people[SATO].person.checkpoint_signer = true;
    full = person_in_full(&w->people[SATO].person);
    s.body.organisation = "CSIRT Example";
    s.body.tool = "test";
    s.body.person = &full;
    record(w, &s, BY(SATO));
    add(w, TANAKA, false, BY(SATO));
    add(w, KONDO, false, BY(SATO));
}

static inline void note(struct world *w, const enum who *by, size_t count)
{
    struct w_statement s = statement("note");

    s.case_id = "C";
    s.body.text = "x";
    record(w, &s, by, count);
}

static inline void end_key(struct world *w, enum who person, int64_t since, const enum who *by, size_t count)
{
    struct w_statement s = statement("revocation");

    s.body.key = w_key_fingerprint(w->people[person].key);
    s.body.reason = "compromised";
    s.body.since = actor_now();
    s.body.since.at = stamp_add(s.body.since.at, since);
    record(w, &s, by, count);
}

static inline void remove_ledger(const struct world *w)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    char path[128];

    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", w->path, suffixes[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(w->folder), 0);
}

/* A column that no rule asks for, so that all is derived again and nothing else is found. */
static inline void alter(const struct world *w)
{
    sqlite3 *db = NULL;

    GOOD(sqlite3_open(w->path, &db));
    GOOD(sqlite3_exec(db, "DROP TRIGGER statement_update; UPDATE statement SET previous = 'x' WHERE entry = 1", NULL,
                      NULL, NULL));
    GOOD(sqlite3_exec(db,
                      "CREATE TRIGGER statement_update BEFORE UPDATE ON statement\n"
                      "BEGIN SELECT raise(ABORT, 'statements are never changed'); END",
                      NULL, NULL, NULL));
    sqlite3_close(db);
}

/* Compares "code@entry ..." and the verdict with what the audit says; compared: the tables were not derived again. */
static inline void audit(const struct world *w, const char *expected, enum audit_verdict verdict, bool compared)
{
    struct buf said = BUF_INIT(4096);
    struct audit a;
    struct hz_error err = { 0 };
    size_t altered = 0;

    if (audit_run(&a, &(struct audit_order) { .ledger = w->path }, &err) != HZ_OK)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < a.finding_count; i++)
        if (strcmp(a.findings[i].code, "projection-altered") == 0)
            altered++;
        else
            buf_printf(&said, "%s%s@%llu", said.len > 0 ? " " : "", a.findings[i].code,
                       (unsigned long long)a.findings[i].entry);
    assert_string_equal(buf_text(&said), expected);
    assert_int_equal(audit_verdict(&a), compared ? verdict : AUDIT_FAILED);
    assert_int_equal(altered, compared ? 0 : 1);
    assert_ptr_equal(a.told, compared ? a.store : a.scratch);
    audit_free(&a);
    buf_free(&said);
}

/* Closes the ledger; both ways to audit it find the same. */
static inline void end(struct world *w, const char *expected, enum audit_verdict verdict)
{
    store_close(w->store);
    audit(w, expected, verdict, true);
    alter(w);
    audit(w, expected, verdict, false);
    for (int i = 0; i < WHO; i++)
        actor_free(&w->people[i]);
    remove_ledger(w);
}

#endif

/* What the audit tells of keys that ended, copies and policy, in ledgers with real signatures: findings that are about
 * these and do not make the ledger failed, and what does. */
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
static void record(struct world *w, struct w_statement *s, const enum who *by, size_t count)
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

static struct w_statement statement(const char *type)
{
    return (struct w_statement) { .type = type, .time = actor_now() };
}

static void add(struct world *w, enum who person, bool signer, const enum who *by, size_t count)
{
    struct w_statement s = statement("person");
    struct w_person full = person_in_full(&w->people[person].person);

    full.checkpoint_signer = w->people[person].person.checkpoint_signer = signer;
    s.body.person = &full;
    record(w, &s, by, count);
}

/* Sato's ledger of three persons: entries 0 to 2. */
static void begin(struct world *w)
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

static void note(struct world *w, const enum who *by, size_t count)
{
    struct w_statement s = statement("note");

    s.case_id = "C";
    s.body.text = "x";
    record(w, &s, by, count);
}

static void end_key(struct world *w, enum who person, int64_t since, const enum who *by, size_t count)
{
    struct w_statement s = statement("revocation");

    s.body.key = w_key_fingerprint(w->people[person].key);
    s.body.reason = "compromised";
    s.body.since = actor_now();
    s.body.since.at = stamp_add(s.body.since.at, since);
    record(w, &s, by, count);
}

static void remove_ledger(const struct world *w)
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
static void alter(const struct world *w)
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
static void audit(const struct world *w, const char *expected, enum audit_verdict verdict, bool compared)
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
static void end(struct world *w, const char *expected, enum audit_verdict verdict)
{
    store_close(w->store);
    audit(w, expected, verdict, true);
    alter(w);
    audit(w, expected, verdict, false);
    for (int i = 0; i < WHO; i++)
        actor_free(&w->people[i]);
    remove_ledger(w);
}

/* Whose the note of an entry is, and whether it says something else. */
static void attributed(const struct world *w, uint64_t entry, const char *name, bool differs)
{
    struct offering_entry e = { 0 };
    struct attribution by = { 0 };

    GOOD(offering_at(w->store, entry, &e, NULL));
    GOOD(attribution_make(w->store, w->store, entry, &e.statement, &by, NULL));
    assert_string_equal(e.statement.actor.name, name);
    assert_null(e.statement.actor.title);
    assert_int_equal(by.differs, differs);
    attribution_free(&by);
    offering_entry_free(&e);
}

static void test_named_otherwise(void **state)
{
    struct world w;
    struct person *kondo = &w.people[KONDO].person;

    (void)state;
    begin(&w);
    GOOD(person_set(&kondo->name, "Sato Hanako", NULL));
    note(&w, BY(KONDO));
    GOOD(person_set(&kondo->name, "Kondo Aoi", NULL));
    GOOD(person_set(&kondo->title, "prosecutor", NULL)); /* of whom the ledger knows no title */
    note(&w, BY(KONDO));
    free(kondo->title);
    kondo->title = NULL;
    note(&w, BY(KONDO));
    attributed(&w, 3, "Kondo Aoi", true);
    attributed(&w, 4, "Kondo Aoi", true);
    attributed(&w, 5, "Kondo Aoi", false);
    end(&w, "signer-named-otherwise@3 signer-named-otherwise@4", AUDIT_CONSISTENT);
}

static void test_in_doubt(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    note(&w, BY(TANAKA));
    note(&w, BY(KONDO, TANAKA)); /* signed beside the actor */
    note(&w, BY(KONDO));
    end_key(&w, TANAKA, -3600, BY(TANAKA));
    end(&w, "signer-in-doubt@3 signer-in-doubt@4", AUDIT_CONSISTENT);
}

static void test_not_in_doubt(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    note(&w, BY(TANAKA));
    end_key(&w, TANAKA, 3600, BY(SATO, KONDO));
    end(&w, "", AUDIT_CONSISTENT);
}

/* A checkpoint signer may seal the entry that ends the own key, and nothing after it. */
static void test_last_seal(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    add(&w, MORI, true, BY(SATO, MORI));
    end_key(&w, SATO, 3600, BY(SATO));
    GOOD(checkpoint_sign(w.store, &w.head, &w.people[SATO], NULL));
    note(&w, BY(MORI));
    GOOD(checkpoint_sign(w.store, &w.head, &w.people[MORI], NULL));
    end(&w, "", AUDIT_CONSISTENT);
}

static void test_seal_too_late(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    add(&w, MORI, true, BY(SATO, MORI));
    GOOD(checkpoint_sign(w.store, &w.head, &w.people[MORI], NULL));
    end_key(&w, SATO, 3600, BY(SATO));
    note(&w, BY(MORI));
    GOOD(checkpoint_sign(w.store, &w.head, &w.people[SATO], NULL));
    end(&w, "checkpoint-inconsistent@4", AUDIT_FAILED);
}

static void take_in(struct world *w, const char *integrity)
{
    const struct w_evidence evidence = { .verdict = strcmp(integrity, "altered") == 0 ? "failed" : "verified",
                                         .integrity = integrity,
                                         .authenticity = "absent" };
    struct w_statement s = statement("intake");

    s.item = "I";
    s.file_sha256 = FILE_A;
    s.body.location = "locker";
    s.body.tool = "test";
    s.body.evidence = &evidence;
    record(w, &s, BY(SATO));
}

static void recheck(struct world *w, const char *integrity)
{
    const struct w_evidence evidence = { .verdict = strcmp(integrity, "altered") == 0 ? "failed" : "verified",
                                         .integrity = integrity,
                                         .authenticity = "absent" };
    struct w_statement s = statement("recheck");

    s.item = "I";
    s.file_sha256 = FILE_A;
    s.body.tool = "test";
    s.body.evidence = &evidence;
    record(w, &s, BY(KONDO));
}

static void make_copy(struct world *w)
{
    struct w_statement s = statement("copy");

    s.item = "I";
    s.body.copy = "w1";
    s.body.role = "working";
    s.body.sha256 = FILE_A;
    record(w, &s, BY(SATO));
}

static void test_one_rotten_copy(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    take_in(&w, "intact");
    make_copy(&w);
    recheck(&w, "altered");
    end(&w, "copy-failed@5", AUDIT_CONSISTENT);
}

static void test_resolved(void **state)
{
    struct w_statement s = statement("resolution");
    struct world w;

    (void)state;
    begin(&w);
    take_in(&w, "intact");
    recheck(&w, "altered");
    s.item = "I";
    s.body.outcome = "accepted";
    s.body.reason = "it cannot be had again";
    record(&w, &s, BY(SATO, TANAKA));
    end(&w, "", AUDIT_CONSISTENT);
}

static void test_failed(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    take_in(&w, "intact");
    recheck(&w, "altered");
    end(&w, "integrity-failed@4", AUDIT_CONSISTENT);
}

static void test_policy(void **state)
{
    struct w_statement s = statement("policy");
    struct world w;

    (void)state;
    begin(&w);
    take_in(&w, "intact");
    s.body.rules = "{\"copies\":2,\"recheck_days\":1}"; /* everything is of today */
    record(&w, &s, BY(SATO, TANAKA));
    end(&w, "policy-unmet@3", AUDIT_CONSISTENT);
}

/* What was changed behind its signature is no entry, whether its key was met before or not. */
static void test_wrong_signature(void **state)
{
    HZ_CLEANUP(actor_signed_free) struct actor_signed made = { 0 };
    struct w_statement s = statement("note");
    struct world w;

    (void)state;
    begin(&w);
    s.actor = person_as_actor(&w.people[SATO].person);
    s.ledger = w.head.ledger;
    s.case_id = "C";
    s.body.text = "x";
    GOOD(actor_sign_statement(&w.people[SATO], &s, &made, NULL));
    for (int i = 0; i < 3; i++) { /* wrong, right, wrong */
        struct w_signed content = { &made.statement, { (const char *)made.armour.data }, 1 };
        made.statement.data[made.statement.len / 2] ^= i != 1;
        assert_int_equal(append_one(w.store, &content, &w.head, NULL), i == 1 ? HZ_OK : HZ_E_INVALID);
        made.statement.data[made.statement.len / 2] ^= i != 1;
    }
    assert_int_equal(w.head.size, 4);
    end(&w, "", AUDIT_CONSISTENT);
}

/* What is wrong with the file alone is found beside the entries: then nothing counts that was only compared. */
static void test_unused_page(void **state)
{
    unsigned char size[4], page[4096] = { 0 };
    struct world w;
    FILE *file;

    (void)state;
    begin(&w);
    store_close(w.store);
    file = fopen(w.path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    assert_int_equal(fwrite(page, 1, sizeof page, file), sizeof page);
    assert_int_equal(fseek(file, 28, SEEK_SET), 0); /* how many pages there are (SQLite's file format, section 1.3.7) */
    assert_int_equal(fread(size, 1, 4, file), 4);
    size[3]++;
    assert_int_equal(fseek(file, 28, SEEK_SET), 0);
    assert_int_equal(fwrite(size, 1, 4, file), 4);
    assert_int_equal(fclose(file), 0);
    audit(&w, "", AUDIT_FAILED, false);
    for (int i = 0; i < WHO; i++)
        actor_free(&w.people[i]);
    remove_ledger(&w);
}

TEST_MAIN(cmocka_unit_test(test_named_otherwise), cmocka_unit_test(test_in_doubt), cmocka_unit_test(test_not_in_doubt),
          cmocka_unit_test(test_last_seal), cmocka_unit_test(test_seal_too_late),
          cmocka_unit_test(test_one_rotten_copy), cmocka_unit_test(test_resolved), cmocka_unit_test(test_failed),
          cmocka_unit_test(test_policy), cmocka_unit_test(test_wrong_signature), cmocka_unit_test(test_unused_page))

/* What the audit tells of keys that ended, copies and policy, in ledgers with real signatures: findings that are about
 * these and do not make the ledger failed, and what does. */
#include "custody/describe.h"
#include "tests/unit/custody/audit_world.h"

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

/* A statement that names somebody by a key: told is whom the ledger has for that, and what the statement says. */
static void named(const struct world *w, const char *key, const char *name, const char *told, const char *as)
{
    struct offering_entry e = { 0 };
    struct attribution by = { 0 };
    struct buf text = BUF_INIT(8192), sentence = BUF_INIT(8192);

    GOOD(offering_at(w->store, 3, &e, NULL));
    e.statement.body.to = (struct r_person) { .present = true, .name = name, .key = key };
    GOOD(attribution_make(w->store, w->store, 3, &e.statement, &by, NULL));
    assert_string_equal(e.statement.body.to.name, told);
    attribution_named(&by, &text);
    assert_int_equal(text.len > 0, as != NULL);
    if (as != NULL)
        assert_string_equal(buf_text(&text), as);
    GOOD(describe_statement(&e.statement, &by, &sentence, NULL));
    assert_int_equal(strstr((const char *)sentence.data, "receiver named as: Sato Hanako") != NULL, as != NULL);
    buf_free(&text);
    buf_free(&sentence);
    attribution_free(&by);
    offering_entry_free(&e);
}

static void test_receiver_named_otherwise(void **state)
{
    static const char stranger[] = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct world w;

    (void)state;
    begin(&w);
    note(&w, BY(KONDO));
    named(&w, w.people[KONDO].person.key, "Sato Hanako", "Kondo Aoi", "Sato Hanako");
    named(&w, w.people[KONDO].person.key, "Kondo Aoi", "Kondo Aoi", NULL);
    named(&w, stranger, "Sato Hanako", "Sato Hanako", NULL);
    named(&w, NULL, "Sato Hanako", "Sato Hanako", NULL);
    end(&w, "", AUDIT_CONSISTENT);
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

TEST_MAIN(cmocka_unit_test(test_named_otherwise), cmocka_unit_test(test_receiver_named_otherwise),
          cmocka_unit_test(test_in_doubt), cmocka_unit_test(test_not_in_doubt), cmocka_unit_test(test_last_seal),
          cmocka_unit_test(test_seal_too_late), cmocka_unit_test(test_one_rotten_copy), cmocka_unit_test(test_resolved),
          cmocka_unit_test(test_failed), cmocka_unit_test(test_policy), cmocka_unit_test(test_wrong_signature),
          cmocka_unit_test(test_unused_page))

/* Entries of exports, one thing wrong in each run of them: what is found, and about which entry. */
#include "tests/unit/verify/export_made.h"

static void test_whole(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    genesis(&r);
    person(&r, &tanaka);
    note(&r);
    intake(&r, "I");
    expect(&r, NULL, &tanaka, "followed sato");
    expect(&r, &(struct r_export) { .root = { 1 } }, &sato, "checkpoint-inconsistent followed sato");
    expect(&r, &(struct r_export) { .root = { 0, 1 } }, &sato, "export-altered followed sato");
    expect(&r, &(struct r_export) { .size = 5 }, &sato, "checkpoint-inconsistent@4 followed sato");
    expect(&r, &(struct r_export) { .size = 3 }, &sato, "record-reordered@3 - sato");
    expect(&r, &(struct r_export) { .key = tanaka.key }, &sato, "followed sato");
    expect(&r, &(struct r_export) { .key = "SHA256:nobody" }, &sato, "export-altered followed sato");
    end(&r);
    begin(&r); /* nobody of these was ever named */
    genesis(&r);
    expect(&r, NULL, &tanaka, "export-altered followed sato");
    expect(&r, &(struct r_export) { .key = tanaka.key }, &sato, "export-altered followed sato");
    end(&r);
}

/* What a jailed checker says is believed up to the bounds of its lists, and where its texts end. */
static void test_sane(void **state)
{
    static struct exported x;

    (void)state;
    for (int i = 0; i < EXPORTED_FINDINGS + 3; i++)
        exported_find(&x, EXPORTED_CODES - 1, "%d", i);
    for (int i = 0; i < EXPORTED_UNKNOWN + 3; i++)
        exported_unknown(&x, "%d", i);
    assert_int_equal(x.finding_count, EXPORTED_FINDINGS);
    assert_int_equal(x.unknown_count, EXPORTED_UNKNOWN);
    assert_true(exported_is_sane(&x));
    x.unknown_count++;
    assert_false(exported_is_sane(&x));
    x.unknown_count = 0;
    x.finding_count++;
    assert_false(exported_is_sane(&x));
    x.finding_count--;
    x.findings[EXPORTED_FINDINGS - 1].code = EXPORTED_CODES;
    assert_false(exported_is_sane(&x));
    x.findings[EXPORTED_FINDINGS - 1].code = EXPORTED_CODES - 1;
    memset(x.findings[EXPORTED_FINDINGS - 1].detail, 'x', EXPORTED_DETAIL);
    assert_false(exported_is_sane(&x));
    x.finding_count = 0;
    x.unknown_count = 1;
    memset(x.unknown[0], 'x', EXPORTED_DETAIL);
    assert_false(exported_is_sane(&x));
}

/* What the folder calls people is what the entries call them. */
static void test_names(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    genesis(&r);
    person(&r, &tanaka);
    expect(&r, &(struct r_export) { .name = "Somebody" }, &tanaka, "followed sato");
    expect(&r, &(struct r_export) { .name = "Somebody else" }, &tanaka, "export-altered followed sato");
    expect(&r, &(struct r_export) { .organisation = "CSIRT" }, &tanaka, "export-altered followed sato");
    memcpy(listed_as, tanaka.keyid, R_SHA256_HEX);
    expect(&r, NULL, &tanaka, "followed sato");
    snprintf(listed_as, sizeof listed_as, "tanaka@csirt.example");
    expect(&r, NULL, &tanaka, "export-altered followed sato");
    snprintf(listed_as, sizeof listed_as, "somebody@csirt.example");
    snprintf(listed_name, sizeof listed_name, "Somebody else");
    expect(&r, NULL, &tanaka, "export-altered followed sato");
    snprintf(listed_name, sizeof listed_name, "Somebody");
    snprintf(listed_for, sizeof listed_for, "hozen-ledger-v1,hozen-bundle-v1");
    expect(&r, NULL, &tanaka, "export-altered followed sato");
    snprintf(listed_for, sizeof listed_for, "hozen-ledger-v1");
    listed_untouched = true;
    expect(&r, NULL, &tanaka, "export-altered followed sato");
    listed_untouched = false;
    listed_twice = true;
    expect(&r, NULL, &tanaka, "export-altered followed sato");
    listed_twice = false;
    end(&r);
}

static void test_places(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    r.number = 1;
    genesis(&r);
    expect(&r, &(struct r_export) { .size = 9 }, &sato, "record-missing@0 record-altered@1 -");
    end(&r);
    begin(&r);
    genesis(&r);
    r.number = 2;
    note(&r);
    note(&r);
    expect(&r, &(struct r_export) { .size = 9 }, &sato, "record-missing@1 - sato");
    end(&r);
    begin(&r);
    genesis(&r);
    note(&r);
    r.number = 1;
    note(&r);
    expect(&r, &(struct r_export) { .size = 9 }, &sato, "record-reordered@1 - sato");
    end(&r);
    begin(&r);
    genesis(&r);
    genesis(&r);
    expect(&r, NULL, &sato, "record-altered@1 record-altered@1 followed sato");
    end(&r);
}

static void test_records(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    genesis(&r);
    r.in_ledger = ZERO64;
    note(&r);
    r.in_ledger = NULL;
    r.of_ledger = ZERO64;
    note(&r);
    expect(&r, NULL, &sato, "record-altered@1 record-altered@2 followed sato");
    end(&r);
    begin(&r);
    r.second = 5;
    genesis(&r);
    r.second = 5; /* the same moment is not earlier */
    note(&r);
    r.second = 4;
    note(&r);
    expect(&r, NULL, &sato, "time-backwards@2 followed sato");
    end(&r);
    begin(&r);
    genesis(&r);
    note(&r);
    r.count = 1; /* the nonce of the one before */
    note(&r);
    r.count = 3;
    expect(&r, NULL, &sato, "record-altered@2 followed sato");
    end(&r);
    begin(&r);
    genesis(&r);
    r.actor = &tanaka; /* whom nobody knows */
    note(&r);
    r.actor = &sato;
    note(&r);
    expect(&r, NULL, &sato, "record-signature-invalid@1 - sato");
    end(&r);
    begin(&r);
    genesis(&r);
    r.outer = "\"item\":\"I\",";
    add(&r, "move", "{\"place\":\"p\"}");
    expect(&r, NULL, &sato, "custody-gap@1 - sato");
    end(&r);
}

static void test_policy(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    genesis(&r);
    person(&r, &tanaka);
    r.also[0] = &tanaka;
    add(&r, "policy", "{\"rules\":{\"rules\":[{\"name\":\"two\",\"persons\":2,\"types\":[\"note\"]}]}}");
    note(&r);
    r.also[0] = NULL;
    note(&r);
    expect(&r, NULL, &sato, "policy-violated@4 - sato");
    end(&r);
}

/* A new key stands where the old one was: among those who may sign, and as custodian. */
static void test_rotation(void **state)
{
    char body[900];
    struct run r;

    (void)state;
    begin(&r);
    genesis(&r);
    person(&r, &tanaka);
    intake(&r, "I");
    snprintf(body, sizeof body, "{\"old\":\"%s\",\"person\":%s}", sato.key, person_of(&kondo, true));
    r.also[0] = &tanaka;
    r.also[1] = &kondo;
    add(&r, "rotation", body);
    r.also[0] = r.also[1] = NULL;
    r.actor = &kondo;
    r.outer = "\"item\":\"I\",";
    add(&r, "move", "{\"place\":\"p\"}");
    expect(&r, &(struct r_export) { .key = kondo.key }, &sato, "followed");
    expect(&r, NULL, &kondo, "export-altered followed"); /* by a key that was replaced */
    r.actor = &sato;
    add(&r, "move", "{\"place\":\"q\"}");
    expect(&r, &(struct r_export) { .key = kondo.key }, &sato, "signer-revoked@5 -");
    end(&r);
}

/* What cannot be read at all, or is of another version: nothing behind it is followed, and no root is compared. */
static void test_unreadable(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    genesis(&r);
    r.schema = "hozen-entry/2";
    note(&r);
    expect(&r, NULL, &sato, "unknown - sato");
    end(&r);
    begin(&r);
    genesis(&r);
    add(&r, "seance", "{}");
    r.actor = &tanaka;
    note(&r);
    expect(&r, NULL, &sato, "unknown - sato");
    end(&r);
    begin(&r);
    genesis(&r);
    add_line(&r, "{}", 2);
    expect(&r, &(struct r_export) { .root = { 1 } }, &sato, "record-altered - sato");
    end(&r);
    begin(&r);
    genesis(&r);
    add(&r, "note", "{\"text\":7}");
    expect(&r, NULL, &sato, "record-altered@1 - sato");
    end(&r);
    begin(&r);
    genesis(&r);
    r.lines.len--;                                                                    /* the line feed */
    expect(&r, NULL, &sato, "record-altered export-altered export-altered followed"); /* not even a genesis */
    end(&r);
}

static void put_proof(struct run *r, unsigned sequence, const unsigned char *digest)
{
    buf_puts(&r->proofs, "{\"inclusion\":[\"");
    text_base64(&r->proofs, digest, R_SHA256_SIZE);
    buf_printf(&r->proofs, "\"],\"sequence\":\"%u\"}\n", sequence);
}

static void last_digest(const struct run *r, char out[R_SHA256_HEX])
{
    const char *line = strstr((const char *)r->lines.data, "\n") + 1, *at = strstr(line, "\"statement\":\"") + 13;
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(8192);
    unsigned char digest[R_SHA256_SIZE];

    assert_int_equal(text_unbase64(&bytes, at, strcspn(at, "\"")), HZ_OK);
    r_hash_sha256(digest, bytes.data, bytes.len);
    text_hex(out, digest, sizeof digest);
}

/* Of one item: each line is shown to be in the log, and export.json names the last one. */
static void test_item(void **state)
{
    static const struct {
        unsigned first, second, lines; /* what the proofs are about, and how many there are */
        uint64_t entries, last;
        const char *item, *said;
        bool exchanged;
    } rows[] = {
        { 0, 1, 2, 1, 1, "I", "followed sato", false },
        { 0, 1, 2, 1, 1, "I", "checkpoint-inconsistent@0 checkpoint-inconsistent@1 followed sato", true },
        { 0, 0, 2, 1, 1, "I", "checkpoint-inconsistent@1 followed sato", false },
        { 0, 1, 1, 1, 1, "I", "export-altered followed sato", false },
        { 0, 1, 3, 1, 1, "I", "export-altered followed sato", false },
        { 0, 1, 2, 2, 1, "I", "export-altered followed sato", false },
        { 0, 1, 2, 1, 2, "I", "export-altered followed sato", false },
        { 0, 1, 2, 1, 1, "J", "export-altered@1 export-altered followed sato", false },
    };
    char digest[R_SHA256_HEX];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct r_export about = {
            .item = rows[i].item, .entries = rows[i].entries, .last_digest = digest, .last_sequence = rows[i].last
        };
        struct run r;

        begin(&r);
        genesis(&r);
        intake(&r, "I");
        last_digest(&r, digest);
        put_proof(&r, rows[i].first, r.leaf[rows[i].exchanged ? 0 : 1]);
        if (rows[i].lines > 1)
            put_proof(&r, rows[i].second, r.leaf[rows[i].exchanged ? 1 : 0]);
        if (rows[i].lines > 2)
            put_proof(&r, 2, r.leaf[0]);
        expect(&r, &about, &sato, rows[i].said);
        about.last_digest = ZERO64;
        if (i == 0)
            expect(&r, &about, &sato, "export-altered followed sato");
        end(&r);
    }
}

static int start(void **state)
{
    (void)state;
    if (r_hash_start(NULL) != HZ_OK)
        return -1;
    load(&sato, "good/p256.tar", "keys/p256.pub");
    load(&tanaka, "good/ed25519.tar", "keys/ed25519.pub");
    load(&kondo, "good/sk-p256.tar", "keys/sk-p256.pub");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),  cmocka_unit_test(test_places),   cmocka_unit_test(test_records),
        cmocka_unit_test(test_policy), cmocka_unit_test(test_rotation), cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_item),   cmocka_unit_test(test_names),    cmocka_unit_test(test_sane),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

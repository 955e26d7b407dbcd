#include "tests/unit/custody/sample_statement.h"

#include "tests/unit/test.h"

const struct w_person sample_sato = { .name = "佐藤 花子",
                                      .organisation = "CSIRT Example",
                                      .role = "custodian",
                                      .contact = "sato@csirt.example",
                                      .key = KEY,
                                      .public_key = PUBLIC_KEY,
                                      .checkpoint_signer = true };

const struct w_person sample_party = { .name = "Mori", .organisation = "Courier Example", .contact = "+81" };

static const char *const codes[] = { "payload-altered", "tag-altered" };
static const char *const keys[] = { KEY };

const struct w_evidence sample_evidence = { .verdict = "failed",
                                            .integrity = "altered",
                                            .authenticity = "untrusted",
                                            .findings = codes,
                                            .finding_count = 2,
                                            .signers = keys,
                                            .signer_count = 1,
                                            .files = "12",
                                            .bytes = "18446744073709551615",
                                            .case_id = "INC-2026-042",
                                            .operator_name = "Sato Hanako",
                                            .host = "web01",
                                            .started = "2026-11-20T12:34:56.000000001Z",
                                            .finished = "2026-11-20T12:34:57.000000000Z" };

/* What a proof file is, only its own reader says. */
static unsigned char proof_bytes[] = { 'p' };
static const struct buf proof = { .data = proof_bytes, .len = sizeof proof_bytes };

static const struct w_beside changed[] = { { "I.tar.1.sshsig", NULL, NULL }, { "I.tar.2.sshsig", DIGEST_B, NULL } };
static const struct w_recorded records[] = { { "INC-42-web01", "a1", DIGEST_A, NULL },
                                             { "INC-42-web01", "a2", DIGEST_A, "v1" } };
static const struct w_checked checks[] = { { "INC-42-web01", "a1", DIGEST_A, NULL, 0 },
                                           { "INC-42-web01", "a2", DIGEST_A, changed, 2 } };

static struct w_statement base(const char *type)
{
    struct w_statement s = { .type = type, .ledger = DIGEST_A, .actor = sample_sato };

    s.actor.public_key = NULL;
    assert_int_equal(stamp_from_civil(&s.time.at, 2026, 11, 20, 12, 0, 0), HZ_OK);
    s.time.known = true;
    s.time.offset_minutes = 540;
    return s;
}

static struct w_statement about_item(const char *type)
{
    struct w_statement s = base(type);

    s.case_id = "INC-2026-042";
    s.item = "INC-42-web01";
    s.content_id = DIGEST_B;
    s.file_sha256 = DIGEST_C;
    return s;
}

/* What each type asks for beyond the outer keys: texts of the body, "T" for a time. */
static const struct sample {
    enum r_statement_type type;
    struct sample_text texts[SAMPLE_TEXTS];
} samples[] = {
    { R_STATEMENT_GENESIS, { { "organisation", "CSIRT Example" }, { "tool", "hozen-custody 0" } } },
    { R_STATEMENT_PERSON, { { 0 } } },
    { R_STATEMENT_ROTATION, { { "old", KEY }, { "reason", "a new token" } } },
    { R_STATEMENT_REVOCATION, { { "key", KEY }, { "reason", "compromised" }, { "since", "T" } } },
    { R_STATEMENT_POLICY, { { "rules", "{\"recheck_days\":90}" } } },
    { R_STATEMENT_WITNESS, { { "origin", "Kondo Aoi, by mail" } } },
    { R_STATEMENT_TIMESTAMP, { { 0 } } },
    { R_STATEMENT_FIXITY, { { "tool", "hozen-custody 0" } } },
    { R_STATEMENT_RENEWAL, { { "tool", "hozen-custody 0" } } },
    { R_STATEMENT_CASE, { { "code_name", "heron" }, { "detected", "T" }, { "severity", "high" } } },
    { R_STATEMENT_NOTE, { { "at", "T" }, { "kind", "containment" }, { "text", "host web01 was isolated" } } },
    { R_STATEMENT_PHOTOGRAPH,
      { { "by", "Sato" }, { "description", "seal" }, { "file", "a.jpg" }, { "sha256", DIGEST_A }, { "taken", "T" } } },
    { R_STATEMENT_INTAKE, { { "location", "evidence locker 3" }, { "tool", "hozen-custody 0" } } },
    { R_STATEMENT_OFFER, { { "expires", "T" }, { "integrity", "intact" }, { "purpose", "malware analysis" } } },
    { R_STATEMENT_COURIER, { { "at", "T" }, { "contact", "+81" }, { "name", "Mori" }, { "tracking", "7" } } },
    { R_STATEMENT_WITHDRAWAL, { { "reason", "the wrong receiver" } } },
    { R_STATEMENT_ACCEPTANCE, { { "condition", "seal intact" } } },
    { R_STATEMENT_DECLINE, { { "reason", "it was changed" } } },
    { R_STATEMENT_SETTLEMENT, { { "custodian", KEY }, { "reason", "it had arrived" } } },
    { R_STATEMENT_REASSIGN, { { "authority", "head of CSIRT" }, { "reason", "the key was lost" } } },
    { R_STATEMENT_COPY,
      { { "copy", "w1" }, { "medium", "disk" }, { "place", "lab" }, { "role", "working" }, { "sha256", DIGEST_A } } },
    { R_STATEMENT_CHECKOUT, { { "copy", "w1" }, { "due", "T" }, { "purpose", "analysis" } } },
    { R_STATEMENT_RETURN, { { "condition", "whole" }, { "copy", "w1" }, { "sha256", DIGEST_A } } },
    { R_STATEMENT_MOVE, { { "place", "locker 4" } } },
    { R_STATEMENT_RECHECK, { { "copy", "w1" }, { "tool", "hozen-custody 0" } } },
    { R_STATEMENT_RESOLUTION, { { "outcome", "repaired" }, { "reason", "copied anew" } } },
    { R_STATEMENT_DESTRUCTION, { { "authority", "policy 7" }, { "copy", "w1" }, { "method", "shredded" } } },
    { R_STATEMENT_HOLD, { { "authority", "court" }, { "hold", "H-1" }, { "reason", "case 7" }, { "scope", "all" } } },
    { R_STATEMENT_LIFT, { { "authority", "court" }, { "hold", "H-1" }, { "reason", "case closed" } } },
    { R_STATEMENT_DISPOSAL_PLAN, { { "authority", "policy 7" }, { "method", "shredded" } } },
    { R_STATEMENT_DISPOSAL, { { "authority", "policy 7" }, { "method", "shredded" }, { "witness", "Kondo" } } },
    { R_STATEMENT_OWNER_RETURN, { { "authority", "court" }, { "condition", "whole" } } },
};

static void put(struct w_statement *s, const char *key, const char *value)
{
    const char **text;
    struct w_time *time;

    if (strcmp(key, "rules") == 0) {
        s->body.rules = value;
        return;
    }
    if (!w_statement_place(&s->body, key, &text, &time))
        fail_msg("no %s", key);
    if (time != NULL)
        *time = s->time;
    else
        *text = value;
}

const struct sample_text *sample_texts(enum r_statement_type type)
{
    assert_int_equal(sizeof samples / sizeof samples[0], R_STATEMENT_TYPES);
    assert_int_equal(samples[type].type, type);
    return samples[type].texts;
}

/* The outer keys and inner objects that the type's form asks for. */
struct w_statement sample_statement(enum r_statement_type type)
{
    const struct r_statement_form *form = r_statement_form(type);
    struct w_statement s = base(form->name);

    if (form->item != '-')
        s = about_item(form->name);
    if (form->item == '-' && form->case_id != '-')
        s.case_id = "INC-2026-042";
    if (form->digests == '-')
        s.content_id = s.file_sha256 = NULL;
    if (type == R_STATEMENT_GENESIS)
        s.ledger = NULL;
    if (form->previous == 'R')
        s.previous = DIGEST_A;
    for (size_t i = 0; i < SAMPLE_TEXTS && samples[type].texts[i].key != NULL; i++)
        put(&s, samples[type].texts[i].key, samples[type].texts[i].value);
    if (type == R_STATEMENT_WITNESS)
        s.body.proof = &proof;
    if (type == R_STATEMENT_TIMESTAMP)
        s.body.token = &proof;
    if (type == R_STATEMENT_FIXITY) {
        s.body.checks = checks;
        s.body.check_count = 2;
    }
    if (type == R_STATEMENT_RENEWAL) {
        s.body.records = records;
        s.body.record_count = 2;
    }
    if (type <= R_STATEMENT_ROTATION)
        s.body.person = &sample_sato;
    if (type == R_STATEMENT_OFFER || type == R_STATEMENT_REASSIGN)
        s.body.to = &sample_sato;
    if (type == R_STATEMENT_CHECKOUT || type == R_STATEMENT_OWNER_RETURN)
        s.body.to = &sample_party;
    if (type == R_STATEMENT_INTAKE || type == R_STATEMENT_ACCEPTANCE || type == R_STATEMENT_DECLINE ||
        type == R_STATEMENT_RECHECK)
        s.body.evidence = &sample_evidence;
    if (type == R_STATEMENT_ACCEPTANCE || type == R_STATEMENT_DECLINE || type == R_STATEMENT_TIMESTAMP)
        s.body.checkpoint = (struct w_seen) { true, true, 7, ROOT };
    return s;
}

int sample_round_trip(const struct w_statement *s, struct r_statement *out, struct hz_error *err)
{
    struct buf bytes = BUF_INIT(W_STATEMENT_MAX);
    int rc;

    assert_int_equal(w_statement_build(s, &bytes, err), HZ_OK);
    rc = r_statement_parse(out, bytes.data, bytes.len, err);
    buf_free(&bytes);
    return rc;
}

void sample_refused(const struct w_statement *s)
{
    struct r_statement out;
    struct hz_error err = { 0 };

    assert_int_equal(sample_round_trip(s, &out, &err), HZ_E_FORMAT);
    assert_true(err.text[0] != '\0');
}

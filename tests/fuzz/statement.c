/* Statements of a ledger, the policies and files inside them. */
#include "base/text.h"
#include "formats/read/brought.h"
#include "formats/read/policy.h"
#include "tests/fuzz/fuzz.h"

static const char *const keys[] = { "location",    "text",         "reason",  "collected.at", "source.make",
                                    "expires",     "clock.offset", "title",   "copy",         "rules",
                                    "override.by", "listing",      "nothing", "integrity" };

static void texts(const struct r_statement *s)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *text = r_statement_text(s, keys[i]);
        FUZZ_HOLDS(text == NULL || text_is_utf8(text, strlen(text)));
    }
    FUZZ_HOLDS(strlen(s->digest) == 64 && s->type < R_STATEMENT_TYPES && s->actor.present && s->actor.key != NULL);
    FUZZ_HOLDS(r_statement_type_name(s->type) != NULL);
}

/* One statement, one form: nothing but canonical JSON is accepted. */
static void one_form(const uint8_t *data, size_t size)
{
    struct r_json j;
    r_json_init(&j, data, size);
    FUZZ_HOLDS(r_json_skip(&j) && r_json_done(&j) && size <= R_STATEMENT_MAX);
}

static void inside(const struct r_statement *s)
{
    struct r_brought brought = { 0 };
    struct r_policy policy = { 0 };
    char releaser[R_LEDGER_FINGERPRINT];

    FUZZ_HOLDS(fuzz_is_answer(r_brought_carried(s, FUZZ_ERR)));
    if (s->type == R_STATEMENT_INTAKE) {
        FUZZ_HOLDS(fuzz_is_answer(r_brought_releaser(s, releaser, FUZZ_ERR)));
        if (s->body.offer.len > 0 && s->body.receipt.len > 0)
            FUZZ_HOLDS(fuzz_is_answer(r_brought_check(s, &brought, FUZZ_ERR)));
        r_brought_free(&brought);
    }
    if (s->body.rules != NULL && r_policy_parse(&policy, s->body.rules, FUZZ_ERR) == HZ_OK) {
        struct r_ledger_signing nobody = { 0 };
        if (policy.archive_count > 0 && policy.archives[0].case_id != NULL)
            FUZZ_HOLDS(r_policy_archive_of(&policy, policy.archives[0].case_id) == &policy.archives[0]);
        const struct r_policy_archive *archive = r_policy_archive_of(&policy, s->case_id);
        FUZZ_HOLDS(policy.count <= R_POLICY_RULES);
        FUZZ_HOLDS(archive == NULL || archive->case_id == NULL ||
                   (s->case_id != NULL && strcmp(archive->case_id, s->case_id) == 0));
        FUZZ_HOLDS(fuzz_is_answer(r_policy_check(&policy, s, &nobody, NULL, FUZZ_ERR)));
        r_policy_free(&policy);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct r_statement s = { 0 };

    if (r_hash_start(NULL) != HZ_OK)
        return 0;
    int code = r_statement_parse(&s, data, size, FUZZ_ERR);
    FUZZ_HOLDS(code == HZ_OK || code == HZ_E_FORMAT || code == HZ_E_UNSUPPORTED);
    if (code != HZ_OK)
        return 0;
    one_form(data, size);
    texts(&s);
    inside(&s);
    r_statement_free(&s);
    return 0;
}

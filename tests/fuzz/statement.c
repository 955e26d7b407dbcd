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

/* So many persons of the ledger sign, the first of them as whoever signs checkpoints or not, in a role. */
static int judged(const struct r_policy *policy, const struct r_statement *s, size_t persons, bool head,
                  const char *role)
{
    struct r_ledger_signing g = { .count = R_ENTRY_SIGNATURES };

    for (size_t i = 0; i < R_ENTRY_SIGNATURES; i++) {
        snprintf(g.by[i].key, sizeof g.by[i].key, "SHA256:%043zu", i);
        g.by[i].known = i < persons;
        g.by[i].checkpoint_signer = i == 0 && head;
    }
    int code = r_policy_check(policy, s, &g, role, FUZZ_ERR);
    FUZZ_HOLDS(code == HZ_OK || code == HZ_E_DENIED);
    return code;
}

/* What some may do, more may do; without rules everything is allowed but to override one. A policy is not for
 * statements of policies: what it says of another type is asked as if this were one. */
static void monotonic(const struct r_policy *policy, const struct r_statement *of)
{
    const char *role = policy->count > 0 && policy->rules[0].role_count > 0 ? policy->rules[0].roles[0] : NULL;
    struct r_statement other = *of, *s = &other; /* owns nothing */

    for (int i = R_STATEMENT_TYPES - 1; policy->count > 0 && i >= 0; i--)
        if (policy->rules[0].types & UINT64_C(1) << i)
            other.type = (enum r_statement_type)i;
    int some = judged(policy, s, 1, false, role), more = judged(policy, s, R_ENTRY_SIGNATURES, false, role);
    int all = judged(policy, s, R_ENTRY_SIGNATURES, true, role), nobody = judged(policy, s, 0, false, NULL);

    FUZZ_HOLDS(some != HZ_OK || more == HZ_OK);
    FUZZ_HOLDS(more != HZ_OK || all == HZ_OK);
    FUZZ_HOLDS(policy->count > 0 || (nobody == HZ_OK) == (s->body.override.rule == NULL));
}

static void inside(const struct r_statement *s)
{
    struct r_brought brought = { 0 };
    struct r_policy policy = { 0 };
    char releaser[R_LEDGER_FINGERPRINT];
    struct stamp expires;

    FUZZ_HOLDS(fuzz_is_answer(r_brought_carried(s, FUZZ_ERR)));
    if (s->type == R_STATEMENT_INTAKE) {
        FUZZ_HOLDS(fuzz_is_answer(r_brought_releaser(s, releaser, &expires, FUZZ_ERR)));
        FUZZ_HOLDS(r_brought_item(s) != NULL);
        if (s->body.offer.len > 0 && s->body.receipt.len > 0)
            FUZZ_HOLDS(fuzz_is_answer(r_brought_check(s, &brought, FUZZ_ERR)));
        r_brought_free(&brought);
    }
    if (s->body.rules != NULL && r_policy_parse(&policy, s->body.rules, FUZZ_ERR) == HZ_OK) {
        if (policy.archive_count > 0 && policy.archives[0].case_id != NULL)
            FUZZ_HOLDS(r_policy_archive_of(&policy, policy.archives[0].case_id) == &policy.archives[0]);
        const struct r_policy_archive *archive = r_policy_archive_of(&policy, s->case_id);
        FUZZ_HOLDS(policy.count <= R_POLICY_RULES);
        FUZZ_HOLDS(archive == NULL || archive->case_id == NULL ||
                   (s->case_id != NULL && strcmp(archive->case_id, s->case_id) == 0));
        monotonic(&policy, s);
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

#include "verify/verdict.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/lang.h"
#include "base/text.h"

#define INSIDE "hozen-bundle-v1"
#define BESIDE "hozen-countersign-v1"

struct bench {
    struct account *account;
    const struct verdict_policy *policy;
    struct verdict *out;
    const char *bad[R_BUNDLE_SIGNATURES]; /* keyids of signatures inside that do not verify */
    size_t bad_count;
    bool told; /* meta/acquisition.json can be believed: whom to expect, when it was finished */
    bool missing;
    bool untimely; /* a finding says expired or revoked */
};

static void finding(struct bench *b, const struct r_finding *f)
{
    r_finding_add(&b->account->result.findings, f);
}
static void notice(struct bench *b, const struct r_finding *f)
{
    r_finding_add(&b->account->result.notices, f);
}

/* Why one signature does not hold. HZ_OK: it does, *sig is filled. HZ_E_INVALID: *why and *text. Other codes: an error.
 */
static int check(const struct account *a, const struct buf *text, const char *keyid, const char *name_space,
                 struct r_sshsig *sig, enum r_why *why, const char **wrong, struct hz_error *err)
{
    int code;

    *wrong = NULL;
    *why = R_WHY_SIGNATURE_FORM;
    code = r_sshsig_read(text->len ? text->data : (const unsigned char *)"", text->len, sig, wrong);
    if (code)
        return code == HZ_E_NOMEM ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_E_INVALID;
    *why = R_WHY_SIGNATURE_NAME;
    if (keyid[0] && strcmp(keyid, sig->key.keyid) != 0)
        return HZ_E_INVALID;
    *why = R_WHY_SIGNATURE_NOTHING;
    if (!a->result.has_content_id)
        return HZ_E_INVALID;
    *why = R_WHY_SIGNATURE_WRONG;
    return r_trust_verify(sig, name_space, a->result.signed_digest, err);
}

static struct verdict_signer *add_signer(struct bench *b, const struct r_sshsig *sig, const struct buf *text)
{
    struct verdict_signer *s = &b->out->signers[b->out->signer_count++];

    memset(s, 0, sizeof *s);
    memcpy(s->fingerprint, sig->key.fingerprint, sizeof s->fingerprint);
    memcpy(s->keyid, sig->key.keyid, sizeof s->keyid);
    r_hash_sha256(s->signature, text->data, text->len);
    return s;
}

/* The earliest proven time of a signature: by a token over it, or by a record of the bundle, or of its file beside it.
 */
static bool earliest(const struct bench *b, const struct verdict_signer *s, const struct buf *text,
                     struct r_timestamp *out)
{
    bool stamped = timestamps_earliest(&b->out->timestamps, text, out);
    struct r_timestamp other;

    if (!evidence_proves(&b->out->evidence, s->sidecar ? text : NULL, &other))
        return stamped;
    if (!stamped || stamp_compare(other.time, out->time) < 0)
        *out = other;
    return true;
}

/* At the time that is proved; else at the one that is claimed, and now. */
static void judge(struct bench *b, struct verdict_signer *s, const struct r_sshsig *sig, const char *name_space,
                  const struct buf *text)
{
    const struct account_acquisition *a = &b->account->acquisition;
    const struct verdict_policy *policy = b->policy;
    const struct account_disclosed *d = &b->account->disclosed;
    struct stamp claimed = policy->now, now = policy->now;
    struct r_timestamp token;

    if (b->told)
        claimed = a->finished;
    else if (d->has_started)
        claimed = d->started;

    s->proven = earliest(b, s, text, &token);
    if (s->proven)
        claimed = now = token.time;
    if (s->proven && b->told)
        timestamps_ahead(b->account, &token, s->sidecar ? s->sidecar : s->name);
    if (!policy->signers)
        return;
    s->answer =
        r_trust_judge(policy->signers, policy->revoked, &sig->key, sig->flags, name_space, claimed, now, &s->principal);
    s->trusted = s->answer == R_TRUST_YES;
}

static int take_inside(struct bench *b, const struct account_signature *from, struct hz_error *err)
{
    char name[sizeof b->out->signers[0].name];
    struct r_finding f = { .code = R_SIGNATURE_INVALID, .offset = from->offset, .path = name };
    struct verdict_signer *s;
    struct r_sshsig sig;
    int code = check(b->account, &from->text, from->keyid, INSIDE, &sig, &f.why, &f.text, err);

    snprintf(name, sizeof name, "signatures/%s.sshsig", from->keyid);
    if (code == HZ_E_UNSUPPORTED) {
        f.code = R_NOTE_UNKNOWN_ALGORITHM;
        f.why = R_WHY_UNKNOWN_ALGORITHM;
        notice(b, &f);
        return HZ_OK;
    }
    if (code == HZ_E_INVALID) {
        finding(b, &f);
        b->bad[b->bad_count++] = from->keyid;
        return HZ_OK;
    }
    if (code)
        return code;
    s = add_signer(b, &sig, &from->text);
    memcpy(s->name, name, sizeof name);
    s->offset = from->offset;
    judge(b, s, &sig, INSIDE, &from->text);
    return HZ_OK;
}

static int take_beside(struct bench *b, const struct verdict_sidecar *from, struct hz_error *err)
{
    struct r_finding f = { .code = R_NOTE_SIDECAR_INVALID, .offset = UINT64_MAX, .path = from->name };
    struct verdict_signer *s;
    struct r_sshsig sig;
    int code = check(b->account, &from->text, from->keyid, BESIDE, &sig, &f.why, &f.text, err);

    if (code == HZ_E_UNSUPPORTED) {
        f.code = R_NOTE_UNKNOWN_ALGORITHM;
        f.why = R_WHY_UNKNOWN_ALGORITHM;
    }
    if (code == HZ_E_INVALID || code == HZ_E_UNSUPPORTED) {
        notice(b, &f);
        return HZ_OK;
    }
    if (code)
        return code;
    s = add_signer(b, &sig, &from->text);
    s->sidecar = from->name;
    s->offset = UINT64_MAX;
    judge(b, s, &sig, BESIDE, &from->text);
    return HZ_OK;
}

static bool is_inside(const struct bench *b, const char *keyid)
{
    size_t i;

    for (i = 0; i < b->out->signer_count; i++)
        if (!b->out->signers[i].sidecar && strcmp(b->out->signers[i].keyid, keyid) == 0)
            return true;
    return false;
}

static bool is_bad(const struct bench *b, const char *keyid)
{
    size_t i;

    for (i = 0; i < b->bad_count; i++)
        if (strcmp(b->bad[i], keyid) == 0)
            return true;
    return false;
}

/* A reader that stopped before the end saw no signature, which says nothing about the bundle: then nothing is found
 * missing, but the answer is still "absent". */
static void missing(struct bench *b, const char *path, enum r_why why)
{
    const struct r_bundle_result *r = &b->account->result;

    b->missing = true;
    if (r->ended)
        finding(b,
                &(struct r_finding) { .code = R_SIGNATURE_MISSING, .why = why, .path = path, .offset = r->file_bytes });
}

static void check_missing(struct bench *b)
{
    const struct account_acquisition *a = &b->account->acquisition;
    char keyid[R_SHA256_HEX], path[sizeof b->out->signers[0].name];
    bool any = false;
    size_t i;

    for (i = 0; i < b->out->signer_count; i++)
        any = any || !b->out->signers[i].sidecar;
    if (!any && !b->bad_count)
        missing(b, "signatures", R_WHY_NO_SIGNATURE);
    for (i = 0; b->told && i < a->key_count; i++) {
        text_hex(keyid, a->keys_expected[i], R_SHA256_SIZE);
        snprintf(path, sizeof path, "signatures/%s.sshsig", keyid);
        if (!is_inside(b, keyid) && !is_bad(b, keyid))
            missing(b, path, R_WHY_KEY_EXPECTED);
    }
}

/* What a list says against a valid signature: a finding when too few are trusted, else a notice */
static void report_signer(struct bench *b, const struct verdict_signer *s, bool enough)
{
    struct r_finding f = { .offset = s->offset, .path = s->sidecar ? s->sidecar : s->name, .text = s->fingerprint };

    switch (s->answer) {
    case R_TRUST_REVOKED:
        f.code = R_SIGNER_REVOKED;
        f.why = R_WHY_REVOKED;
        break;
    case R_TRUST_VALIDITY:
        f.code = R_SIGNER_OUTSIDE_VALIDITY;
        f.why = R_WHY_VALIDITY;
        break;
    case R_TRUST_TOUCH:
        f.code = R_SIGNER_UNTRUSTED;
        f.why = R_WHY_TOUCH;
        break;
    default:
        f.code = R_SIGNER_UNTRUSTED;
        f.why = s->answer == R_TRUST_NAMESPACE ? R_WHY_NAMESPACE : R_WHY_NOT_ON_LIST;
        break;
    }
    if (enough) {
        f.code = R_NOTE_SIGNER_NOT_TRUSTED;
        notice(b, &f);
    } else {
        finding(b, &f);
        b->untimely = b->untimely || f.code != R_SIGNER_UNTRUSTED;
    }
}

/* Whoever has two keys is still one person. Mail addresses that differ in case alone are one, too. */
static bool is_new_person(const struct verdict *v, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (v->signers[i].trusted && strcasecmp(v->signers[i].principal, v->signers[n].principal) == 0)
            return false;
    return v->signers[n].trusted;
}

static void too_few(struct bench *b)
{
    finding(b, &(struct r_finding) { .code = R_SIGNERS_TOO_FEW,
                                     .why = R_WHY_TOO_FEW,
                                     .path = "signatures",
                                     .offset = b->account->result.file_bytes,
                                     .a = b->out->persons,
                                     .b = b->out->required });
}

static enum verdict_authenticity judge_all(struct bench *b)
{
    struct verdict *v = b->out;
    bool proven = false, enough;
    size_t i;

    for (i = 0; i < v->signer_count; i++) {
        v->persons += is_new_person(v, i);
        proven = proven || (v->signers[i].trusted && v->signers[i].proven);
    }
    enough = v->persons && v->persons >= v->required;
    for (i = 0; b->policy->signers && i < v->signer_count; i++)
        if (!v->signers[i].trusted)
            report_signer(b, &v->signers[i], enough);
    if (v->persons && !enough)
        too_few(b);
    if (v->persons && !proven)
        notice(b, &(struct r_finding) { .code = R_NOTE_TIME_UNPROVEN, .why = R_WHY_TIME_UNPROVEN });
    if (b->bad_count || b->untimely)
        return AUTHENTICITY_INVALID;
    if (b->missing)
        return AUTHENTICITY_ABSENT;
    return enough ? AUTHENTICITY_TRUSTED : AUTHENTICITY_UNTRUSTED;
}

/* How bad a list is as a whole: INTACT, ALTERED (a finding of class F) or UNDETERMINED (only class U) */
static enum verdict_integrity weigh(const struct r_findings *list)
{
    enum verdict_integrity weight = list->dropped ? INTEGRITY_ALTERED : INTEGRITY_INTACT;
    size_t i;

    for (i = 0; i < list->count && weight != INTEGRITY_ALTERED; i++)
        weight = r_finding_class(list->list[i].code) == R_CLASS_FAILED ? INTEGRITY_ALTERED : INTEGRITY_UNDETERMINED;
    return weight;
}

/* An altered record says nothing; that it was altered is the finding. */
static bool is_told(const struct account *a)
{
    const struct r_findings *list = &a->result.findings;
    size_t i;

    for (i = 0; i < list->count; i++)
        if (list->list[i].code == R_TAG_ALTERED && text_equal(list->list[i].path, "meta/acquisition.json"))
            return false;
    return a->acquisition.known;
}

int verdict_make(struct account *account, const struct verdict_policy *policy, struct verdict *out,
                 struct hz_error *err)
{
    struct bench b = { .account = account, .policy = policy, .out = out, .told = is_told(account) };
    struct r_bundle_result *result = &account->result;
    enum verdict_integrity all;
    size_t i;
    int code = HZ_OK;

    memset(out, 0, sizeof *out);
    out->required = policy->required;
    out->integrity = weigh(&result->findings);
    code = timestamps_make(&out->timestamps, account, b.told, &policy->timestamps, policy->sidecars,
                           policy->sidecar_count, err);
    if (!code)
        code = evidence_make(&out->evidence, account, policy, err);
    for (i = 0; i < account->signature_count && !code; i++)
        code = take_inside(&b, &account->signatures[i], err);
    for (i = 0; i < policy->sidecar_count && i < VERDICT_SIDECARS && !code; i++)
        code = take_beside(&b, &policy->sidecars[i], err);
    if (code)
        return code;
    timestamps_notice(&out->timestamps, account, policy->timestamps.roots != NULL);
    evidence_notice(&out->evidence, &out->timestamps, account, policy);
    check_missing(&b);
    out->authenticity = judge_all(&b);
    r_finding_sort(&result->findings);
    if (result->findings.out_of_memory || result->notices.out_of_memory)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    all = weigh(&result->findings);
    if (all == INTEGRITY_ALTERED)
        out->answer = VERDICT_FAILED;
    else if (all == INTEGRITY_INTACT && result->ended && result->complete && out->authenticity == AUTHENTICITY_TRUSTED)
        out->answer = VERDICT_VERIFIED;
    else
        out->answer = VERDICT_UNDETERMINED;
    return HZ_OK;
}

const char *verdict_word(enum verdict_answer answer)
{
    static const char *const words[] = { "verified", "failed", "undetermined" };

    return words[answer];
}

const char *verdict_integrity_word(enum verdict_integrity integrity)
{
    static const char *const words[] = { "intact", "altered", "undetermined" };

    return words[integrity];
}

const char *verdict_authenticity_word(enum verdict_authenticity authenticity)
{
    static const char *const words[] = { "trusted", "untrusted", "invalid", "absent" };

    return words[authenticity];
}

int verdict_exit(enum verdict_answer answer)
{
    static const int codes[] = { HZ_EXIT_OK, HZ_EXIT_FINDINGS, HZ_EXIT_FAILED };

    return codes[answer];
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/verifier.h"
#include "formats/read/ledger_text.h"

void verifier_free(struct verifier *v)
{
    char *const texts[] = {
        v->item, v->verdict, v->integrity, v->authenticity, v->content_id, v->case_id,           v->operator_name,
        v->host, v->started, v->finished,  v->files,        v->bytes,      v->tagmanifest_sha512
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    for (size_t i = 0; i < v->finding_count; i++)
        free(v->findings[i]);
    for (size_t i = 0; i < v->signer_count; i++)
        free(v->signers[i].key);
    memset(v, 0, sizeof *v);
}

static bool out_of_memory(struct r_json *j)
{
    j->no_memory = true;
    return r_json_fail(j, N_("out of memory"));
}

bool verifier_read_text(struct r_json *j, char **out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_JSON_STRING_MAX);
    struct r_span span;

    if (!r_json_string(j, &span))
        return false;
    (void)r_span_decode(&span, &text); /* what fails in text is asked below */
    if (buf_text(&text) == NULL)
        return out_of_memory(j);
    if (text.len == 0 || memchr(text.data, 0, text.len) != NULL ||
        !text_is_line((const char *)text.data, R_LEDGER_LINE_MAX))
        return true;
    free(*out);
    *out = text_copy((const char *)text.data);
    return *out != NULL || out_of_memory(j);
}

/* A number, as an integer or as a decimal string. */
static bool read_number(struct r_json *j, char **out)
{
    char text[24];
    int64_t value;

    if (r_json_peek(j) != R_JSON_INT)
        return verifier_read_text(j, out);
    if (!r_json_int(j, &value))
        return false;
    snprintf(text, sizeof text, "%" PRId64, value);
    free(*out);
    *out = text_copy(text);
    return *out != NULL || out_of_memory(j);
}

/* Puts a code where it belongs, once. Takes the string over. */
static void add_code(struct verifier *v, char *code)
{
    size_t at = 0;

    while (at < v->finding_count && strcmp(v->findings[at], code) < 0)
        at++;
    if ((at < v->finding_count && strcmp(v->findings[at], code) == 0) || v->finding_count == R_STATEMENT_LIST) {
        free(code);
        return;
    }
    memmove(&v->findings[at + 1], &v->findings[at], (v->finding_count - at) * sizeof v->findings[0]);
    v->findings[at] = code;
    v->finding_count++;
}

static bool read_findings(struct r_json *j, struct verifier *v)
{
    struct r_span key;

    for (r_json_array(j); r_json_item(j);) {
        char *code = NULL;
        for (r_json_object(j); r_json_key(j, &key);)
            (void)(r_span_is(&key, "code") ? verifier_read_text(j, &code) : r_json_skip(j));
        if (code != NULL)
            add_code(v, code);
    }
    return j->wrong == NULL;
}

static void add_signer(struct verifier *v, char *key, bool collector, const char *signature)
{
    size_t at = 0;

    while (at < v->signer_count && strcmp(v->signers[at].key, key) < 0)
        at++;
    if (at < v->signer_count && strcmp(v->signers[at].key, key) == 0) {
        v->signers[at].collector = v->signers[at].collector || collector;
        free(key);
        return;
    }
    if (v->signer_count == VERIFIER_SIGNERS) {
        free(key);
        return;
    }
    memmove(&v->signers[at + 1], &v->signers[at], (v->signer_count - at) * sizeof v->signers[0]);
    v->signers[at] = (struct verifier_signer) { .key = key, .collector = collector };
    if (signature != NULL && strlen(signature) == R_SHA256_HEX - 1)
        memcpy(v->signers[at].signature, signature, R_SHA256_HEX);
    v->signer_count++;
}

static bool read_signers(struct r_json *j, struct verifier *v)
{
    struct r_span key;

    for (r_json_array(j); r_json_item(j);) {
        char *fingerprint = NULL, *role = NULL, *signature = NULL;
        for (r_json_object(j); r_json_key(j, &key);) {
            if (r_span_is(&key, "key"))
                verifier_read_text(j, &fingerprint);
            else if (r_span_is(&key, "role"))
                verifier_read_text(j, &role);
            else if (r_span_is(&key, "signature_sha256"))
                verifier_read_text(j, &signature);
            else
                r_json_skip(j);
        }
        if (fingerprint != NULL && r_ledger_text_is_fingerprint(fingerprint))
            add_signer(v, fingerprint, text_equal(role, "collector"), signature);
        else
            free(fingerprint);
        free(role);
        free(signature);
    }
    return j->wrong == NULL;
}

static bool read_value(struct r_json *j, const struct r_span *key, struct verifier *v, char **schema, char **file)
{
    const struct {
        const char *key;
        char **text;
    } texts[] = {
        { "authenticity", &v->authenticity },
        { "bundle", &v->item },
        { "case", &v->case_id },
        { "content_id", &v->content_id },
        { "file_sha256", file },
        { "finished", &v->finished },
        { "host", &v->host },
        { "integrity", &v->integrity },
        { "operator", &v->operator_name },
        { "schema", schema },
        { "started", &v->started },
        { "tagmanifest_sha512", &v->tagmanifest_sha512 },
        { "verdict", &v->verdict },
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (r_span_is(key, texts[i].key))
            return verifier_read_text(j, texts[i].text);
    if (r_span_is(key, "findings"))
        return read_findings(j, v);
    if (r_span_is(key, "signers"))
        return read_signers(j, v);
    if (r_span_is(key, "files"))
        return read_number(j, &v->files);
    if (r_span_is(key, "bytes"))
        return read_number(j, &v->bytes);
    return r_json_skip(j);
}

int verifier_read(struct verifier *out, const void *json, size_t len, struct hz_error *err)
{
    char *schema = NULL, *file = NULL;
    struct verifier v = { 0 };
    struct r_span key;
    struct r_json j;
    bool whole, disclosure;

    r_json_init(&j, json, len > 0 && ((const char *)json)[len - 1] == '\n' ? len - 1 : len);
    for (r_json_object(&j); r_json_key(&j, &key);)
        read_value(&j, &key, &v, &schema, &file);
    disclosure = r_json_done(&j) && text_equal(schema, "hozen-verify-disclosure/1");
    whole = r_json_done(&j) && text_equal(schema, "hozen-verify/1") && v.verdict != NULL && v.integrity != NULL &&
            v.authenticity != NULL && (file == NULL || strlen(file) == R_SHA256_HEX - 1);
    if (whole && file != NULL)
        memcpy(v.file_sha256, file, R_SHA256_HEX);
    free(schema);
    free(file);
    if (disclosure) {
        verifier_free(&v);
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("this is a disclosure of one file, not a bundle"));
    }
    if (!whole) {
        verifier_free(&v);
        if (j.no_memory)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        return hz_error_set(err, HZ_E_FORMAT, _("hozen-verify gave no answer that this version understands"));
    }
    *out = v;
    return HZ_OK;
}

struct w_evidence verifier_evidence(struct verifier *v)
{
    for (size_t i = 0; i < v->finding_count; i++)
        v->finding_list[i] = v->findings[i];
    for (size_t i = 0; i < v->signer_count; i++)
        v->signer_list[i] = v->signers[i].key;
    return (struct w_evidence) { .verdict = v->verdict,
                                 .integrity = v->integrity,
                                 .authenticity = v->authenticity,
                                 .findings = v->finding_list,
                                 .finding_count = v->finding_count,
                                 .signers = v->signer_list,
                                 .signer_count = v->signer_count,
                                 .files = v->files,
                                 .bytes = v->bytes,
                                 .case_id = v->case_id,
                                 .operator_name = v->operator_name,
                                 .host = v->host,
                                 .started = v->started,
                                 .finished = v->finished };
}

bool verifier_signed_by(const struct verifier *v, const char *fingerprint)
{
    for (size_t i = 0; i < v->signer_count; i++)
        if (v->signers[i].collector && strcmp(v->signers[i].key, fingerprint) == 0)
            return true;
    return false;
}

#include <string.h>

#include "base/lang.h"
#include "formats/read/ledger_body.h"

struct scope {
    struct r_ledger_text *text;
    struct r_evidence *evidence;
};

/* An array of strings, strictly ascending. */
static bool read_list(struct r_json *j, struct r_ledger_text *text, enum r_field_kind kind, const char **out,
                      size_t *count)
{
    size_t n = 0;

    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        struct r_value v = { .present = true };
        if (n == R_STATEMENT_LIST)
            return r_json_fail(j, N_("a list is longer than 64"));
        if (!r_field_string(j, kind, NULL, &v))
            return false;
        out[n] = kind == R_FIELD_WORD ? r_ledger_text_take(text, &v) : r_ledger_text_fingerprint(text, &v);
        if (text->wrong != NULL)
            return false;
        if (n > 0 && strcmp(out[n - 1], out[n]) >= 0)
            return r_json_fail(j, N_("a list is not in ascending order"));
        n++;
    }
    *count = n;
    return j->wrong == NULL;
}

static bool inside_findings(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_list(j, scope->text, R_FIELD_WORD, scope->evidence->findings, &scope->evidence->finding_count);
}

static bool inside_signers(struct r_json *j, void *context)
{
    struct scope *scope = context;
    return read_list(j, scope->text, R_FIELD_TEXT, scope->evidence->signers, &scope->evidence->signer_count);
}

#define AT(member) offsetof(struct r_evidence, member)

static const struct r_ledger_member members[] = {
    { .key = "authenticity",
      .kind = R_LEDGER_CHOICE,
      .offset = AT(authenticity),
      .form = "absent invalid trusted untrusted" },
    { .key = "bytes", .kind = R_LEDGER_NUMBER, .offset = AT(bytes) },
    { .key = "case", .kind = R_LEDGER_LINE, .offset = AT(case_id) },
    { .key = "files", .kind = R_LEDGER_NUMBER, .offset = AT(files) },
    { .key = "findings", .kind = R_LEDGER_INSIDE, .inside = inside_findings },
    { .key = "finished", .kind = R_LEDGER_UTC, .offset = AT(finished) },
    { .key = "host", .kind = R_LEDGER_LINE, .offset = AT(host) },
    { .key = "integrity", .kind = R_LEDGER_CHOICE, .offset = AT(integrity), .form = "altered intact undetermined" },
    { .key = "operator", .kind = R_LEDGER_LINE, .offset = AT(operator_name) },
    { .key = "signers", .kind = R_LEDGER_INSIDE, .inside = inside_signers },
    { .key = "started", .kind = R_LEDGER_UTC, .offset = AT(started) },
    { .key = "verdict", .kind = R_LEDGER_CHOICE, .offset = AT(verdict), .form = "failed undetermined verified" },
};

static const struct r_ledger_object object = {
    members, sizeof members / sizeof members[0],
    "authenticity bytes? case? files? findings finished? host? integrity operator? signers started? verdict"
};

bool r_ledger_evidence_read(struct r_json *j, struct r_ledger_text *text, struct r_evidence *out)
{
    struct scope scope = { text, out };

    out->present = true;
    return r_ledger_member_read(j, text, &object, NULL, out, &scope);
}

bool r_ledger_evidence_seen(struct r_json *j, struct r_ledger_text *text, struct r_seen *out)
{
    static const struct r_field fields[] = {
        { .key = "root", .kind = R_FIELD_BASE64, .required = true },
        { .key = "size", .kind = R_FIELD_DECIMAL, .required = true },
        { .key = "status", .kind = R_FIELD_CHOICE, .required = true, .form = "first-seen verified" },
    };
    struct r_value v[3];

    if (!r_field_read(j, fields, 3, v, NULL))
        return false;
    if (v[0].text.len != 44 || v[1].number == 0)
        return r_json_fail(j, N_("a checkpoint has a size of at least 1 and a root of 32 bytes"));
    *out = (struct r_seen) {
        .present = true, .root = r_ledger_text_take(text, &v[0]), .size = v[1].number, .verified = v[2].number == 1
    };
    return text->wrong == NULL;
}

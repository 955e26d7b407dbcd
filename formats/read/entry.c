#include "formats/read/entry.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/statement.h"

enum field { N_LEDGER, N_RECORDED_AT, N_SCHEMA, N_SEQUENCE, N_SIGNATURES, N_STATEMENT, N_COUNT };

void r_entry_free(struct r_entry *e)
{
    r_ledger_text_close(&e->text);
    buf_free(&e->statement);
    memset(e, 0, sizeof *e);
}

bool r_entry_signatures(struct r_json *j, struct r_ledger_text *text, struct r_signatures *out)
{
    out->count = 0;
    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        struct r_value v = { .present = true };
        if (out->count == R_ENTRY_SIGNATURES)
            return r_json_fail(j, N_("more than 4 signatures"));
        if (!r_field_string(j, R_FIELD_TEXT, NULL, &v))
            return false;
        out->armour[out->count] = r_ledger_text_take(text, &v);
        out->count++;
    }
    if (j->wrong == NULL && out->count == 0)
        return r_json_fail(j, N_("there is no signature"));
    return j->wrong == NULL && text->wrong == NULL;
}

static bool inside_signatures(struct r_json *j, void *context)
{
    struct r_entry *e = context;
    return r_entry_signatures(j, &e->text, &e->signatures);
}

static int parse(struct r_entry *e, const void *bytes, size_t len, struct hz_error *err)
{
    static const struct r_field fields[N_COUNT] = {
        { .key = "ledger", .kind = R_FIELD_HEX32, .required = true },
        { .key = "recorded_at", .kind = R_FIELD_STAMP, .required = true },
        { .key = "schema", .kind = R_FIELD_TEXT, .required = true },
        { .key = "sequence", .kind = R_FIELD_INT, .required = true },
        { .key = "signatures", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_signatures },
        { .key = "statement", .kind = R_FIELD_TEXT, .required = true }, /* read as base64 once, where it is decoded */
    };
    struct r_value v[N_COUNT];
    struct r_json j;
    int rc = r_ledger_text_open(&e->text, len, err);

    if (rc != HZ_OK)
        return rc;
    r_json_init(&j, bytes, len);
    if (r_field_read(&j, fields, N_COUNT, v, e) && (j.extensions != 0 || v[N_SEQUENCE].integer < 0))
        r_json_fail(&j, N_("an unknown key"));
    if (!r_json_done(&j) || e->text.wrong != NULL)
        return hz_error_set(err, r_ledger_text_code(&e->text, &j), _("entry: %s"),
                            lang_text(e->text.wrong != NULL ? e->text.wrong : j.wrong));
    if (!r_span_is(&v[N_SCHEMA].text, "hozen-entry/1"))
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("entry: its schema is not hozen-entry/1"));
    e->ledger = r_ledger_text_take(&e->text, &v[N_LEDGER]);
    e->recorded_at_text = r_ledger_text_take(&e->text, &v[N_RECORDED_AT]);
    e->recorded_at = v[N_RECORDED_AT].stamp;
    e->sequence = v[N_SEQUENCE].number;
    buf_init(&e->statement, R_STATEMENT_MAX);
    rc = e->text.no_memory ? HZ_E_NOMEM : text_unbase64(&e->statement, v[N_STATEMENT].text.at, v[N_STATEMENT].text.len);
    if (rc == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (rc == HZ_E_FORMAT || (rc == HZ_OK && e->statement.len == 0))
        return hz_error_set(err, HZ_E_FORMAT, _("entry: %s"), _("canonical base64 was expected"));
    if (e->text.wrong != NULL || rc != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, _("entry: its statement is longer than 256 KiB"));
    return HZ_OK;
}

int r_entry_parse(struct r_entry *out, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_entry e = { 0 };
    int rc;

    if (len > R_ENTRY_MAX)
        return hz_error_set(err, HZ_E_FORMAT, _("entry: longer than 1 MiB"));
    rc = parse(&e, bytes, len, err);
    if (rc != HZ_OK)
        r_entry_free(&e);
    else
        *out = e;
    return rc;
}

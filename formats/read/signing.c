#include "formats/read/signing.h"

#include <string.h>

#include "formats/read/statement.h"
#include "formats/read/travel.h"

void r_signing_free(struct r_signing *s)
{
    r_ledger_text_close(&s->text);
    buf_free(&s->statement_bytes);
    memset(s, 0, sizeof *s);
}

static bool inside_signatures(struct r_json *j, void *context)
{
    struct r_signing *s = context;
    return r_entry_signatures(j, &s->text, &s->signatures);
}

int r_signing_parse(struct r_signing *out, const void *bytes, size_t len, struct hz_error *err)
{
    static const struct r_field fields[] = {
        { .key = "schema", .kind = R_FIELD_FIXED, .required = true, .form = "hozen-signing/1" },
        { .key = "signatures", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_signatures },
        { .key = "statement", .kind = R_FIELD_BASE64, .required = true },
    };
    struct r_signing s = { 0 };
    struct r_value v[3];
    int rc = r_ledger_text_open(&s.text, len, err);

    if (rc == HZ_OK)
        rc = r_travel_read(bytes, len, R_SIGNING_MAX, fields, 3, v, &s, &s.text, err);
    if (rc == HZ_OK)
        rc = r_travel_base64(&s.statement_bytes, R_STATEMENT_MAX, &v[2], err);
    if (rc == HZ_OK)
        *out = s;
    else
        r_signing_free(&s);
    return rc;
}

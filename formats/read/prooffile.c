#include "formats/read/prooffile.h"

#include <string.h>

#include "base/lang.h"

void r_prooffile_free(struct r_prooffile *p)
{
    r_ledger_text_close(&p->text);
    memset(p, 0, sizeof *p);
}

static bool inside_signatures(struct r_json *j, void *context)
{
    struct r_prooffile *p = context;
    return r_entry_signatures(j, &p->text, &p->head.signatures);
}

static bool inside_since(struct r_json *j, void *context)
{
    struct r_prooffile *p = context;
    return r_travel_since(j, &p->since);
}

static int parse(struct r_prooffile *p, const void *bytes, size_t len, struct hz_error *err)
{
    static const struct r_field fields[] = {
        { .key = "checkpoint", .kind = R_FIELD_TEXT, .required = true },
        { .key = "checkpoint_signatures", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_signatures },
        { .key = "consistency", .kind = R_FIELD_INSIDE, .inside = inside_since },
        { .key = "schema", .kind = R_FIELD_FIXED, .required = true, .form = "hozen-proof/1" },
    };
    struct r_value v[4];
    int rc = r_ledger_text_open(&p->text, len, err);

    if (rc == HZ_OK)
        rc = r_travel_read(bytes, len, R_PROOFFILE_MAX, fields, 4, v, p, &p->text, err);
    if (rc == HZ_OK)
        rc = r_travel_checkpoint(&p->head, &p->text, &v[0], err);
    if (rc == HZ_OK && p->since.present && (p->since.from == 0 || p->since.from > p->head.checkpoint.size))
        return hz_error_set(err, HZ_E_FORMAT, _("the proof inside is from a log that is not smaller"));
    return rc;
}

int r_prooffile_parse(struct r_prooffile *out, const void *bytes, size_t len, struct hz_error *err)
{
    struct r_prooffile p = { 0 };
    int rc = parse(&p, bytes, len, err);

    if (rc != HZ_OK)
        r_prooffile_free(&p);
    else
        *out = p;
    return rc;
}

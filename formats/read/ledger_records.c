#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/ledger_body.h"

#define AT(member) offsetof(struct r_recorded, member)

static const struct r_ledger_member members[] = {
    { .key = "copy", .kind = R_LEDGER_ID, .offset = AT(copy) },
    { .key = "item", .kind = R_LEDGER_ID, .offset = AT(item) },
    { .key = "sha256", .kind = R_LEDGER_DIGEST, .offset = AT(sha256) },
    { .key = "version", .kind = R_LEDGER_LINE, .offset = AT(version) },
};
static const struct r_ledger_object object = { members, sizeof members / sizeof members[0],
                                               "copy item sha256 version?" };

static bool is_behind(const struct r_recorded *before, const struct r_recorded *r)
{
    int order = strcmp(before->item, r->item);

    return order < 0 || (order == 0 && strcmp(before->copy, r->copy) < 0);
}

bool r_ledger_records_read(struct r_json *j, struct r_ledger_text *text, struct r_statement_body *out)
{
    size_t n = 0;

    out->records = calloc(R_STATEMENT_CHECKS, sizeof *out->records);
    if (out->records == NULL)
        return r_json_took(j, HZ_E_NOMEM);
    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        if (n == R_STATEMENT_CHECKS)
            return r_json_fail(j, N_("a renewal is about more than 256 copies"));
        if (!r_ledger_member_read(j, text, &object, NULL, &out->records[n], NULL))
            return false;
        if (n > 0 && !is_behind(&out->records[n - 1], &out->records[n]))
            return r_json_fail(j, N_("a list is not in ascending order"));
        n++;
    }
    out->record_count = n;
    return n > 0 || r_json_fail(j, N_("an object that says nothing"));
}

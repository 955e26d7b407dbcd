#include "verify/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void account_init(struct account *a)
{
    memset(a, 0, sizeof *a);
    r_bundle_result_init(&a->result);
}

void account_free(struct account *a)
{
    size_t i;

    r_bundle_result_free(&a->result);
    free(a->acquisition.case_id);
    free(a->acquisition.operator_name);
    free(a->acquisition.hostname);
    buf_free(&a->acquisition.record);
    for (i = 0; i < a->acquisition.bound_count; i++)
        buf_free(&a->acquisition.bounds[i].bytes);
    free(a->disclosed.path);
    free(a->disclosed.status);
    free(a->disclosed.method);
    buf_free(&a->disclosed.origin);
    free(a->disclosed.case_id);
    free(a->disclosed.operator_name);
    free(a->disclosed.organisation);
    for (i = 0; i < a->signature_count; i++)
        buf_free(&a->signatures[i].text);
    memset(a, 0, sizeof *a);
}

bool account_disclosed_cut(const struct account_disclosed *d)
{
    return text_equal(d->status, "limited") || text_equal(d->status, "shrunk");
}

bool account_disclosed_unlocked(const struct account_disclosed *d)
{
    return text_equal(d->method, R_RECORDS_UNLOCKED);
}

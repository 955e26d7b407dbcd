#include <inttypes.h>

#include "base/lang.h"
#include "custody/audit_part.h"

int audit_witnesses(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, a->told,
               "SELECT ledger, size, min(entry), max(entry) FROM witness GROUP BY ledger, size"
               " HAVING count(DISTINCT text) > 1 ORDER BY max(entry)");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err))
        audit_find(a, "counterparty-fork", query_get_int(&q, 3),
                   _("ledger %.16s...: two different logs of %" PRIu64 " entries were signed; see entries %" PRIu64
                     " and %" PRIu64),
                   query_get_text(&q, 0), query_get_int(&q, 1), query_get_int(&q, 2), query_get_int(&q, 3));
    return rc;
}

#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/audit_part.h"
#include "custody/copy.h"
#include "custody/project_policy.h"

#define LIVING "state NOT IN ('disposed', 'returned')"

static int few_copies(struct audit *a, unsigned copies, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, a->told,
               "SELECT item, entry, (SELECT count(*) FROM copy WHERE copy.item = item.item AND copy.state IN ('there',"
               " 'out') AND " COPY_HOLDS("item.file_sha256") ") AS n FROM item WHERE " LIVING
                                                             " AND file_sha256 IS NOT NULL AND n < ?1 ORDER BY item");
    query_int(&q, 1, copies);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(512);
        buf_printf(&text, _("it has %" PRIu64 " copies that hold the evidence; the policy asks for %u"),
                   query_get_int(&q, 2), copies);
        if (buf_text(&text) == NULL)
            return buf_check(&text, err);
        audit_find_item(a, "policy-unmet", query_get_int(&q, 1), query_get_text(&q, 0), (const char *)text.data);
    }
    return rc;
}

static bool is_older(const char *recorded_at, struct stamp limit)
{
    struct stamp at;

    return stamp_parse(&at, recorded_at, strlen(recorded_at)) == HZ_OK && stamp_compare(at, limit) < 0;
}

/* From its latest check, or from the entry that made it where there was none. */
static int stale_copies(struct audit *a, unsigned days, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct stamp limit = stamp_add(stamp_now(), -(int64_t)days * 86400);
    bool row = true;
    int rc;

    query_open(&q, a->told,
               "SELECT c.item, c.copy, s.entry, s.recorded_at FROM copy c JOIN statement s ON s.entry ="
               " coalesce(c.checked, c.made) WHERE c.state IN ('there', 'out') AND c.item IN"
               " (SELECT item FROM item WHERE " LIVING ") ORDER BY c.item, c.copy");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(512);
        if (!is_older(query_get_text(&q, 3), limit))
            continue;
        buf_printf(&text, _("its copy %s was not verified for more than %u days, which the policy asks for"),
                   query_get_text(&q, 1), days);
        if (buf_text(&text) == NULL)
            return buf_check(&text, err);
        audit_find_item(a, "policy-unmet", query_get_int(&q, 2), query_get_text(&q, 0), (const char *)text.data);
    }
    return rc;
}

int audit_policy(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(r_policy_free) struct r_policy policy = { 0 };
    bool found;
    int rc = project_policy_get(a->told, &policy, &found, err);

    if (rc == HZ_OK && policy.copies > 0)
        rc = few_copies(a, policy.copies, err);
    if (rc == HZ_OK && policy.recheck_days > 0)
        rc = stale_copies(a, policy.recheck_days, err);
    return rc;
}

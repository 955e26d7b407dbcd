#include <string.h>

#include "base/lang.h"
#include "custody/audit_part.h"

#define CLOCKS_APART 60 /* seconds that two machines may differ without a word */

/* Was it signed, as it says itself, or recorded, from that time on? */
static bool is_since(const char *since, const char *time, const char *recorded_at)
{
    struct stamp limit, at;
    int offset;

    if (stamp_parse_offset(&limit, &offset, since, strlen(since)) != HZ_OK)
        return false;
    if (stamp_parse_offset(&at, &offset, time, strlen(time)) == HZ_OK && stamp_compare(at, limit) >= 0)
        return true;
    return stamp_parse(&at, recorded_at, strlen(recorded_at)) == HZ_OK && stamp_compare(at, limit) >= 0;
}

int audit_keys(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc = audit_index_signers(a, err);

    if (rc != HZ_OK)
        return rc;

    query_open(&q, a->told,
               "SELECT s.entry, s.time, s.recorded_at, e.key, e.since FROM ended e JOIN statement s ON s.entry IN"
               " (SELECT entry FROM statement WHERE actor = e.key UNION SELECT entry FROM cosigner WHERE key = e.key)"
               " WHERE e.since IS NOT NULL AND s.entry < e.entry ORDER BY s.entry, e.key");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err))
        if (is_since(query_get_text(&q, 4), query_get_text(&q, 1), query_get_text(&q, 2)))
            audit_find(a, "signer-in-doubt", query_get_int(&q, 0),
                       _("it is signed with the key %s, whose signatures are in doubt since %s"), query_get_text(&q, 3),
                       query_get_text(&q, 4));
    return rc;
}

/* The last one tells whether there is any to look for: none was recorded before another one, or that is found. */
static int is_ahead(struct audit *a, const char *now, bool *ahead, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, a->told, "SELECT recorded_at > ?1 FROM statement ORDER BY entry DESC LIMIT 1");
    query_text(&q, 1, now);
    rc = query_row(&q, &row, err);
    *ahead = rc == HZ_OK && row && query_get_int(&q, 0) == 1;
    return rc;
}

/* One that was recorded, by its own word, after now: the first of them. */
int audit_clock(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q = { 0 };
    char now[STAMP_SIZE];
    bool row = false;
    int rc;

    stamp_format(now, stamp_add(stamp_now(), CLOCKS_APART));
    rc = is_ahead(a, now, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    query_open(&q, a->told, "SELECT entry, recorded_at FROM statement WHERE recorded_at > ?1 ORDER BY entry LIMIT 1");
    query_text(&q, 1, now);
    rc = query_row(&q, &row, err);
    if (rc == HZ_OK && row)
        audit_find(a, "clock-ahead", query_get_int(&q, 0),
                   _("it was recorded at %s, which is later than now by this machine's clock: one of the two clocks is "
                     "wrong"),
                   query_get_text(&q, 1));
    return rc;
}

int audit_copies(struct audit *a, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, a->told,
               "SELECT coalesce(checked, made), item, copy FROM copy WHERE integrity = 'altered' AND decided = 0"
               " AND state IN ('there', 'out') AND item NOT IN (SELECT item FROM item WHERE integrity = 'altered')"
               " ORDER BY item, copy");
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(512);
        buf_printf(&text, _("its copy %s was altered when it was last verified"), query_get_text(&q, 2));
        if (buf_text(&text) == NULL)
            return buf_check(&text, err);
        audit_find_item(a, "copy-failed", query_get_int(&q, 0), query_get_text(&q, 1), (const char *)text.data);
    }
    return rc;
}

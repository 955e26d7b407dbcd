#include "custody/report_keys.h"

#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/describe.h"

#define ROTATIONS_MAX 65536 /* persons of a ledger, at most */

static void keep(char out[R_LEDGER_FINGERPRINT], const char *key)
{
    size_t len = strnlen(key, R_LEDGER_FINGERPRINT - 1);

    memcpy(out, key, len);
    out[len] = '\0';
}

/* The rotation of the key. *entry is 0 where there is none. */
static int next_key(const struct report *r, char key[R_LEDGER_FINGERPRINT], uint64_t *entry, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, r->audit.told, "SELECT successor, entry FROM ended WHERE key = ?1 AND successor IS NOT NULL");
    query_text(&q, 1, key);
    rc = query_row(&q, &row, err);
    *entry = 0;
    if (rc == HZ_OK && row) {
        keep(key, query_get_text(&q, 0));
        *entry = query_get_int(&q, 1);
    }
    return rc;
}

int report_keys_latest(const struct report *r, const char *key, char out[R_LEDGER_FINGERPRINT], struct hz_error *err)
{
    uint64_t entry = 1;
    int rc = HZ_OK;

    keep(out, key);
    for (size_t i = 0; rc == HZ_OK && entry != 0 && i < ROTATIONS_MAX; i++)
        rc = next_key(r, out, &entry, err);
    return rc;
}

/* As signer or as receiver. */
static bool names(const struct report *r, const char *key)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct r_statement *s = &r->entries[i]->statement;
        if (text_equal(s->actor.key, key) || (s->body.to.present && text_equal(s->body.to.key, key)) ||
            text_equal(s->body.custodian, key))
            return true;
    }
    return false;
}

static bool has_entry(const struct report *r, uint64_t sequence)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->entries[i]->sequence == sequence)
            return true;
    return false;
}

static int cosigned(const struct report *r, const char *key, bool *here, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, r->audit.told, "SELECT entry FROM cosigner WHERE key = ?1");
    query_text(&q, 1, key);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row && !*here; rc = query_row(&q, &row, err))
        *here = has_entry(r, query_get_int(&q, 0));
    return rc;
}

int report_keys_concern(const struct report *r, const char *key, bool *here, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    *here = false;
    query_open(&q, r->audit.told,
               "WITH RECURSIVE line(key) AS (VALUES (?1) UNION SELECT CASE WHEN e.key = line.key THEN e.successor ELSE"
               " e.key END FROM line JOIN ended e ON e.key = line.key OR e.successor = line.key"
               " WHERE e.successor IS NOT NULL) SELECT key FROM line");
    query_text(&q, 1, key);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row && !*here; rc = query_row(&q, &row, err)) {
        *here = names(r, query_get_text(&q, 0));
        if (!*here)
            rc = cosigned(r, query_get_text(&q, 0), here, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

/* "revoked: lost", with its entry; or "replaced". */
static int ending(const struct report *r, const char *key, struct buf *text, uint64_t *entry, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row;
    int rc;

    query_open(&q, r->audit.told, "SELECT reason, since, entry FROM ended WHERE key = ?1");
    query_text(&q, 1, key);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    *entry = query_get_int(&q, 2);
    if (strcmp(query_get_text(&q, 0), "rotated") == 0)
        buf_puts(text, _("replaced by another key"));
    else
        buf_printf(text, _("key revoked: %s"), describe_word(query_get_text(&q, 0)));
    if (query_get_text(&q, 1)[0] != '\0')
        buf_printf(text, _(", in doubt since %s"), query_get_text(&q, 1));
    return HZ_OK;
}

int report_keys_end(const struct report_page *p, const char *key, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(512);
    uint64_t entry = 0;
    int rc = ending(p->report, key, &text, &entry, err);

    if (rc != HZ_OK || text.len == 0)
        return rc;
    buf_printf(&text, " [%" PRIu64 "]", entry);
    report_page_detail(p, NULL, buf_text(&text));
    return buf_check(&text, err);
}

static int put_holder(struct report_row *row, const char *key, uint64_t entry, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(2 * R_LEDGER_LINE_MAX);
    int rc = report_name(row->page->report, key, &text, err);

    buf_printf(&text, " (%s)", key);
    if (rc == HZ_OK && buf_text(&text) == NULL)
        rc = buf_check(&text, err);
    if (rc == HZ_OK)
        report_row_value(row, (const char *)text.data, entry);
    return rc;
}

/* Whom a statement makes the custodian, or offers to. */
static const char *holder_of(const struct r_statement *s)
{
    if (s->type == R_STATEMENT_SETTLEMENT)
        return s->body.custodian;
    return s->type == R_STATEMENT_REASSIGN || s->type == R_STATEMENT_OFFER ? s->body.to.key : s->actor.key;
}

static int put_line(struct report_row *row, const char *key, const struct report_entry *from, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf ended = BUF_INIT(512);
    const struct report *r = row->page->report;
    char at[R_LEDGER_FINGERPRINT];
    uint64_t entry = from->sequence;
    int rc;

    keep(at, holder_of(&from->statement));
    rc = put_holder(row, at, entry, err);
    while (rc == HZ_OK && entry != 0 && strcmp(at, key) != 0) {
        rc = next_key(r, at, &entry, err);
        if (rc == HZ_OK && entry != 0)
            rc = put_holder(row, at, entry, err);
    }
    if (rc == HZ_OK)
        rc = ending(r, at, &ended, &entry, err);
    if (rc == HZ_OK && ended.len > 0)
        report_row_value(row, buf_text(&ended), entry);
    return rc;
}

int report_keys_row(const struct report_page *p, const char *label, const char *key, const struct report_entry *from,
                    struct hz_error *err)
{
    struct report_row row = report_row_open(p, label);
    int rc = key[0] != '\0' && from != NULL ? put_line(&row, key, from, err) : HZ_OK;

    report_row_close(&row);
    return rc;
}

#include "custody/audit_time.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/audit_part.h"
#include "formats/write/checkpoint.h"

void audit_time_free(struct audit_time *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->stamps[i].file);
    free(t->stamps);
    r_timestamp_roots_free(t->roots);
    memset(t, 0, sizeof *t);
}

static int64_t slack(const struct r_timestamp *token)
{
    return (int64_t)token->accuracy + R_TIMESTAMP_TOLERANCE;
}

/* file: taken over. */
static int keep(struct audit *a, uint64_t entry, char *file, uint64_t size, const struct r_timestamp *token,
                struct hz_error *err)
{
    struct audit_time *t = &a->time;

    if (t->stamps == NULL)
        t->stamps = calloc(AUDIT_STAMPS, sizeof *t->stamps);
    if (t->stamps == NULL || t->count == AUDIT_STAMPS) {
        free(file);
        t->more++;
        return t->stamps == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : HZ_OK;
    }
    t->stamps[t->count++] = (struct audit_stamp) { entry, file, size, *token };
    return HZ_OK;
}

/* Later than it was proved to exist: one of the two times that an entry states. */
static bool is_ahead(const struct query *q, struct stamp upper, const char **which)
{
    const char *time = query_get_text(q, 1), *recorded = query_get_text(q, 2);
    struct stamp at;
    int offset;

    *which = recorded;
    if (stamp_parse(&at, recorded, strlen(recorded)) == HZ_OK && stamp_compare(at, upper) > 0)
        return true;
    *which = time;
    return stamp_parse_offset(&at, &offset, time, strlen(time)) == HZ_OK && stamp_compare(at, upper) > 0;
}

/* The first entry below `size` that states a later time. Entries that an earlier token covers need no second look. */
static int compare_before(struct audit *a, uint64_t size, const struct r_timestamp *token, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    struct stamp upper = stamp_add(token->time, slack(token));
    struct audit_time *t = &a->time;
    bool tighter = t->covered == 0 || stamp_compare(upper, t->upper) < 0, row = true;
    uint64_t from = tighter ? 0 : t->covered;
    const char *which;
    int rc;

    if (from >= size)
        return HZ_OK;
    query_open(&q, a->told,
               "SELECT entry, time, recorded_at FROM statement WHERE entry >= ?1 AND entry < ?2"
               " ORDER BY entry");
    query_int(&q, 1, from);
    query_int(&q, 2, size);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        char proven[STAMP_SIZE];
        if (!is_ahead(&q, upper, &which))
            continue;
        stamp_format(proven, token->time);
        audit_find(a, "time-ahead", query_get_int(&q, 0),
                   _("it states the time %s, but is proved to have existed at %s"), which, proven);
        break;
    }
    if (rc == HZ_OK && size > t->covered) {
        t->covered = size;
        t->upper = upper;
    }
    return rc;
}

/* A token in the log: over the checkpoint that stands beside it, which must be the log's. */
static int take_token(struct audit *a, const struct r_statement *st, uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(W_CHECKPOINT_MAX);
    const struct r_seen *seen = &st->body.checkpoint;
    unsigned char digest[R_SHA256_SIZE];
    struct r_timestamp token;
    bool same = false;
    int rc = audit_seen_root(a, seen, sequence, &same, err);

    if (rc == HZ_E_FORMAT || (rc == HZ_OK && !same))
        return HZ_OK; /* which audit_seen has found */
    if (rc != HZ_OK)
        return rc;
    buf_printf(&text, "hozen-ledger/%s\n%" PRIu64 "\n%s\n", a->ledger, seen->size, seen->root);
    r_hash_sha256(digest, text.data, text.len);
    rc = r_timestamp_check(st->body.token.data, st->body.token.len, a->time.roots, &token, err);
    if (rc != HZ_OK)
        return rc;
    r_timestamp_hold(&token, digest, NULL);
    rc = keep(a, sequence, NULL, seen->size, &token, err);
    if (token.status == R_TIMESTAMP_INVALID)
        audit_find(a, "timestamp-invalid", sequence, "%s", _(r_timestamp_sentence(token.why)));
    if (rc != HZ_OK || token.status != R_TIMESTAMP_PROVEN)
        return rc;
    if (!a->time.has_lower || stamp_compare(stamp_add(token.time, -slack(&token)), a->time.lower) > 0) {
        a->time.has_lower = true;
        a->time.told = a->time.told_early = false;
        a->time.lower = stamp_add(token.time, -slack(&token));
        a->time.lower_entry = sequence;
    }
    return compare_before(a, seen->size, &token, err);
}

/* Was the statement surely signed when the token stood in the log already? It holds the token itself, or states a
 * checkpoint of the log behind it. Any other may have been signed before it was recorded, at another place. */
static bool signed_after(const struct audit *a, const struct r_statement *st, uint64_t sequence)
{
    return sequence == a->time.lower_entry ||
           (st->body.checkpoint.present && st->body.checkpoint.size > a->time.lower_entry);
}

/* Said, since it is what dating back looks like; but a statement that travelled looks the same. What waits for other
 * signatures, and answers, travel as a rule. */
static void tell_early(struct audit *a, const struct r_statement *st, size_t signatures, uint64_t sequence)
{
    if (a->time.told_early || signatures > 1 || st->type == R_STATEMENT_ACCEPTANCE || st->type == R_STATEMENT_DECLINE ||
        stamp_compare(st->time, a->time.lower) >= 0)
        return;
    a->time.told_early = true;
    audit_find(a, "time-early", sequence,
               _("it states the time %s, and was recorded after the time stamp of entry %" PRIu64
                 ": it was signed earlier and kept, or dated back"),
               st->time_text, a->time.lower_entry);
}

int audit_time_entry(struct audit *a, const struct r_entry *e, const struct r_statement *st, size_t signatures,
                     struct hz_error *err)
{
    const char *which = NULL;
    int rc = st->type == R_STATEMENT_TIMESTAMP ? take_token(a, st, e->sequence, err) : HZ_OK;

    if (rc != HZ_OK || !a->time.has_lower || a->time.told)
        return rc;
    if (stamp_compare(e->recorded_at, a->time.lower) < 0)
        which = e->recorded_at_text;
    else if (signed_after(a, st, e->sequence) && stamp_compare(st->time, a->time.lower) < 0)
        which = st->time_text;
    if (which == NULL) {
        tell_early(a, st, signatures, e->sequence);
        return HZ_OK;
    }
    a->time.told = true;
    audit_find(a, "time-backwards", e->sequence,
               _("it states the time %s, but was recorded after the time stamp of entry %" PRIu64), which,
               a->time.lower_entry);
    return HZ_OK;
}

static int beside(struct audit *a, const struct outside *o, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(R_TIMESTAMP_MAX);
    unsigned char digest[R_SHA256_SIZE];
    struct r_timestamp token;
    char *file;
    int rc = io_read_file(path, &bytes, err);

    if (rc == HZ_E_NOTFOUND)
        return HZ_OK;
    if (rc != HZ_OK && rc != HZ_E_LIMIT)
        return rc;
    r_hash_sha256(digest, o->text.data, o->text.len);
    rc = r_timestamp_check(bytes.len > 0 ? bytes.data : (const unsigned char *)"", rc == HZ_OK ? bytes.len : 0,
                           a->time.roots, &token, err);
    if (rc != HZ_OK)
        return rc;
    r_timestamp_hold(&token, digest, NULL);
    if (token.status == R_TIMESTAMP_INVALID)
        audit_unknown(a, "%s: %s", path, _(r_timestamp_sentence(token.why)));
    file = text_copy(path);
    if (file == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = keep(a, UINT64_MAX, file, o->stated.size, &token, err);
    return rc == HZ_OK && token.status == R_TIMESTAMP_PROVEN ? compare_before(a, o->stated.size, &token, err) : rc;
}

int audit_time_outside(struct audit *a, const struct outside *o, struct hz_error *err)
{
    int rc = HZ_OK;

    for (unsigned i = 1; rc == HZ_OK && i <= R_TIMESTAMP_BESIDE; i++) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
        if (i == 1)
            buf_printf(&path, "%s.tsr", o->path);
        else
            buf_printf(&path, "%s.%u.tsr", o->path, i);
        rc = buf_text(&path) != NULL ? beside(a, o, (const char *)path.data, err) : buf_check(&path, err);
    }
    return rc;
}

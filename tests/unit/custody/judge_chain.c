/* What the shipped rules make of a run of statements, for tests/cli/43-custody-oracle.bats to hold against another
 * program's: judge-chain FILE, a line of JSON per entry: {"recorded_at", "signers", "statement"}. Signatures are taken
 * as verified. Prints ok or denied for each, and what the tables say at the end. */
#include <stdio.h>
#include <string.h>

#include "base/io_rw.h"
#include "base/text.h"
#include "custody/project.h"
#include "formats/read/field.h"

struct run {
    struct store *store;
    uint64_t size;
    unsigned char leaf[R_SHA256_SIZE], left[R_SHA256_SIZE];
};

struct row {
    char recorded_at[STAMP_SIZE];
    struct stamp at;
    struct r_ledger_signers signers;
    struct buf statement;
};

static bool inside_signers(struct r_json *j, void *context)
{
    struct row *row = context;
    struct r_span span;

    for (r_json_array(j); r_json_item(j);) {
        if (!r_json_string(j, &span) || row->signers.count == R_ENTRY_SIGNATURES)
            return r_json_fail(j, "signers");
        snprintf(row->signers.key[row->signers.count++].fingerprint, R_LEDGER_FINGERPRINT, "%.*s", (int)span.len,
                 span.at);
    }
    return j->wrong == NULL;
}

static int parse(const char *text, size_t len, struct row *row, struct hz_error *err)
{
    static const struct r_field fields[] = {
        { .key = "recorded_at", .kind = R_FIELD_STAMP, .required = true },
        { .key = "signers", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_signers },
        { .key = "statement", .kind = R_FIELD_BASE64, .required = true },
    };
    struct r_value v[3];
    struct r_json j;

    buf_init(&row->statement, R_STATEMENT_MAX);
    r_json_init(&j, text, len);
    if (!r_field_read(&j, fields, 3, v, row) || text_unbase64(&row->statement, v[2].text.at, v[2].text.len) != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, "a line is none: %s", j.wrong != NULL ? j.wrong : "base64");
    row->at = v[0].stamp;
    stamp_format(row->recorded_at, row->at);
    return HZ_OK;
}

static int apply(struct run *run, const struct row *row, struct hz_error *err)
{
    struct r_statement s = { 0 };
    struct r_entry entry = { .sequence = run->size, .recorded_at = row->at, .recorded_at_text = row->recorded_at };
    struct project_record record = { &entry, &s, &row->signers, run->leaf, run->size > 0 ? run->left : NULL };
    const char *code = NULL;
    int rc = r_statement_parse(&s, row->statement.data, row->statement.len, err);

    if (rc != HZ_OK)
        return rc;
    rc = project_apply(run->store, &record, &code, err);
    if (rc == HZ_OK)
        run->size++;
    r_statement_free(&s);
    if (rc == HZ_OK || rc == HZ_E_DENIED)
        puts(rc == HZ_OK ? "ok" : "denied");
    return rc == HZ_E_DENIED ? HZ_OK : rc;
}

static int each(struct run *run, const struct buf *text, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t at = 0; rc == HZ_OK && at < text->len;) {
        const char *line = (const char *)text->data + at, *end = memchr(line, '\n', text->len - at);
        struct row row = { 0 };
        if (end == NULL)
            return hz_error_set(err, HZ_E_FORMAT, "no line feed at the end");
        rc = parse(line, (size_t)(end - line), &row, err);
        if (rc == HZ_OK)
            rc = apply(run, &row, err);
        buf_free(&row.statement);
        at += (size_t)(end - line) + 1;
    }
    return rc;
}

static int dump(struct store *s, struct hz_error *err)
{
    static const char sql[] =
        "SELECT 'ended|' || key || '|' || reason AS line FROM ended"
        " UNION ALL SELECT 'fact|' || case_id || '|' || name || '|' || value FROM fact"
        " UNION ALL SELECT 'item|' || item || '|' || state || '|' || custodian || '|' || moved || '|' ||"
        " ifnull(offer, '') || '|' || ifnull(offered_to, '') || '|' || ifnull(dispute, '') || '|' || ifnull(plan, '')"
        " || '|' || ifnull(verdict, '') || '|' || integrity || '|' || decided || '|' || ifnull(location, '') || '|' ||"
        " ifnull(case_id, '') FROM item"
        " UNION ALL SELECT 'copy|' || item || '|' || copy || '|' || state || '|' || ifnull(sha256, '') || '|' ||"
        " integrity || '|' || decided || '|' || ifnull(place, '') || '|' || ifnull(holder, '') FROM copy"
        " UNION ALL SELECT 'hold|' || item || '|' || hold || '|' || iif(lifted IS NULL, 'open', 'lifted') FROM hold"
        " ORDER BY line";
    struct query q;
    bool row = true;
    int rc;

    query_open(&q, s, sql);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err))
        puts(query_get_text(&q, 0));
    query_close(&q);
    return rc;
}

int main(int argc, char **argv)
{
    struct buf text = BUF_INIT((size_t)64 << 20);
    struct run run = { 0 };
    struct hz_error err = { 0 };
    int rc = argc == 2 ? r_hash_start(&err) : HZ_E_USAGE;

    if (rc == HZ_OK)
        rc = io_read_file(argv[1], &text, &err);
    if (rc == HZ_OK)
        rc = store_scratch(&run.store, &err);
    if (rc == HZ_OK)
        rc = store_snapshot(run.store, &err); /* one transaction */
    if (rc == HZ_OK)
        rc = each(&run, &text, &err);
    if (rc == HZ_OK)
        rc = dump(run.store, &err);
    store_close(run.store);
    buf_free(&text);
    if (rc != HZ_OK)
        fprintf(stderr, "%s\n", err.text);
    return rc == HZ_OK ? 0 : 3;
}

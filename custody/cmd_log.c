#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/width.h"
#include "cli/help.h"
#include "cli/out.h"
#include "custody/cmd.h"
#include "custody/describe.h"
#include "custody/item.h"
#include "custody/log_csv.h"
#include "formats/read/entry.h"
#include "formats/read/statement.h"

#define INDENT 6

/* Prints an entry in one of the formats. */
typedef int print_function(const struct r_entry *e, const struct r_statement *s, const struct attribution *by,
                           struct hz_error *err);

/* One line of JSON; the statement's own bytes are canonical JSON and stand in it as they are. */
static int print_json(const struct r_entry *e, const struct r_statement *s, const struct attribution *by,
                      struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(3 * R_STATEMENT_MAX), own = BUF_INIT(R_STATEMENT_MAX + 1);
    struct json_out j;
    int rc;

    buf_put(&own, e->statement.data, e->statement.len);
    if (buf_text(&own) == NULL)
        return buf_check(&own, err);
    json_init(&j, &line);
    json_object(&j);
    json_member_string(&j, "digest", s->digest);
    json_member_int(&j, "entry", (int64_t)e->sequence);
    json_member_string(&j, "recorded_at", e->recorded_at_text);
    json_member_string(&j, "schema", "hozen-log/1");
    attribution_members(by, &s->actor, &j);
    json_key(&j, "statement");
    json_raw(&j, (const char *)own.data);
    json_object_end(&j);
    rc = json_check(&j, err);
    if (rc == HZ_OK)
        cli_out_line(stdout, &line);
    return rc;
}

static int print_text(const struct r_entry *e, const struct r_statement *s, const struct attribution *by,
                      struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf sentence = BUF_INIT(4 * R_STATEMENT_MAX);
    int rc = describe_statement(s, by, &sentence, err);

    if (rc != HZ_OK)
        return rc;
    /* Whole seconds are enough for people; the record has nine more digits. */
    printf("%4" PRIu64 "  %.19sZ  %s\n%*s", e->sequence, e->recorded_at_text, r_statement_type_name(s->type), INDENT,
           "");
    width_wrap(stdout, (const char *)sentence.data, INDENT, INDENT, HELP_COLUMNS);
    return HZ_OK;
}

static int print_csv(const struct r_entry *e, const struct r_statement *s, const struct attribution *by,
                     struct hz_error *err)
{
    return log_csv_row(stdout, e, s, by, err);
}

static int print_entry(const struct query *q, print_function *print, struct hz_error *err)
{
    HZ_CLEANUP(r_entry_free) struct r_entry e = { 0 };
    HZ_CLEANUP(r_statement_free) struct r_statement s = { 0 };
    HZ_CLEANUP(attribution_free) struct attribution by = { 0 };
    size_t len;
    const void *bytes = query_get_blob(q, 1, &len);
    int rc = r_entry_parse(&e, bytes, len, err);

    if (rc == HZ_OK)
        rc = r_statement_parse(&s, e.statement.data, e.statement.len, err);
    if (rc != HZ_OK)
        return hz_error_context(err, _("entry %llu cannot be read; run hozen custody audit"),
                                (unsigned long long)query_get_int(q, 0));
    rc = attribution_make(q->store, q->store, e.sequence, &s, &by, err);
    return rc == HZ_OK ? print(&e, &s, &by, err) : rc;
}

static int print_all(struct store *s, const char *item, print_function *print, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, s,
               item == NULL ? "SELECT sequence, bytes FROM entry ORDER BY sequence"
                            : "SELECT sequence, bytes FROM statement JOIN entry ON sequence = entry WHERE item = ?1"
                              " ORDER BY sequence");
    if (item != NULL)
        query_text(&q, 1, item);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        rc = print_entry(&q, print, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

/* What the format has before the entries */
static print_function *begin(const struct cli_args *args)
{
    if (cli_flag(args, "json"))
        return print_json;
    if (!cli_value(args, "format"))
        return print_text;
    if (cli_flag(args, "bom"))
        fputs("\xEF\xBB\xBF", stdout);
    log_csv_header(stdout);
    return print_csv;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(item_free) struct item known = { 0 };
    const char *item = cli_operand(args, 0);
    int rc = store_open(&s, cli_value(args, "ledger"), STORE_READ, err);

    if (rc == HZ_OK)
        rc = store_snapshot(s, err);
    if (rc == HZ_OK && item != NULL)
        rc = item_get(s, item, &known, err);
    if (rc == HZ_OK)
        rc = print_all(s, item, begin(args), err);
    return rc == HZ_OK ? store_unchanged(s, err) : rc;
}

int cmd_log(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}

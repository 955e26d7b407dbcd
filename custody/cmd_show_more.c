#include "custody/cmd_show_more.h"

#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/out.h"
#include "custody/describe.h"
#include "custody/describe_body.h"

static const char *const copy_columns[] = { "copy",  "due",  "holder", "integrity", "medium",
                                            "place", "role", "sha256", "state" };
static const char *const hold_columns[] = { "authority", "hold", "lifted", "reason", "scope" };

static const char *filled(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void write_row(struct json_out *j, const struct query *q, const char *const *names, size_t count)
{
    json_object(j);
    for (size_t i = 0; i < count; i++)
        json_member_string(j, names[i], filled(query_get_text(q, (int)i)));
    json_object_end(j);
}

/* "w1; role: working; state: there ..." */
static int print_row(const struct query *q, const char *label, const char *const *names, size_t count, size_t first,
                     struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(65536);
    int rc;

    buf_puts(&line, query_get_text(q, (int)first));
    for (size_t i = 0; i < count; i++) {
        const char *value = query_get_text(q, (int)i);
        if (i != first && value[0] != '\0')
            buf_printf(&line, "; %s: %s", describe_body_named(names[i]), describe_word(value));
    }
    rc = buf_check(&line, err);
    if (rc == HZ_OK)
        cli_out_wrapped(stdout, CLI_OUT_LABELS, label, (const char *)line.data, line.len);
    return rc;
}

struct listing {
    const char *member, *label, *sql;
    const char *const *names;
    size_t count, first;
};

static int list(struct store *s, const struct listing *l, const char *key, struct json_out *j, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, s, l->sql);
    query_text(&q, 1, key);
    if (j != NULL) {
        json_key(j, l->member);
        json_array(j);
    }
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        if (j != NULL)
            write_row(j, &q, l->names, l->count);
        else
            rc = print_row(&q, l->label, l->names, l->count, l->first, err);
        if (rc != HZ_OK)
            break;
    }
    if (j != NULL)
        json_array_end(j);
    return rc;
}

int cmd_show_copies(struct store *s, const char *item, struct json_out *j, struct hz_error *err)
{
    const struct listing copies = {
        .member = "copies",
        .label = _("copy"),
        .sql = "SELECT copy, due, holder, integrity, medium, place, role, sha256, state FROM copy WHERE item = ?1 "
               "ORDER BY entry, copy",
        .names = copy_columns,
        .count = sizeof copy_columns / sizeof copy_columns[0],
    };
    return list(s, &copies, item, j, err);
}

int cmd_show_holds(struct store *s, const char *item, struct json_out *j, struct hz_error *err)
{
    const struct listing holds = {
        .member = "holds",
        .label = _("hold"),
        .sql = "SELECT authority, hold, CASE WHEN lifted IS NULL THEN NULL ELSE 'yes' END, reason, scope FROM hold "
               "WHERE item = ?1 ORDER BY entry, hold",
        .names = hold_columns,
        .count = sizeof hold_columns / sizeof hold_columns[0],
        .first = 1,
    };
    return list(s, &holds, item, j, err);
}

static int check_case(struct store *s, const char *of_case, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = false;
    int rc;

    query_open(&q, s, "SELECT 1 FROM statement WHERE case_id = ?1 LIMIT 1");
    query_text(&q, 1, of_case);
    rc = query_row(&q, &row, err);
    return rc == HZ_OK && !row
               ? hz_error_set(err, HZ_E_NOTFOUND, _("nothing in this ledger is of the case %s"), of_case)
               : rc;
}

int cmd_show_facts(struct store *s, const char *of_case, struct json_out *j, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc = check_case(s, of_case, err);

    if (rc != HZ_OK)
        return rc;
    query_open(&q, s, "SELECT name, value FROM fact WHERE case_id = ?1 ORDER BY name");
    query_text(&q, 1, of_case);
    if (j != NULL) {
        json_key(j, "facts");
        json_object(j);
    } else {
        cli_out_field(stdout, CLI_OUT_LABELS, _("case"), of_case);
    }
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        const char *name = query_get_text(&q, 0), *value = query_get_text(&q, 1);
        if (j != NULL)
            json_member_string(j, name, value);
        else
            cli_out_wrapped(stdout, CLI_OUT_LABELS, describe_body_named(name), value, strlen(value));
    }
    if (j != NULL)
        json_object_end(j);
    return rc;
}

void cmd_show_taken(const struct r_statement *intake)
{
    static const char *const shown[] = { "exhibit", "kind", "location" };
    HZ_CLEANUP(buf_free) struct buf compared = BUF_INIT(R_STATEMENT_MAX);
    const char *label, *key = NULL;

    describe_compared(intake, &compared);
    if (compared.len > 0)
        cli_out_wrapped(stdout, CLI_OUT_LABELS, _("compared"), (const char *)compared.data,
                        strlen((const char *)compared.data));
    for (size_t i = 0; (label = describe_body_label(i, &key)) != NULL; i++) {
        const char *value = r_statement_text(intake, key);
        for (size_t n = 0; n < sizeof shown / sizeof shown[0]; n++)
            if (strcmp(key, shown[n]) == 0)
                value = NULL;
        if (value != NULL)
            cli_out_wrapped(stdout, CLI_OUT_LABELS, label, value, strlen(value));
    }
    for (size_t i = 0; i < intake->body.witness_count; i++)
        cli_out_wrapped(stdout, CLI_OUT_LABELS, _("witness"), intake->body.witnesses[i],
                        strlen(intake->body.witnesses[i]));
}

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/width.h"
#include "cli/help.h"
#include "cli/out.h"
#include "custody/cmd.h"
#include "custody/cmd_show_more.h"
#include "custody/describe.h"
#include "custody/inside.h"
#include "custody/item.h"
#include "custody/show_csv.h"

#define NAME_COLUMNS 32

/* What the table says, as of now: an expired offer is one no more. */
struct view {
    struct item item;
    enum r_ledger_state state;
    struct buf custodian, receiver; /* names */
};

static void view_free(struct view *v)
{
    item_free(&v->item);
    buf_free(&v->custodian);
    buf_free(&v->receiver);
}

static bool is_offered(const struct view *v)
{
    return v->state == R_LEDGER_OFFERED || v->state == R_LEDGER_TRANSIT;
}

static int look(struct store *s, const struct query *q, struct view *v, struct hz_error *err)
{
    int rc = item_from_row(q, &v->item, err);

    buf_init(&v->custodian, 4096);
    buf_init(&v->receiver, 4096);
    if (rc != HZ_OK)
        return rc;
    v->state = r_ledger_item_state(&v->item.chain, stamp_now());
    rc = person_name(s, v->item.chain.custodian, &v->custodian, err);
    if (rc == HZ_OK && is_offered(v))
        rc = person_name(s, v->item.chain.offered_to, &v->receiver, err);
    buf_text(&v->custodian);
    buf_text(&v->receiver);
    return rc == HZ_OK ? buf_check(&v->custodian, err) : rc;
}

static const char *state_text(enum r_ledger_state state)
{
    switch (state) {
    case R_LEDGER_HELD:
        return _("held");
    case R_LEDGER_OFFERED:
        return _("offered");
    case R_LEDGER_TRANSIT:
        return _("in transit");
    case R_LEDGER_DISPUTED:
        return _("disputed");
    case R_LEDGER_DISPOSED:
        return _("disposed of");
    case R_LEDGER_RETURNED:
        return _("returned");
    default:
        return "-";
    }
}

static const char *filled(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* A name that is too long for its column has a line of its own. The table is not audited here: escaped. */
static void print_name(const char *name)
{
    HZ_CLEANUP(buf_free) struct buf inert = BUF_INIT(65536);
    unsigned used;

    escape_terminal(&inert, name, strlen(name));
    if (buf_text(&inert) == NULL)
        return;
    used = width_text((const char *)inert.data);
    fputs((const char *)inert.data, stdout);
    if (used > NAME_COLUMNS)
        printf("\n%*s", NAME_COLUMNS, "");
    else
        printf("%*s", (int)(NAME_COLUMNS - used), "");
}

static void print_row(const struct view *v)
{
    static const unsigned state_columns = 10;
    const char *state = state_text(v->state);
    unsigned used = width_text(state);

    print_name(v->item.name);
    printf("  %s%*s  ", state, used < state_columns ? (int)(state_columns - used) : 0, "");
    escape_print(stdout, (const char *)v->custodian.data);
    if (is_offered(v)) {
        fputs(" -> ", stdout);
        escape_print(stdout, (const char *)v->receiver.data);
    }
    putchar('\n');
}

/* "label: value", the value wrapped behind the label. NULL: nothing. */
static void print_field(const char *label, const char *value)
{
    HZ_CLEANUP(buf_free) struct buf inert = BUF_INIT(65536);
    unsigned used = width_text(label), at = CLI_OUT_LABELS + 2;

    if (value == NULL)
        return;
    escape_terminal(&inert, value, strlen(value));
    printf("%s: %*s", label, used < CLI_OUT_LABELS ? (int)(CLI_OUT_LABELS - used) : 0, "");
    width_wrap(stdout, buf_text(&inert) != NULL ? (const char *)inert.data : "", at, at, HELP_COLUMNS);
}

static void print_fields(const struct view *v)
{
    const struct item *i = &v->item;

    print_field(_("item"), i->name);
    print_field(_("case"), i->case_id);
    print_field(_("state"), state_text(v->state));
    print_field(_("custodian"), (const char *)v->custodian.data);
    if (is_offered(v)) {
        print_field(_("offered to"), (const char *)v->receiver.data);
        print_field(_("until"), i->expires);
    }
    if (v->state == R_LEDGER_HELD && (i->chain.state == R_LEDGER_OFFERED || i->chain.state == R_LEDGER_TRANSIT))
        print_field(_("offer expired"), i->expires);
    print_field(_("kind"), i->kind != NULL && strcmp(i->kind, "bundle") != 0 ? describe_member("kind", i->kind) : NULL);
    print_field(_("exhibit number"), i->exhibit);
    print_field(_("disposal"), i->chain.plan[0] != '\0' ? _("planned") : NULL);
    print_field(_("location"), i->location);
    print_field(_("verdict"), describe_word(i->verdict));
    print_field(_("integrity"), describe_word(i->integrity));
    print_field(_("content id"), filled(i->chain.content_id));
    print_field(_("file sha256"), filled(i->chain.file_sha256));
}

/* The intake's own words about where the evidence comes from, and what lies in it. */
static int print_inside(struct store *s, const char *item, struct hz_error *err)
{
    HZ_CLEANUP(inside_free) struct inside inside = { 0 };
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)4 << 20);
    int rc = inside_find(s, item, &inside, err);

    if (rc != HZ_OK)
        return rc;
    cmd_show_taken(&inside.statement);
    if (inside.statement.body.inspection == NULL)
        return rc;
    inside_describe(inside.statement.body.inspection, &text);
    rc = buf_check(&text, err);
    for (size_t at = 0; rc == HZ_OK && at < text.len; at += strlen((const char *)text.data + at) + 1) {
        const char *label = (const char *)text.data + at;
        at += strlen(label) + 1;
        print_field(label, (const char *)text.data + at);
    }
    return rc;
}

static int json_view(struct json_out *j, struct store *s, const struct view *v, struct hz_error *err)
{
    HZ_CLEANUP(inside_free) struct inside inside = { 0 };
    HZ_CLEANUP(buf_free) struct buf compared = BUF_INIT(R_STATEMENT_MAX);
    const struct item *i = &v->item;
    bool offered = is_offered(v);
    int rc = inside_find(s, i->name, &inside, err);

    if (rc == HZ_OK)
        describe_compared(&inside.statement, &compared);
    json_object(j);
    json_member_string(j, "case", i->case_id);
    json_member_string(j, "compared", compared.len > 0 ? (const char *)compared.data : NULL);
    json_member_string(j, "content_id", filled(i->chain.content_id));
    if (rc == HZ_OK)
        rc = cmd_show_copies(s, i->name, j, err);
    json_member_string(j, "custodian", i->chain.custodian);
    json_member_string(j, "custodian_name", (const char *)v->custodian.data);
    json_member_string(j, "disposal", i->chain.plan[0] != '\0' ? "planned" : NULL);
    json_member_int(j, "entry", (int64_t)i->entry);
    json_member_string(j, "exhibit", i->exhibit);
    json_member_string(j, "expires", offered ? i->expires : NULL);
    json_member_string(j, "file_sha256", filled(i->chain.file_sha256));
    if (rc == HZ_OK)
        rc = cmd_show_holds(s, i->name, j, err);
    inside_member(j, inside.statement.body.inspection);
    json_member_string(j, "integrity", i->integrity);
    json_member_string(j, "item", i->name);
    json_member_string(j, "kind", i->kind);
    json_member_string(j, "location", i->location);
    json_member_string(j, "offered_to", offered ? i->chain.offered_to : NULL);
    json_member_string(j, "state", item_state_word(v->state));
    json_member_string(j, "verdict", i->verdict);
    json_object_end(j);
    return rc;
}

/* What becomes of each item. */
struct output {
    struct json_out *j; /* a member of the array that is open in it */
    bool csv, whole;    /* a row; all its fields; else one line */
};

static int put(const struct output *out, struct store *s, const struct view *v, struct hz_error *err)
{
    if (out->j != NULL)
        return json_view(out->j, s, v, err);
    if (out->csv)
        return show_csv_row(stdout, &v->item, v->state, (const char *)v->custodian.data,
                            is_offered(v) ? (const char *)v->receiver.data : NULL, err);
    if (out->whole)
        print_fields(v);
    else
        print_row(v);
    return HZ_OK;
}

static int each(struct store *s, const char *item, const char *of_case, const struct output *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    bool row = true;
    int rc;

    query_open(&q, s,
               of_case != NULL ? "SELECT " ITEM_COLUMNS " FROM item WHERE case_id = ?1 ORDER BY item"
               : item == NULL  ? "SELECT " ITEM_COLUMNS " FROM item ORDER BY item"
                               : "SELECT " ITEM_COLUMNS " FROM item WHERE item = ?1");
    if (item != NULL || of_case != NULL)
        query_text(&q, 1, of_case != NULL ? of_case : item);
    for (rc = query_row(&q, &row, err); rc == HZ_OK && row; rc = query_row(&q, &row, err)) {
        HZ_CLEANUP(view_free) struct view v = { 0 };
        rc = look(s, &q, &v, err);
        if (rc == HZ_OK)
            rc = put(out, s, &v, err);
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

static int show_json(struct store *s, const char *item, const char *of_case, const struct head *head,
                     struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)64 << 20);
    HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);
    struct json_out j;
    int rc;

    text_base64(&root, head->root, sizeof head->root);
    json_init(&j, &line);
    json_object(&j);
    rc = of_case != NULL ? cmd_show_facts(s, of_case, &j, err) : HZ_OK;
    json_key(&j, "items");
    json_array(&j);
    if (rc == HZ_OK)
        rc = each(s, item, of_case, &(struct output) { .j = &j }, err);
    json_array_end(&j);
    json_member_string(&j, "ledger", head->ledger);
    json_member_string(&j, "root", buf_text(&root));
    json_member_string(&j, "schema", "hozen-show/1");
    json_member_decimal(&j, "size", head->size);
    json_object_end(&j);
    if (rc == HZ_OK)
        rc = json_check(&j, err);
    if (rc == HZ_OK)
        cli_out_line(stdout, &line);
    return rc;
}

static int show_text(struct store *s, const char *item, const char *of_case, struct hz_error *err)
{
    int rc = HZ_OK;

    if (of_case != NULL)
        rc = cmd_show_facts(s, of_case, NULL, err);
    if (rc == HZ_OK)
        rc = each(s, item, of_case, &(struct output) { .whole = item != NULL }, err);
    if (rc == HZ_OK && item != NULL)
        rc = cmd_show_copies(s, item, NULL, err);
    if (rc == HZ_OK && item != NULL)
        rc = cmd_show_holds(s, item, NULL, err);
    return rc == HZ_OK && item != NULL ? print_inside(s, item, err) : rc;
}

static int show_csv(const struct cli_args *args, struct store *s, struct hz_error *err)
{
    if (cli_flag(args, "bom"))
        fputs("\xEF\xBB\xBF", stdout);
    show_csv_header(stdout);
    return each(s, cli_operand(args, 0), cli_value(args, "case"), &(struct output) { .csv = true }, err);
}

/* In the form that was asked for; the head of the log goes with those for people and programs. */
static int show(const struct cli_args *args, struct store *s, const struct head *head, struct hz_error *err)
{
    const char *item = cli_operand(args, 0), *of_case = cli_value(args, "case");
    int rc;

    if (cli_flag(args, "json"))
        return show_json(s, item, of_case, head, err);
    if (cli_value(args, "format") != NULL)
        return show_csv(args, s, err);
    rc = show_text(s, item, of_case, err);
    if (rc == HZ_OK)
        cmd_print_head(head);
    return rc;
}

static int run(const struct cli_args *args, struct hz_error *err)
{
    HZ_CLEANUP(cmd_close_store) struct store *s = NULL;
    HZ_CLEANUP(item_free) struct item known = { 0 };
    const char *item = cli_operand(args, 0), *of_case = cli_value(args, "case");
    struct head head;
    int rc =
        item != NULL && of_case != NULL ? cli_usage(args->command, err, _("name either an item or --case")) : HZ_OK;

    if (rc == HZ_OK)
        rc = store_open(&s, cli_value(args, "ledger"), STORE_READ, err);

    if (rc == HZ_OK)
        rc = store_snapshot(s, err);
    if (rc == HZ_OK)
        rc = append_head(s, &head, err);
    if (rc == HZ_OK && item != NULL)
        rc = item_get(s, item, &known, err);
    if (rc == HZ_OK)
        rc = show(args, s, &head, err);
    return rc == HZ_OK ? store_unchanged(s, err) : rc;
}

int cmd_show(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    return run(args, &err) == HZ_OK ? HZ_EXIT_OK : cli_fail(args, &err);
}

#include "custody/inside.h"

#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "custody/check_database.h"
#include "formats/write/inspection.h"

void inside_free(struct inside *i)
{
    r_statement_free(&i->statement);
    r_entry_free(&i->entry);
    memset(i, 0, sizeof *i);
}

int inside_find(struct store *s, const char *item, struct inside *out, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const void *bytes;
    size_t len = 0;
    bool row;
    int rc;

    query_open(&q, s,
               "SELECT bytes FROM statement JOIN entry ON entry.sequence = statement.entry"
               " WHERE item = ?1 AND type = 'intake' ORDER BY statement.entry LIMIT 1");
    query_text(&q, 1, item);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK || !row)
        return rc;
    bytes = query_get_blob(&q, 0, &len);
    rc = r_entry_parse(&out->entry, bytes, len, err);
    if (rc == HZ_OK)
        rc = r_statement_parse(&out->statement, out->entry.statement.data, out->entry.statement.len, err);
    return rc;
}

static void put_field(struct buf *out, const char *label, const struct buf *text)
{
    buf_put(out, label, strlen(label) + 1);
    buf_put(out, text->data, text->len);
    buf_putc(out, '\0');
}

static const char *result_text(const char *result)
{
    if (strcmp(result, "ok") == 0)
        return _("integrity check passed");
    return strcmp(result, "damaged") == 0 ? _("damaged") : _("could not be checked");
}

/* What is ours in it is said in the reader's language. */
static void put_detail(struct buf *text, const char *detail)
{
    static const char unlocked[] = CHECK_DATABASE_UNLOCKED;
    size_t len = sizeof unlocked - 1;
    if (detail != NULL && strncmp(detail, unlocked, len) == 0)
        buf_printf(text, ": %s%s", _(unlocked), detail + len);
    else if (detail != NULL)
        buf_printf(text, ": %s", detail);
}

static void describe_database(const struct r_inspection *all, const struct r_inspected_database *d, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    buf_printf(&text, "%s: %s", d->path, result_text(d->result));
    put_detail(&text, d->detail);
    for (size_t i = 0; i < d->table_count; i++)
        buf_printf(&text, "%s%s %" PRIu64, i == 0 ? _("; rows: ") : ", ", all->tables[d->first_table + i].name,
                   all->tables[d->first_table + i].rows);
    if (d->tables_more > 0)
        buf_printf(&text, _("; %llu more tables"), (unsigned long long)d->tables_more);
    put_field(out, _("database"), &text);
}

static void describe_types(const struct r_inspection *all, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
    for (size_t i = 0; i < all->type_count; i++)
        buf_printf(&text, "%s%s %" PRIu64, i == 0 ? "" : ", ", all->types[i].type, all->types[i].files);
    if (all->types_more > 0)
        buf_printf(&text, _("; %llu more types"), (unsigned long long)all->types_more);
    if (text.len > 0)
        put_field(out, _("file types"), &text);
}

void inside_describe(const struct r_inspection *inspection, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    for (size_t i = 0; i < inspection->database_count; i++)
        describe_database(inspection, &inspection->databases[i], out);
    if (inspection->databases_more > 0) {
        buf_printf(&text, _("%llu more, not checked"), (unsigned long long)inspection->databases_more);
        put_field(out, _("database"), &text);
        buf_reset(&text);
    }
    describe_types(inspection, out);
    if (inspection->trouble != NULL) {
        buf_puts(&text, inspection->trouble);
        put_field(out, _("not looked at"), &text);
    }
}

void inside_member(struct json_out *j, const struct r_inspection *from)
{
    struct w_inspected_database databases[R_INSPECTION_DATABASES];
    struct w_inspected_table tables[R_INSPECTION_TABLES];
    struct w_inspected_type types[R_INSPECTION_TYPES];
    if (from == NULL)
        return;
    for (size_t i = 0; i < from->table_count; i++)
        tables[i] = (struct w_inspected_table) { from->tables[i].name, from->tables[i].rows };
    for (size_t i = 0; i < from->type_count; i++)
        types[i] = (struct w_inspected_type) { from->types[i].type, from->types[i].files };
    for (size_t i = 0; i < from->database_count; i++) {
        const struct r_inspected_database *d = &from->databases[i];
        databases[i] =
            (struct w_inspected_database) { d->path,        d->result,     d->detail, tables + d->first_table,
                                            d->table_count, d->tables_more };
    }
    w_inspection_member(j, &(struct w_inspection) { .trouble = from->trouble,
                                                    .databases = databases,
                                                    .database_count = from->database_count,
                                                    .databases_more = from->databases_more,
                                                    .types = types,
                                                    .type_count = from->type_count,
                                                    .types_more = from->types_more });
}

#include "formats/read/inspection.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/read/field.h"

struct scope {
    struct r_ledger_text *text;
    struct r_inspection *out;
};

static bool read_table(struct r_json *j, struct scope *scope)
{
    static const struct r_field fields[] = {
        { .key = "name", .kind = R_FIELD_TEXT, .required = true },
        { .key = "rows", .kind = R_FIELD_DECIMAL, .required = true },
    };
    struct r_value v[2];

    if (scope->out->table_count == R_INSPECTION_TABLES)
        return r_json_fail(j, N_("an inspection lists more than 256 tables"));
    if (!r_field_read(j, fields, 2, v, NULL))
        return false;
    scope->out->tables[scope->out->table_count++] =
        (struct r_inspected_table) { r_ledger_text_line(scope->text, &v[0]), v[1].number };
    return scope->text->wrong == NULL;
}

static bool inside_tables(struct r_json *j, void *context)
{
    if (!r_json_array(j))
        return false;
    while (r_json_item(j))
        if (!read_table(j, context))
            return false;
    return j->wrong == NULL;
}

/* A count of what is not listed is there only when something is not. */
static bool more(struct r_json *j, const struct r_value *value, uint64_t *out)
{
    *out = value->present ? value->number : 0;
    return !value->present || value->number > 0 || r_json_fail(j, N_("a count of what is not listed is 0"));
}

static bool read_database(struct r_json *j, struct scope *scope)
{
    static const struct r_field fields[] = {
        { .key = "detail", .kind = R_FIELD_TEXT },
        { .key = "path", .kind = R_FIELD_TEXT, .required = true },
        { .key = "result", .kind = R_FIELD_CHOICE, .required = true, .form = "damaged ok unchecked" },
        { .key = "tables", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_tables },
        { .key = "tables_more", .kind = R_FIELD_DECIMAL },
    };
    struct r_inspection *out = scope->out;
    struct r_value v[5];
    size_t first = out->table_count;

    if (out->database_count == R_INSPECTION_DATABASES)
        return r_json_fail(j, N_("an inspection lists more than 16 databases"));
    if (!r_field_read(j, fields, 5, v, scope))
        return false;
    struct r_inspected_database *d = &out->databases[out->database_count++];
    *d = (struct r_inspected_database) {
        .path = r_ledger_text_line(scope->text, &v[1]),
        .result = r_ledger_text_take(scope->text, &v[2]),
        .detail = r_ledger_text_line(scope->text, &v[0]),
        .first_table = first,
        .table_count = out->table_count - first,
    };
    return more(j, &v[4], &d->tables_more) && scope->text->wrong == NULL;
}

static bool inside_databases(struct r_json *j, void *context)
{
    if (!r_json_array(j))
        return false;
    while (r_json_item(j))
        if (!read_database(j, context))
            return false;
    return j->wrong == NULL;
}

static bool read_type(struct r_json *j, struct scope *scope)
{
    static const struct r_field fields[] = {
        { .key = "files", .kind = R_FIELD_DECIMAL, .required = true },
        { .key = "type", .kind = R_FIELD_TEXT, .required = true },
    };
    struct r_value v[2];

    if (scope->out->type_count == R_INSPECTION_TYPES)
        return r_json_fail(j, N_("an inspection lists more than 64 types"));
    if (!r_field_read(j, fields, 2, v, NULL))
        return false;
    scope->out->types[scope->out->type_count++] =
        (struct r_inspected_type) { r_ledger_text_line(scope->text, &v[1]), v[0].number };
    return scope->text->wrong == NULL;
}

static bool inside_types(struct r_json *j, void *context)
{
    if (!r_json_array(j))
        return false;
    while (r_json_item(j))
        if (!read_type(j, context))
            return false;
    return j->wrong == NULL;
}

bool r_inspection_read(struct r_json *j, struct r_ledger_text *text, struct r_inspection **place)
{
    static const struct r_field fields[] = {
        { .key = "databases", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_databases },
        { .key = "databases_more", .kind = R_FIELD_DECIMAL },
        { .key = "trouble", .kind = R_FIELD_TEXT },
        { .key = "types", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_types },
        { .key = "types_more", .kind = R_FIELD_DECIMAL },
    };
    struct r_inspection *out = calloc(1, sizeof *out); /* large, and few statements have one */
    struct scope scope = { text, out };
    struct r_value v[5];

    *place = out;
    if (out == NULL)
        return r_json_took(j, HZ_E_NOMEM);
    if (!r_field_read(j, fields, 5, v, &scope) || !more(j, &v[1], &out->databases_more) ||
        !more(j, &v[4], &out->types_more))
        return false;
    out->trouble = r_ledger_text_line(text, &v[2]);
    return text->wrong == NULL;
}

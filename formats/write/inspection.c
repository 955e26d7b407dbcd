#include "formats/write/inspection.h"

static void member_more(struct json_out *j, const char *key, uint64_t more)
{
    if (more > 0)
        json_member_decimal(j, key, more);
}

static void put_tables(struct json_out *j, const struct w_inspected_database *d)
{
    json_key(j, "tables");
    json_array(j);
    for (size_t i = 0; i < d->table_count; i++) {
        json_object(j);
        json_member_string(j, "name", d->tables[i].name);
        json_member_decimal(j, "rows", d->tables[i].rows);
        json_object_end(j);
    }
    json_array_end(j);
    member_more(j, "tables_more", d->tables_more);
}

static void put_databases(struct json_out *j, const struct w_inspection *inspection)
{
    json_key(j, "databases");
    json_array(j);
    for (size_t i = 0; i < inspection->database_count; i++) {
        const struct w_inspected_database *d = &inspection->databases[i];
        json_object(j);
        json_member_string(j, "detail", d->detail);
        json_member_string(j, "path", d->path);
        json_member_string(j, "result", d->result);
        put_tables(j, d);
        json_object_end(j);
    }
    json_array_end(j);
    member_more(j, "databases_more", inspection->databases_more);
}

static void put_types(struct json_out *j, const struct w_inspection *inspection)
{
    json_key(j, "types");
    json_array(j);
    for (size_t i = 0; i < inspection->type_count; i++) {
        json_object(j);
        json_member_decimal(j, "files", inspection->types[i].files);
        json_member_string(j, "type", inspection->types[i].type);
        json_object_end(j);
    }
    json_array_end(j);
    member_more(j, "types_more", inspection->types_more);
}

void w_inspection_member(struct json_out *j, const struct w_inspection *inspection)
{
    if (inspection == NULL)
        return;
    json_key(j, "inspection");
    json_object(j);
    put_databases(j, inspection);
    json_member_string(j, "trouble", inspection->trouble);
    put_types(j, inspection);
    json_object_end(j);
}

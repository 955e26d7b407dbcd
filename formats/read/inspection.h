/* What an intake says about the content of the evidence (formats/spec/ledger.md, "inspection"). */
#ifndef HZ_FORMATS_READ_INSPECTION_H
#define HZ_FORMATS_READ_INSPECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/read/json.h"
#include "formats/read/ledger_text.h"

#define R_INSPECTION_DATABASES 16
#define R_INSPECTION_TABLES 256 /* of all databases together */
#define R_INSPECTION_TYPES 64

struct r_inspected_table {
    const char *name;
    uint64_t rows;
};

struct r_inspected_database {
    const char *path, *result, *detail;
    size_t first_table, table_count; /* in tables */
    uint64_t tables_more;
};

struct r_inspected_type {
    const char *type;
    uint64_t files;
};

struct r_inspection { /* all text lies in the r_ledger_text given */
    const char *trouble;
    struct r_inspected_database databases[R_INSPECTION_DATABASES];
    struct r_inspected_table tables[R_INSPECTION_TABLES];
    struct r_inspected_type types[R_INSPECTION_TYPES];
    size_t database_count, table_count, type_count;
    uint64_t databases_more, types_more;
};

/* false: j->wrong or text->wrong says why. *out is set in any case, NULL or the caller's to free(). */
bool r_inspection_read(struct r_json *j, struct r_ledger_text *text, struct r_inspection **out);

#endif

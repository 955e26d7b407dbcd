/* What an intake says about the content of the evidence (formats/spec/ledger.md, "inspection"). */
#ifndef HZ_FORMATS_WRITE_INSPECTION_H
#define HZ_FORMATS_WRITE_INSPECTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/json_out.h"

#define W_INSPECTION_DATABASES 16
#define W_INSPECTION_TABLES 256 /* of all databases together */
#define W_INSPECTION_TYPES 64

struct w_inspected_table {
    const char *name;
    uint64_t rows;
};

struct w_inspected_database {
    const char *path;   /* "data/databases/..." */
    const char *result; /* ok, damaged, unchecked */
    const char *detail; /* the first thing wrong, or why it was not checked; NULL when ok */
    const struct w_inspected_table *tables;
    size_t table_count;
    uint64_t tables_more; /* counted, not listed */
};

struct w_inspected_type {
    const char *type;
    uint64_t files;
};

struct w_inspection {
    const char *trouble; /* why something was not looked at; NULL: everything was */
    const struct w_inspected_database *databases;
    size_t database_count;
    uint64_t databases_more;
    const struct w_inspected_type *types;
    size_t type_count;
    uint64_t types_more;
};

/* The member "inspection"; NULL: nothing. */
void w_inspection_member(struct json_out *j, const struct w_inspection *inspection);

#endif

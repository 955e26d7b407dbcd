/* What the intake of an item says about its content, read back from the signed statement and shown. */
#ifndef HZ_CUSTODY_INSIDE_H
#define HZ_CUSTODY_INSIDE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json_out.h"
#include "custody/store.h"
#include "formats/read/entry.h"
#include "formats/read/statement.h"

struct inside {
    struct r_entry entry;
    struct r_statement statement; /* the intake; its body.inspection is NULL where it says nothing */
};

/* HZ_OK, too, when the ledger knows no intake of the item, or one that holds no inspection. */
int inside_find(struct store *s, const char *item, struct inside *out, struct hz_error *err);
void inside_free(struct inside *i); /* legal on a zeroed struct */

/* Appends label and text in turn, each with its NUL. */
void inside_describe(const struct r_inspection *inspection, struct buf *out);
/* The member "inspection", as it stands in the statement; nothing when it is NULL. */
void inside_member(struct json_out *j, const struct r_inspection *inspection);

#endif

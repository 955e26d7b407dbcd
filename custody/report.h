/* The forms (formats/spec/ledger.md section 11): what a person prints who never saw the tool. Everything in them comes
 * from entries that the audit of the same snapshot has just checked, and stands beside the number of its entry. */
#ifndef HZ_CUSTODY_REPORT_H
#define HZ_CUSTODY_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "custody/attribution.h"
#include "custody/audit.h"
#include "formats/read/entry.h"
#include "formats/read/statement.h"

#define REPORT_ENTRIES 2000 /* in one form */
#define REPORT_MAX ((size_t)64 << 20)

struct report_entry {
    uint64_t sequence;
    char recorded_at[STAMP_SIZE];
    struct r_statement statement; /* its actor is as the ledger has them */
    struct attribution by;
};

struct report {
    struct audit audit;
    const char *item, *case_id; /* the caller's; item NULL: a case. With an item, case_id lies in case_room. */
    char case_room[R_LEDGER_LINE_MAX + 1];
    struct report_entry **entries; /* owned; ascending: about the item and its case, or about the case and its items */
    size_t count;
    struct report_entry **keys; /* owned; ascending: rotations and revocations of keys that these entries name */
    size_t key_count;
};

struct report_order { /* the caller's */
    const char *ledger, *form, *item, *case_id;
    const char *bundle;          /* acquisition; NULL: not at hand */
    const char *timestamp_roots; /* PEM certificates; NULL: none, and no time is proven */
    const uint64_t *answer;      /* receipt: of that entry; NULL: of the latest acceptance */
};
/* Audits the ledger and reads what it holds about the item, or about the case. HZ_E_INVALID: the audit fails, and
 * nothing is to be made from this ledger; HZ_E_NOTFOUND: no such item or case; HZ_E_LIMIT: more than REPORT_ENTRIES. */
int report_load(struct report *r, const struct report_order *order, struct hz_error *err);
void report_free(struct report *r); /* legal on a zeroed struct */

/* What a statement says under a key: of its body ("location", "collected.at"), "evidence.host" and its like, "time",
 * "case", "file_sha256", "content_id", "actor.name", "to.name" and their like. NULL: nothing. */
const char *report_text(const struct r_statement *s, const char *key);
/* The latest entry of a type about the item (NULL: about any, or the case itself), and with that digest; NULL: none. */
const struct report_entry *report_latest(const struct report *r, enum r_statement_type type, const char *item);
const struct report_entry *report_of_digest(const struct report *r, const char *digest);
/* true when the entry is about this item; item NULL: about the case alone. */
bool report_about(const struct report_entry *e, const char *item);
/* The name that the ledger knows for a key, else one that a statement here gives, else the key. HZ_OK or why not. */
int report_name(const struct report *r, const char *key, struct buf *out, struct hz_error *err);

/* One self-contained HTML page in the selected language, appended to `out`. HZ_E_USAGE: no such form of such a thing.
 */
int report_make(const struct report_order *order, struct buf *out, struct hz_error *err);

#endif

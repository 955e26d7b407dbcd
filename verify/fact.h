/* What two bundles are compared by: files, and facts, rows of the listings that hozen collect makes (formats/spec/
 * sources/). A fact has a name, by which it is found in the other bundle, and a value, a canonical JSON object of those
 * members of the row that mean the same from one collection to the next. Meant for the jailed reader. */
#ifndef HZ_VERIFY_FACT_H
#define HZ_VERIFY_FACT_H

#include "base/buf.h"
#include "formats/read/json.h"
#include "formats/read/line.h"

enum fact_kind {
    FACT_FILES, /* not of a listing: rows of the catalog, of objects and of absent */
    FACT_ACCOUNTS,
    FACT_GROUPS,
    FACT_RIGHTS,
    FACT_LISTENERS,
    FACT_UNITS,
    FACT_CRON,
    FACT_AUTOSTART,
    FACT_PRIVILEGED,
    FACT_MODULES,
    FACT_PACKAGES,
    FACT_KINDS
};
const char *fact_word(enum fact_kind kind); /* "files" */

#define FACT_LISTINGS 8
/* The listing of this path in a bundle, "data/accounts/users.jsonl"; FACT_LISTINGS: none. */
size_t fact_listing_find(const char *path, size_t len);
/* Which listing facts of this kind stand in; FACT_LISTINGS for files. */
size_t fact_listing_of(enum fact_kind kind);

#define FACT_NAME_MAX ((size_t)16 * 1024)
#define FACT_VALUE_MAX ((size_t)64 * 1024)
#define FACT_LINE_MAX ((size_t)4 * 1024 * 1024)

struct fact {
    enum fact_kind kind;
    struct buf name;  /* UTF-8 */
    struct buf value; /* a canonical JSON object */
};

void fact_init(struct fact *f);
void fact_free(struct fact *f);

enum fact_answer { FACT_NONE, FACT_YES, FACT_CUT, FACT_LONG, FACT_MALFORMED };
/* One line, from 1, of a listing. FACT_YES: *f is filled. FACT_CUT: so too, with not all owners. FACT_NONE: nothing to
 * compare in it. FACT_LONG: name or value beyond its bound. FACT_MALFORMED: not a line of it. Want of memory sticks to
 * the buffers of f. */
enum fact_answer fact_line(size_t listing, uint64_t number, const char *line, size_t len, struct fact *f);

/* --- objects, taken apart; for those who make facts and those who compare them
 * -------------------------------------------------------------------------------------------------- */

#define FACT_MEMBERS 64
struct fact_member {
    struct r_span key;
    const char *at; /* the value as it stands there */
    size_t len;
};

struct fact_row {
    struct fact_member list[FACT_MEMBERS];
    size_t count;
};

/* One canonical object and nothing behind it. false: not that, or more than FACT_MEMBERS. Points into the text. */
bool fact_row_read(struct fact_row *out, const void *text, size_t len);
/* The same of a member; false where it is NULL. */
bool fact_row_open(struct fact_row *out, const struct fact_member *member);
/* NULL: no such member. */
const struct fact_member *fact_member(const struct fact_row *row, const char *key);
/* true for a member that is this string. */
bool fact_is(const struct fact_row *row, const char *key, const char *text);
/* Appends text of a member, a string or a number, behind a blank where something is there already; nothing where there
 * is no such member. */
void fact_put_text(struct buf *out, const struct fact_member *member);

/* Is it a socket that waits for others? */
bool fact_socket_listens(const struct fact_row *row);
void fact_socket_name(const struct fact_row *row, struct buf *out);
/* Appends an array of the programs that hold it, each once, in the order of their bytes, 64 at most. false: there are
 * more. */
bool fact_socket_owners(const struct fact_member *owners, struct buf *out);

#endif

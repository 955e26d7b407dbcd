/* Objects of the ledger's records, read by a table into a struct: which members there can be, and a shape that says
 * which of them an object has. Twin of formats/write/ledger_member. */
#ifndef HZ_FORMATS_READ_LEDGER_MEMBER_H
#define HZ_FORMATS_READ_LEDGER_MEMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/stamp.h"
#include "formats/read/json.h"
#include "formats/read/ledger_text.h"

#define R_LEDGER_MEMBERS 32 /* of one object, at most */

/* A time with its numeric offset. */
struct r_when {
    const char *text; /* NULL: absent */
    struct stamp at;
};

enum r_ledger_kind {
    R_LEDGER_LINE,        /* const char *: text for people */
    R_LEDGER_KEY,         /* const char *: a fingerprint */
    R_LEDGER_ID,          /* const char *: of a copy or a hold; the grammar of item names */
    R_LEDGER_DIGEST,      /* const char *: SHA-256 in hex */
    R_LEDGER_DIGEST_LONG, /* const char *: SHA-512 in hex */
    R_LEDGER_NUMBER,      /* const char *: decimal */
    R_LEDGER_CHOICE,      /* const char *: one of the words in `form` */
    R_LEDGER_UTC,         /* const char *: time in UTC with nanoseconds */
    R_LEDGER_WHEN,        /* struct r_when */
    R_LEDGER_FLAG,        /* bool */
    R_LEDGER_FILE,        /* struct buf: base64 of one byte or more, decoded */
    R_LEDGER_INSIDE       /* read by `inside` */
};

struct r_ledger_member {
    const char *key;
    enum r_ledger_kind kind;
    size_t offset;    /* in the struct */
    const char *form; /* words, separated by blanks */
    const char *as;   /* what shapes call it where two members have one key; NULL: as its key */
    bool (*inside)(struct r_json *j, void *context);
    const struct r_ledger_object *object; /* of an inner object that is a table itself: for r_ledger_member_text */
};

struct r_ledger_object {
    const struct r_ledger_member *members;
    size_t count;
    const char *shape; /* "key" required, "key?" optional, in the order of keys, separated by blanks */
};

/* Reads one object of a shape (NULL: that of the table) into the struct at out. context is for `inside`. false:
 * j->wrong or text->wrong says why. */
bool r_ledger_member_read(struct r_json *j, struct r_ledger_text *text, const struct r_ledger_object *object,
                          const char *shape, void *out, void *context);
/* The text of a member, as the record has it, or of one of an inner object ("source.make"). NULL: it is absent, or
 * unknown, or no text. */
const char *r_ledger_member_text(const struct r_ledger_object *object, const char *key, const void *from);
/* true when no member of the table has a text. */
bool r_ledger_member_empty(const struct r_ledger_object *object, const void *from);

#endif

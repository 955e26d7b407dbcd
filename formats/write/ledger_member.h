/* Objects of the ledger's records, written from a struct by a table: what is NULL or not known is an absent key. Twin
 * of formats/read/ledger_member. */
#ifndef HZ_FORMATS_WRITE_LEDGER_MEMBER_H
#define HZ_FORMATS_WRITE_LEDGER_MEMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json_out.h"
#include "base/stamp.h"

struct w_time {
    bool known;
    struct stamp at; /* written in whole seconds */
    int offset_minutes;
};

struct w_ledger_object;

struct w_ledger_member {
    const char *key;
    enum { W_LEDGER_TEXT, W_LEDGER_WHEN, W_LEDGER_PART, W_LEDGER_OTHER } kind; /* const char *, struct w_time, ... */
    size_t offset;
    const struct w_ledger_object *part;                                 /* of an inner object that is a table */
    void (*other)(struct json_out *j, const char *key, const void *at); /* writes the member, or nothing */
};

struct w_ledger_object {
    const struct w_ledger_member *members; /* in the order of their keys */
    size_t count;
};

/* The members, without the braces. */
void w_ledger_member_write(struct json_out *j, const struct w_ledger_object *object, const void *from);
/* Where the member is kept, by its key or as "source.make": *text or *time is set, the other NULL. false: there is no
 * member of this name that is one text or time. */
bool w_ledger_member_place(const struct w_ledger_object *object, const char *key, void *in, const char ***text,
                           struct w_time **time);
/* true when nothing stands in any of the members that are texts or times. */
bool w_ledger_member_empty(const struct w_ledger_object *object, const void *from);

/* "YYYY-MM-DDTHH:MM:SS+HH:MM" */
void w_ledger_member_time(char out[STAMP_SIZE], const struct w_time *time);

#endif

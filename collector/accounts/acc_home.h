/* Home folders: those of passwd(5), /root, and what lies in /home, users or not. */
#ifndef HZ_COLLECTOR_ACCOUNTS_ACC_HOME_H
#define HZ_COLLECTOR_ACCOUNTS_ACC_HOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/away.h"
#include "collector/sheet.h"

#define ACC_HOMES_MAX 65536

struct acc_home {
    char *path; /* owned; absolute, raw */
    char *user; /* owned; NULL: nobody's in passwd(5) */
};

struct acc_homes {
    struct acc_home *list; /* owned; by path, each once */
    size_t count, room;
    bool more; /* than are kept */
};

/* root: descriptor of the host's "/". What is not there adds nothing; s is told of what could not be looked for. */
int acc_homes_find(int root, struct sheet *s, struct acc_homes *out, struct hz_error *err);
/* Keeps away from a home that another host serves, in a listing that is made again: says so, and *kept is true. */
int acc_home_keep_away(struct sheet *s, const struct away *away, const char *home, bool *kept, struct hz_error *err);
/* Where a home folder really is: no links, no ".." left, inside root. HZ_E_NOTFOUND: nowhere. */
int acc_home_place(int root, const char *home, struct buf *out, struct hz_error *err);
void acc_homes_free(struct acc_homes *h);

#endif

/* SQLite on a database in memory, and the answer as lines of text: what runs in the jailed child. */
#ifndef HZ_CUSTODY_CHECK_SQLITE_H
#define HZ_CUSTODY_CHECK_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct check_sqlite {
    sqlite3 *db;
    int64_t until; /* CLOCK_MONOTONIC in seconds */
};

struct check_answer { /* R result, D detail, T rows and name, M more tables; each with a newline */
    int out;
    struct buf text;
};

/* Before the jail: everything that SQLite wants to open or to know. */
bool check_sqlite_open(struct check_sqlite *s);
/* In the jail. bytes: size of them are the database, room may be used. */
void check_sqlite_run(struct check_sqlite *s, struct check_answer *answer, unsigned char *bytes, size_t size,
                      size_t room);
void check_sqlite_unchecked(struct check_answer *answer, const char *why);
/* Writes the answer; the exit status of the child. */
int check_sqlite_send(struct check_answer *answer);

#endif

/* Where databases and what stands beside them go in the bundle: their mapped names, in its order. */
#ifndef HZ_COLLECTOR_DB_PLACES_H
#define HZ_COLLECTOR_DB_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "collector/db_snapshot.h"
#include "collector/tree.h"

struct db_place {
    char *origin, *path; /* owned */
    enum db_role role;
    bool missing;        /* was not there when the plan was made */
    bool taken;          /* the database was looked at */
    size_t database;     /* number of the database that this is a part of */
    struct db_file file; /* owned: waits for its turn; spool -1: nothing to store */
    const char *method;  /* with it */
};

struct db_places {
    struct db_place *rows; /* owned; ascending by path */
    size_t count, room;
};

/* A place for each path that the tree asks for, and for the journal and the log of each. What is asked for and is
 * the journal or log of another is that alone. */
int db_places_fill(struct db_places *p, const struct tree_node *tree, const char *source, struct hz_error *err);
void db_places_free(struct db_places *p);
/* The place of a part of a database, up to DB_WAL. */
struct db_place *db_places_find(struct db_places *p, size_t database, enum db_role role);

#endif

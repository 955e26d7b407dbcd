/* SQLite databases of a bundle: integrity_check, tables and their row counts, found out by SQLite itself in a jailed
 * child, on a copy in its memory in which the log or the journal beside the database was applied. */
#ifndef HZ_CUSTODY_CHECK_DATABASE_H
#define HZ_CUSTODY_CHECK_DATABASE_H

#include "base/lang.h"
#include "custody/inspect.h"
#include "custody/taken.h"

/* What is said first of a database that was copied without a lock: what is wrong with it may be so in the copy alone.
 */
#define CHECK_DATABASE_UNLOCKED N_("copied without a lock, so that the copy may be torn")

/* Adds a row for one of the files that were taken out, sorted, if it is a database itself; leaves others alone.
 * Whatever the file does to its child becomes "unchecked" with the reason. HZ_E_TIMEOUT when interrupt_asked. */
int check_database(struct inspection *i, const struct taken *all, const struct taken_file *file, struct hz_error *err);

#endif

/* db_snapshot_take on a thread that can be left behind: a file system may fall silent in the middle of a copy. */
#ifndef HZ_COLLECTOR_DB_WATCHED_H
#define HZ_COLLECTOR_DB_WATCHED_H

#include "collector/db_snapshot.h"
#include "collector/run.h"

/* *s is the caller's, db_snapshot_close, and nothing in it asks the file system of the database any more: its files
 * were ended (db_copy_end). As db_snapshot_take, but HZ_E_TIMEOUT also where a call did not return within
 * --command-timeout (5 s once the collection is to end): then s->why says so, and the thread has what there was of it.
 */
int db_watched_take(struct run *run, struct db_snapshot *s, const struct db_request *request, struct hz_error *err);

#endif

/* Read locks on an SQLite database, where SQLite itself puts them (https://www.sqlite.org/src/file/src/os_unix.c and
 * wal.c): on descriptors opened for reading, as open file description locks (fcntl(2)), which SQLite's own locks
 * respect and which leave no trace. They end with the descriptor. */
#ifndef HZ_COLLECTOR_DB_LOCK_H
#define HZ_COLLECTOR_DB_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct db_patience {
    int64_t until;                  /* db_lock_now() at which waiting ends */
    bool (*stopped)(void *context); /* true: the collection ends */
    void *context;
};

int64_t db_lock_now(void); /* CLOCK_MONOTONIC in nanoseconds */

/* SHARED on the database file: nobody writes to it in rollback mode, takes it EXCLUSIVE, changes the journal mode or
 * deletes its -wal. HZ_E_TIMEOUT: not granted in time, or stopped; HZ_E_IO with errno: this file system has no locks.
 */
int db_lock_database(int fd, const struct db_patience *patience, struct hz_error *err);
/* On the -shm of a database in use: no checkpoint and no restart of the -wal, while commits and reads go on. One of the
 * reading marks 1 to 4 is enough against a restart (SQLite wants all four for it), and no more than one is taken: with
 * all four held, nobody could read behind the first commit into an empty -wal, and gets SQLITE_PROTOCOL. Failures as
 * above. */
int db_lock_index(int shm, const struct db_patience *patience, struct hz_error *err);
/* Gives back whatever was locked through fd. */
void db_lock_release(int fd);

/* Does somebody have the -shm open as an index, and does somebody hold RESERVED on the database (a transaction that
 * writes its journal)? false, too, where it cannot be told. */
bool db_lock_index_used(int shm);
bool db_lock_reserved(int fd);

#endif

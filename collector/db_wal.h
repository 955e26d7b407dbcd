/* The write-ahead log of an SQLite database (https://www.sqlite.org/walformat.html): its index in the -shm says how
 * many frames are committed, and the frames' running checksum shows that a copy holds exactly these. */
#ifndef HZ_COLLECTOR_DB_WAL_H
#define HZ_COLLECTOR_DB_WAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define DB_WAL_HEADER 32

struct db_index {
    uint32_t page_size, frames; /* committed; 0: none since the log began anew */
    uint32_t checksum[2];       /* of the last of them */
    unsigned char salt[8];      /* as in the header of the log */
};

/* Reads the index from a -shm. HZ_E_CHANGED: it is being written, look again; HZ_E_FORMAT: not set up, or damaged;
 * HZ_E_IO. */
int db_wal_index(int shm, struct db_index *out, struct hz_error *err);
/* Bytes of the -wal up to the end of the last committed frame. */
uint64_t db_wal_prefix(const struct db_index *index);
/* *holds: the bytes of `copy`, from its start, are the header and the frames that the index speaks of. */
int db_wal_check(int copy, const struct db_index *index, bool *holds, struct hz_error *err);

#endif

/* What stands in an SQLite database's log or journal, applied to a copy of the database in memory, as SQLite would do
 * it on opening (https://www.sqlite.org/walformat.html, https://www.sqlite.org/fileformat2.html section 3). For use in
 * a jail: the bytes are hostile. */
#ifndef HZ_CUSTODY_REPLAY_H
#define HZ_CUSTODY_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

struct replay {
    unsigned char *bytes; /* the database */
    size_t size;          /* it has so many */
    size_t room;          /* it may become so many; what is behind size is zeros */
};

/* The frames up to the last commit. true: done, also when there is none; false: they do not fit the database. */
bool replay_log(struct replay *db, const unsigned char *log, size_t len);
/* The pages as they were before a transaction that did not end. true and false as above. */
bool replay_journal(struct replay *db, const unsigned char *journal, size_t len);
/* Such a journal, of a transaction over several databases: whether it ended is told by a file that is not beside it. */
bool replay_of_several(const unsigned char *journal, size_t len);

#endif

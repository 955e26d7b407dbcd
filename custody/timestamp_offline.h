/* Time stamps without a network: the question as a file, and the answer that somebody brings back. */
#ifndef HZ_CUSTODY_TIMESTAMP_OFFLINE_H
#define HZ_CUSTODY_TIMESTAMP_OFFLINE_H

#include "custody/timestamp.h"

/* Writes the query about a target to a new file. */
int timestamp_offline_ask(const struct timestamp_target *target, const char *path, struct hz_error *err);
/* Reads and judges an answer. query: the file of the question that was sent, to which it must belong; NULL: any. */
int timestamp_offline_take(const struct timestamp_target *target, const char *response, const char *query,
                           const struct r_timestamp_roots *roots, struct buf *answer, struct r_timestamp *token,
                           struct hz_error *err);

#endif

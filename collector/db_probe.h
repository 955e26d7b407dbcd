/* Does what a database lies on answer at all? The main thread, which nobody could leave behind, looks at it then. */
#ifndef HZ_COLLECTOR_DB_PROBE_H
#define HZ_COLLECTOR_DB_PROBE_H

#include "base/error.h"
#include "collector/run.h"
#include "formats/write/record.h"

/* Looks at the thing at an absolute path without links and reads the beginning of a file, on a thread of its own.
 * HZ_OK whatever came of it; HZ_E_TIMEOUT: no answer within --command-timeout, the thread is left behind. */
int db_probe(struct run *run, struct w_bytes path, struct hz_error *err);

#endif

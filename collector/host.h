/* Who the host is and what time zone it has, asked before anything else is taken. */
#ifndef HZ_COLLECTOR_HOST_H
#define HZ_COLLECTOR_HOST_H

#include "base/error.h"
#include "collector/run.h"

/* Fills run->facts and settles the time zone. What lies on a file system that does not answer within the command
 * timeout stays unknown; the source system says so when it wants to take the file. run->root and run->stop are set. */
int host_ask(struct run *run, struct hz_error *err);

#endif

/* What ps of this host prints, as a labelled second source. */
#ifndef HZ_COLLECTOR_PROC_TOOLS_H
#define HZ_COLLECTOR_PROC_TOOLS_H

#include "base/error.h"
#include "collector/run.h"

/* With --host-tools; before products_write: its name comes first in the order of the bundle. */
int proc_tools_take(struct run *run, struct hz_error *err);

#endif

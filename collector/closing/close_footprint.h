/* What this program itself did to the host so far: data/closing/footprint.json and .txt
 * (formats/spec/sources/closing.md), so that a reviewer can subtract us. */
#ifndef HZ_COLLECTOR_CLOSING_CLOSE_FOOTPRINT_H
#define HZ_COLLECTOR_CLOSING_CLOSE_FOOTPRINT_H

#include "base/error.h"
#include "collector/products.h"
#include "collector/run.h"

/* Main thread, last of all products. What the kernel does not tell (no /proc) is absent from the object. */
int close_footprint(struct run *run, struct products *p, struct hz_error *err);

#endif

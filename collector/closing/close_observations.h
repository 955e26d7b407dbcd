/* data/closing/observations.jsonl and .txt: what a responder should look at first (collector/observe.h). */
#ifndef HZ_COLLECTOR_CLOSING_CLOSE_OBSERVATIONS_H
#define HZ_COLLECTOR_CLOSING_CLOSE_OBSERVATIONS_H

#include "base/error.h"
#include "collector/products.h"
#include "collector/run.h"

int close_observations(struct run *run, struct products *p, struct hz_error *err);

#endif

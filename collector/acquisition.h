/* The record of the acquisition as a whole: who, why, where, with what, when. */
#ifndef HZ_COLLECTOR_ACQUISITION_H
#define HZ_COLLECTOR_ACQUISITION_H

#include "base/error.h"
#include "collector/run.h"
#include "formats/write/bundle.h"

/* Mount points that were not crossed are listed in the record up to this many bytes in all; beyond it only as absent
 * rows, so that the record stays within its 1 MiB. */
#define ACQUISITION_MOUNTS_MAX ((size_t)32 << 10)

struct acquisition_times {
    struct w_moment start;
    int offset_start_minutes;
};

/* Seals the bundle: acquisition, manifests, signature. sources: one for each that was taken, in their order. */
int acquisition_finish(const struct run *run, const struct acquisition_times *times,
                       const struct w_source_summary *sources, size_t source_count, const struct w_key *key,
                       struct w_bundle_result *result, struct hz_error *err);

#endif

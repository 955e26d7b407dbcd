/* One collection from beginning to end. */
#ifndef HZ_COLLECTOR_COLLECT_H
#define HZ_COLLECTOR_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/observe.h"
#include "collector/options.h"
#include "collector/run.h"
#include "collector/tally.h"
#include "formats/write/bundle.h"
#include "formats/write/key.h"

struct collect_result {
    struct w_bundle_result bundle;
    struct w_counts counts; /* in the whole */
    struct tally tally;
    struct observations observations;
    struct source_time times[W_NAME_SOURCES_MAX];
    size_t time_count;
    struct stamp start, end; /* CLOCK_BOOTTIME */
};

/* Writes <out>/<item> with options_suffix: under that name with .partial behind it until it is signed and on disk,
 * never over an existing file (HZ_E_EXISTS). options: checked by options_check, with item and out set. On failure
 * nothing is left behind, except after a second signal (interrupt.h). Enters a mount namespace of its own and stays
 * there. */
int collect_run(const struct collect_options *options, const struct w_key *key, struct collect_result *result,
                struct hz_error *err);
void collect_result_free(struct collect_result *r);

#endif

/* One collection while it runs: what its parts share. Owned by collect.c. */
#ifndef HZ_COLLECTOR_RUN_H
#define HZ_COLLECTOR_RUN_H

#include <stdbool.h>

#include "base/error.h"
#include "collector/budget.h"
#include "collector/deferred.h"
#include "collector/facts.h"
#include "collector/interrupt.h"
#include "collector/keys.h"
#include "collector/meta.h"
#include "collector/observe.h"
#include "collector/options.h"
#include "collector/own.h"
#include "collector/pace.h"
#include "collector/profiles/quota.h"
#include "collector/progress.h"
#include "collector/recent_rows.h"
#include "collector/stop.h"
#include "collector/tally.h"
#include "formats/write/bundle.h"
#include "formats/write/name.h"

struct pipeline;
struct recent_search;
struct source;

struct source_time { /* CLOCK_BOOTTIME */
    const char *source;
    struct stamp start, end;
};

struct run {
    const struct collect_options *options;
    int root; /* descriptor of "/" */
    struct facts facts;
    struct buf partial; /* path of the unfinished bundle, for messages */
    struct w_bundle *bundle;
    const struct source *taking;
    const char *source; /* its name */
    bool source_partial;
    struct tally tally;
    struct stamp begun; /* CLOCK_BOOTTIME */
    bool noatime;       /* a mount namespace of our own, without access times, was entered */
    struct source_time times[W_NAME_SOURCES_MAX];
    size_t time_count; /* of sources that are done */
    struct own own;
    bool lock_refused; /* of a database, in all the time that is waited for one: the next get less */
    struct deferred deferred;
    struct recent_rows recent;    /* what the source recent has found */
    struct recent_search *search; /* that it has begun; NULL: none */
    int spool_directory;          /* for unlinked files beside the bundle; -1: nothing may be written */
    struct observations observations;
    struct keys live; /* sockets and processes as they were first seen */
    struct interrupt interrupt;
    struct stop stop;
    struct budget budget;
    struct quota quota;
    struct pace pace;
    struct progress progress;
    struct pipeline *pipeline;
    struct meta meta;
};

#endif

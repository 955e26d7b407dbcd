/* What asks for the sources journal and logs, and what is too old for them. */
#ifndef HZ_COLLECTOR_LOG_AGE_H
#define HZ_COLLECTOR_LOG_AGE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/stamp.h"
#include "collector/options.h"

/* source: journal or logs. */
bool log_age_wanted(const struct collect_options *options, const char *source);
/* Before the time asked for? false where none was. */
bool log_age_before(const struct collect_options *options, const struct statx_timestamp *time);
bool log_age_before_stamp(const struct collect_options *options, struct stamp time);

#endif

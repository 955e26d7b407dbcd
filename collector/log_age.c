#include "collector/log_age.h"

bool log_age_wanted(const struct collect_options *options, const char *source)
{
    return options->logs_named || options_chosen(options, source);
}

bool log_age_before_stamp(const struct collect_options *options, struct stamp time)
{
    return options->has_since && stamp_compare(time, options->since) < 0;
}

bool log_age_before(const struct collect_options *options, const struct statx_timestamp *time)
{
    return log_age_before_stamp(options, (struct stamp) { .seconds = time->tv_sec, .nanoseconds = time->tv_nsec });
}

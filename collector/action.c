#include "collector/action.h"

struct w_moment action_now(void)
{
    return (struct w_moment) { .realtime = stamp_now(), .boottime = stamp_boottime() };
}

void action_begin(struct w_action *a, const char *action, const char *source, const char *target)
{
    *a = (struct w_action) { .action = action, .source = source, .target = target, .start = action_now() };
}

int action_end(struct w_action *a, struct w_bundle *bundle, struct hz_error *err)
{
    a->end = action_now();
    return w_bundle_action(bundle, a, err);
}

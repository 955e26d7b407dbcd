#include "custody/archive_aging.h"

#define DAY INT64_C(86400)
#define USUAL 90 /* days before the end, where no policy says it */

bool archive_aging_due(const struct archive_copy *c, const struct r_policy_archive *policy, struct stamp now)
{
    int64_t before = policy != NULL && policy->renew_before > 0 ? policy->renew_before : USUAL;
    int64_t every = policy != NULL ? policy->renew_every : 0;
    struct stamp latest = c->renewed_at.seconds != 0 ? c->renewed_at : c->made_at;

    if (c->file == NULL)
        return false;
    return (c->proof_ends.seconds != 0 && stamp_compare(stamp_add(c->proof_ends, -before * DAY), now) <= 0) ||
           (every > 0 && stamp_compare(stamp_add(latest, every * DAY), now) <= 0);
}

struct archive_aging archive_aging(const struct archive_held *held, const struct r_policy *policy, struct stamp now)
{
    struct archive_aging a = { 0 };

    for (size_t i = 0; i < held->count; i++) {
        const struct archive_copy *c = &held->list[i];
        if (c->proof_ends.seconds != 0 && (a.ends.seconds == 0 || stamp_compare(c->proof_ends, a.ends) < 0))
            a.ends = c->proof_ends;
        a.due += archive_aging_due(c, r_policy_archive_of(policy, c->case_id), now);
    }
    return a;
}

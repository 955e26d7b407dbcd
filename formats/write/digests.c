#include "formats/write/digests.h"

#include <stdlib.h>

#include "base/lang.h"
#include "formats/write/lanes.h"

struct w_digests {
    struct w_digest *one;
    struct w_lanes *lanes; /* NULL: one after the other */
};

int w_digests_new(struct w_digests **out, struct hz_error *err)
{
    struct w_digests *d = calloc(1, sizeof *d);
    if (d == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    int rc = w_digest_new(&d->one, err);
    if (rc != HZ_OK) {
        free(d);
        return rc;
    }
    d->lanes = w_lanes_new();
    *out = d;
    return HZ_OK;
}

void w_digests_free(struct w_digests *d)
{
    if (d == NULL)
        return;
    w_lanes_free(d->lanes);
    w_digest_free(d->one);
    free(d);
}

static int one_by_one(struct w_digest *d, const struct w_digests_job *jobs, size_t count, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        rc = w_digest_start(d, err);
        if (rc == HZ_OK)
            rc = w_digest_update(d, jobs[i].bytes, jobs[i].len, err);
        if (rc == HZ_OK)
            rc = w_digest_end(d, jobs[i].out, err);
    }
    return rc;
}

static int longer_first(const void *a, const void *b)
{
    const struct w_digests_job *x = a, *y = b;
    return (x->len < y->len) - (x->len > y->len);
}

int w_digests_run(struct w_digests *d, struct w_digests_job *jobs, size_t count, struct hz_error *err)
{
    size_t large = 0;
    if (d->lanes == NULL)
        return one_by_one(d->one, jobs, count, err);
    qsort(jobs, count, sizeof *jobs, longer_first);
    while (large < count && jobs[large].len > W_LANES_LONGEST)
        large++;
    int rc = one_by_one(d->one, jobs, large, err);
    if (rc == HZ_OK && !w_lanes_run(d->lanes, jobs + large, count - large))
        rc = one_by_one(d->one, jobs + large, count - large, err);
    return rc;
}

#include <string.h>

#include "formats/read/ers.h"
#include "formats/read/timestamp_part.h"

#define TIME_MAX 5 /* seconds of the processor: a real time stamp needs a few milliseconds */

struct job {
    const void *bytes;
    size_t len;
    const struct r_ers_order *order;
};

static int judge(const void *what, void *answer)
{
    const struct job *job = what;

    return r_ers_judge(job->bytes, job->len, job->order, answer, NULL);
}

/* Whatever made the child say it: no member is outside what it can be. */
static bool is_sane(const struct r_ers *e, size_t objects)
{
    if ((unsigned)e->status > R_ERS_INVALID || (unsigned)e->why >= R_ERS_WHY_COUNT || e->count > R_ERS_STAMPS ||
        e->at >= R_ERS_STAMPS || e->since > e->count || (e->status == R_ERS_PROVEN && e->since == e->count))
        return false;
    for (size_t i = 0; i < R_ERS_OBJECTS; i++) {
        unsigned char byte;
        memcpy(&byte, &e->covers[i], sizeof byte);
        if (byte > (i < objects && e->status != R_ERS_INVALID))
            return false;
    }
    for (size_t i = 0; i < e->count; i++)
        if (!r_timestamp_part_is_sane(&e->stamps[i].token) || e->stamps[i].chain >= R_ERS_STAMPS)
            return false;
    return e->status == R_ERS_INVALID || e->covers[0];
}

int r_ers_check(const void *bytes, size_t len, const struct r_ers_order *order, struct r_ers *out, struct hz_error *err)
{
    const struct job what = { bytes, len, order };
    const struct r_timestamp_part_job job = { judge, &what, out, sizeof *out, TIME_MAX, 0 };
    bool answered;
    int code;

    memset(out, 0, sizeof *out);
    code = r_timestamp_part_child(&job, &answered, err);
    if (code == HZ_OK && (!answered || !is_sane(out, order->object_count))) {
        memset(out, 0, sizeof *out);
        out->status = R_ERS_INVALID;
        out->why = R_ERS_CRASH;
    }
    return code;
}

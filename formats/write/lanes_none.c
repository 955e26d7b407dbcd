/* A build without the multi-buffer library. */
#include "formats/write/lanes.h"

struct w_lanes *w_lanes_new(void)
{
    return NULL;
}

void w_lanes_free(struct w_lanes *l)
{
    (void)l;
}

bool w_lanes_run(struct w_lanes *l, const struct w_digests_job *jobs, size_t count)
{
    (void)l, (void)jobs, (void)count;
    return false;
}

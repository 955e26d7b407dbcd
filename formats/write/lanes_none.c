/* A build without the multi-buffer library. */
#include "formats/write/lanes.h"

struct lanes *lanes_new(void)
{
    return NULL;
}

void lanes_free(struct lanes *l)
{
    (void)l;
}

bool lanes_run(struct lanes *l, struct w_digests_job *jobs, size_t count)
{
    (void)l, (void)jobs, (void)count;
    return false;
}

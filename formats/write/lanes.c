#include "formats/write/lanes.h"

#include <intel-ipsec-mb.h>
#include <stdlib.h>
#include <string.h>

struct w_lanes {
    IMB_MGR *manager;
};

/* With narrower registers the processor's SHA instructions do as well for one piece after the other. */
static bool fits(const IMB_MGR *m)
{
    const uint64_t wanted = IMB_FEATURE_AVX512_SKX | IMB_FEATURE_SELF_TEST | IMB_FEATURE_SELF_TEST_PASS;
    return (m->features & wanted) == wanted;
}

struct w_lanes *w_lanes_new(void)
{
    struct w_lanes *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->manager = alloc_mb_mgr(0);
    if (l->manager != NULL)
        init_mb_mgr_auto(l->manager, NULL);
    if (l->manager != NULL && fits(l->manager) && imb_get_errno(l->manager) == 0)
        return l;
    w_lanes_free(l);
    return NULL;
}

void w_lanes_free(struct w_lanes *l)
{
    if (l == NULL)
        return;
    if (l->manager != NULL)
        free_mb_mgr(l->manager);
    free(l);
}

static size_t done(const IMB_JOB *job)
{
    return job != NULL && job->status == IMB_STATUS_COMPLETED;
}

bool w_lanes_run(struct w_lanes *l, const struct w_digests_job *jobs, size_t count)
{
    size_t finished = 0;
    for (size_t i = 0; i < count; i++) {
        IMB_JOB *job = IMB_GET_NEXT_JOB(l->manager);
        memset(job, 0, sizeof *job);
        job->cipher_mode = IMB_CIPHER_NULL;
        job->cipher_direction = IMB_DIR_ENCRYPT;
        job->chain_order = IMB_ORDER_HASH_CIPHER;
        job->hash_alg = IMB_AUTH_SHA_256;
        job->src = jobs[i].bytes;
        job->msg_len_to_hash_in_bytes = jobs[i].len;
        job->auth_tag_output = jobs[i].out;
        job->auth_tag_output_len_in_bytes = W_DIGEST_SIZE;
        finished += done(IMB_SUBMIT_JOB(l->manager));
    }
    for (IMB_JOB *job; (job = IMB_FLUSH_JOB(l->manager)) != NULL;)
        finished += done(job);
    return finished == count;
}

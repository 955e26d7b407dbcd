/* SHA-256 of several pieces at a time with Intel's multi-buffer library (intel-ipsec-mb.h), where there is one. */
#ifndef HZ_FORMATS_WRITE_LANES_H
#define HZ_FORMATS_WRITE_LANES_H

#include <stdbool.h>

#include "formats/write/digests.h"

struct lanes;

/* NULL: this build has no such library, or this processor no use for it, or it failed its own test. */
struct lanes *lanes_new(void);
void lanes_free(struct lanes *l); /* NULL is legal */
/* Reorders the jobs. false: not all digests are there. */
bool lanes_run(struct lanes *l, struct w_digests_job *jobs, size_t count);

#endif

/* SHA-256 of several pieces at a time with Intel's multi-buffer library (intel-ipsec-mb.h), where there is one. */
#ifndef HZ_FORMATS_WRITE_LANES_H
#define HZ_FORMATS_WRITE_LANES_H

#include <stdbool.h>

#include "formats/write/digests.h"

struct w_lanes;

#define W_LANES_LONGEST ((size_t)65534) /* bytes of a piece: the library refuses more */

/* NULL: this build has no such library, or this processor no use for it, or it failed its own test. */
struct w_lanes *w_lanes_new(void);
void w_lanes_free(struct w_lanes *l); /* NULL is legal */
/* Best with the longest first: so all lanes are at work nearly to the end. false: not all digests are there. */
bool w_lanes_run(struct w_lanes *l, const struct w_digests_job *jobs, size_t count);

#endif

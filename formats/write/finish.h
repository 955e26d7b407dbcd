/* The end of a bundle: everything behind the payload. */
#ifndef HZ_FORMATS_WRITE_FINISH_H
#define HZ_FORMATS_WRITE_FINISH_H

#include "formats/write/bundle.h"
#include "formats/write/members.h"

/* Objects, absent and actions, copied into m, which may be another one than b's. */
int w_finish_rows(struct w_bundle *b, struct w_members *m, struct hz_error *err);
/* Writes the last catalog segment, records, tag files, manifests, the signature and the end marker. */
int w_finish(struct w_bundle *b, const struct w_acquisition *acquisition, const struct w_key *key,
             struct w_bundle_result *result, struct hz_error *err);

#endif

/* meta/acquisition.json (spec section 5). */
#ifndef HZ_FORMATS_WRITE_ACQUISITION_H
#define HZ_FORMATS_WRITE_ACQUISITION_H

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "formats/write/record.h"

#define W_ACQUISITION_MAX ((size_t)1 << 20)

struct w_acquisition_bundle { /* what the bundle itself knows */
    const char *item, *keyid;
    struct stamp started;
    struct w_counts counts;
};

/* Appends the canonical object and a newline. HZ_E_FORMAT when a required value is missing. */
int w_acquisition_text(struct buf *out, const struct w_acquisition *acquisition,
                       const struct w_acquisition_bundle *bundle, struct hz_error *err);

#endif

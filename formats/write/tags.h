/* The small tag files of the bag (formats/spec/bundle.md sections 5 and 6). Each function appends to `out`. */
#ifndef HZ_FORMATS_WRITE_TAGS_H
#define HZ_FORMATS_WRITE_TAGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"

struct w_tags_info {
    const char *item, *organisation, *operator_name, *case_id, *tool_name, *tool_version; /* organisation may be NULL */
    struct stamp started;
    uint64_t octets, count; /* Payload-Oxum */
};

int w_tags_bagit(struct buf *out, struct hz_error *err);
int w_tags_format(struct buf *out, struct stamp started, bool sha512, struct hz_error *err); /* meta/format.json */
/* HZ_E_USAGE names the value that bag-info.txt cannot hold: 1 to 500 bytes of UTF-8 without control characters or
 * blanks at either end. */
int w_tags_bag_info(struct buf *out, const struct w_tags_info *info, struct hz_error *err);
/* One line of any manifest; failures stick in `out`. */
void w_tags_manifest_line(struct buf *out, const char *hex, const char *path);

#endif

/* Shared by recent_rows.c (rows in) and recent_pass.c (rows out), and by nobody else. */
#ifndef HZ_COLLECTOR_RECENT_PASS_H
#define HZ_COLLECTOR_RECENT_PASS_H

#include "collector/recent_rows.h"

struct recent_packed {          /* then key, path, what is kept and bytes up to the alignment */
    uint32_t len;               /* in all */
    uint32_t key, origin, kept; /* lengths */
    uint32_t body, json;        /* of its lines, which are not here */
    int32_t sys_errno;
    const char *reason; /* only this process reads it */
    uint8_t status;
    bool absent, regular, failure, mount_point;
};

#define RECENT_PACKED_MAX ((size_t)2 << 20) /* the path's mapping, twice, two paths and a little more */

void recent_packed_read(const unsigned char *packed, struct recent_row *row);
int recent_packed_compare(const struct recent_row *a, const struct recent_row *b);
void recent_pile_sort(struct recent_pile *pile);

#endif

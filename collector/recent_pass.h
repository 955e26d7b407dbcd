/* Shared by recent_rows.c (rows in) and recent_pass.c (rows out), and by nobody else. */
#ifndef HZ_COLLECTOR_RECENT_PASS_H
#define HZ_COLLECTOR_RECENT_PASS_H

#include "collector/recent_rows.h"

struct recent_packed { /* then key, path, lines and bytes up to the alignment */
    size_t len;        /* in all */
    struct recent_row row;
};

#define RECENT_PACKED_MAX                                                                                              \
    ((size_t)2 << 20) /* the path's mapping, twice, and both lines: up to six bytes for each of two paths */

void recent_packed_read(const unsigned char *packed, struct recent_row *row);
int recent_packed_compare(const struct recent_row *a, const struct recent_row *b);
void recent_rows_sort(struct recent_rows *r); /* those in memory */

#endif

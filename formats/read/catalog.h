/* One line of a catalog segment (formats/spec/bundle.md section 4). */
#ifndef HZ_FORMATS_READ_CATALOG_H
#define HZ_FORMATS_READ_CATALOG_H

#include "formats/read/hash.h"
#include "formats/read/stat.h"

#define R_CATALOG_SEGMENT 4096
#define R_CATALOG_LINE_MAX ((size_t)1024 * 1024)

enum r_catalog_status { R_COLLECTED, R_CHANGED, R_GREW, R_SHRUNK, R_LIMITED };

/* Spans point into the line; origin is reused from line to line. */
struct r_entry {
    struct r_span path, source, method;
    struct r_origin origin;
    enum r_catalog_status status;
    uint64_t size, real_size; /* real_size: what was really read of it; size but for R_SHRUNK and R_LIMITED */
    unsigned char sha256[R_SHA256_SIZE];
    struct r_stat stat; /* of the host's file */
    unsigned extensions;
};

void r_catalog_init(struct r_entry *e);
void r_catalog_free(struct r_entry *e);
/* Everything one line can be checked for by itself, the mapping of its origin included. HZ_OK, or HZ_E_FORMAT or
 * HZ_E_LIMIT with *wrong (N_() text) and the place in the line. */
int r_catalog_line(const char *line, size_t len, struct r_entry *e, const char **wrong, size_t *at);
const char *r_catalog_status_word(enum r_catalog_status status);

#endif

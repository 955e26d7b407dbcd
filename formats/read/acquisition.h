/* meta/acquisition.json (formats/spec/bundle.md section 5). */
#ifndef HZ_FORMATS_READ_ACQUISITION_H
#define HZ_FORMATS_READ_ACQUISITION_H

#include "formats/read/field.h"
#include "formats/read/hash.h"
#include "formats/read/timestamp.h"

#define R_ACQUISITION_MAX ((size_t)1024 * 1024)
#define R_ACQUISITION_SOURCES 64
#define R_ACQUISITION_KEYS 256
#define R_ACQUISITION_BOUNDS 16 /* texts in not_before */

struct r_counts {
    uint64_t asked, collected, recorded, absent;
};

struct r_source {
    char name[33];
    bool complete;
    struct r_counts counts;
};

/* What existed before the bundle was finished (formats/spec/timestamp.md section 4). Other texts are left out. */
struct r_bound {
    bool checkpoint;  /* else a time-stamp token */
    struct buf bytes; /* decoded; not looked into */
};

struct r_acquisition {
    struct buf item, case_id, operator_name, organisation, hostname; /* UTF-8; empty when not there */
    struct stamp started, finished;
    bool has_organisation;
    bool complete; /* status */
    struct r_counts counts;
    struct r_source sources[R_ACQUISITION_SOURCES];
    size_t source_count;
    unsigned char keys_expected[R_ACQUISITION_KEYS][R_SHA256_SIZE];
    size_t key_count;
    struct r_bound bounds[R_ACQUISITION_BOUNDS];
    size_t bound_count;
    unsigned extensions;
    const unsigned char *record; /* the whole file, while it is given to the sink of a bundle; else NULL */
    size_t record_len;
};

void r_acquisition_init(struct r_acquisition *a);
void r_acquisition_free(struct r_acquisition *a);
/* A whole file, its LF included. HZ_OK, or HZ_E_FORMAT or HZ_E_LIMIT with *wrong (N_() text) and the place. More than
 * 64 sources or 256 expected keys are HZ_E_FORMAT as well. */
int r_acquisition_read(const void *text, size_t len, struct r_acquisition *out, const char **wrong, size_t *at);

#endif

/* meta/format.json (formats/spec/bundle.md section 5). */
#ifndef HZ_FORMATS_READ_FORMAT_H
#define HZ_FORMATS_READ_FORMAT_H

#include "formats/read/field.h"

#define R_FORMAT_MAX ((size_t)4096)

struct r_format {
    struct stamp started;
    bool sha512; /* digests are SHA-256 and SHA-512; told also where something else is wrong, if it can be */
    unsigned extensions;
};

/* A whole file, its LF included. HZ_OK, HZ_E_FORMAT or HZ_E_LIMIT with *wrong (N_() text) and the place, or
 * HZ_E_UNSUPPORTED when it is canonical JSON of another version or with other digests. */
int r_format_read(const void *text, size_t len, struct r_format *out, const char **wrong, size_t *at);

#endif

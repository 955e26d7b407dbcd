/* A line of a manifest or tagmanifest: lower-case hex digits, two blanks, a path. */
#ifndef HZ_FORMATS_READ_MANIFEST_H
#define HZ_FORMATS_READ_MANIFEST_H

#include <stddef.h>

#include "formats/read/hash.h"

#define R_MANIFEST_LINE_MAX 1100

/* line: without LF; size: bytes of the digest. *path points into it. HZ_OK or HZ_E_FORMAT; the path's own grammar is
 * the caller's. */
int r_manifest_line(const char *line, size_t len, unsigned char *digest, size_t size, const char **path,
                    size_t *path_len);

#endif

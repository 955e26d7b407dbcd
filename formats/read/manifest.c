#include "formats/read/manifest.h"

#include <string.h>

#include "base/text.h"

int r_manifest_line(const char *line, size_t len, unsigned char digest[R_SHA256_SIZE], const char **path,
                    size_t *path_len)
{
    if (len < 67 || memcmp(line + 64, "  ", 2) != 0 || text_unhex(digest, R_SHA256_SIZE, line, 64))
        return HZ_E_FORMAT;
    *path = line + 66;
    *path_len = len - 66;
    return HZ_OK;
}

#include "formats/read/manifest.h"

#include <string.h>

#include "base/text.h"

int r_manifest_line(const char *line, size_t len, unsigned char *digest, size_t size, const char **path,
                    size_t *path_len)
{
    size_t hex = 2 * size;

    if (len < hex + 3 || memcmp(line + hex, "  ", 2) != 0 || text_unhex(digest, size, line, hex))
        return HZ_E_FORMAT;
    *path = line + hex + 2;
    *path_len = len - hex - 2;
    return HZ_OK;
}

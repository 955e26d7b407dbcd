#include "formats/write/tarhead.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"

#define NAME_MAX_LENGTH 8000
#define SIZE_PAX (UINT64_C(1) << 33) /* eleven octal digits hold less than this */

struct ustar {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], chksum[8], typeflag, linkname[100], magic[6];
    char version[2], uname[32], gname[32], devmajor[8], devminor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct ustar) == W_TARHEAD_BLOCK, "a tar header is one block");

/* Octal digits to one less than the width; the caller has checked that the value fits. What stands behind is left. */
static void put_octal(char *field, size_t width, uint64_t value)
{
    for (size_t i = width - 1; i-- > 0; value >>= 3)
        field[i] = (char)('0' + (value & 7));
}

static void put_checksum(struct ustar *h)
{
    unsigned sum = 0;
    memset(h->chksum, ' ', sizeof h->chksum);
    for (size_t i = 0; i < sizeof *h; i++)
        sum += ((const unsigned char *)h)[i];
    put_octal(h->chksum, 7, sum);
    h->chksum[6] = '\0';
}

/* prefix_len: 0 where the name is not split. */
static int put_block(struct buf *out, char type, const char *name, size_t len, size_t prefix_len, uint64_t size,
                     uint64_t mtime)
{
    struct ustar h;
    memset(&h, 0, sizeof h);
    size_t skip = prefix_len > 0 ? prefix_len + 1 : 0;
    memcpy(h.prefix, name, prefix_len);
    memcpy(h.name, name + skip, len - skip);
    put_octal(h.mode, sizeof h.mode, 0644);
    put_octal(h.uid, sizeof h.uid, 0);
    put_octal(h.gid, sizeof h.gid, 0);
    put_octal(h.size, sizeof h.size, size);
    put_octal(h.mtime, sizeof h.mtime, mtime);
    h.typeflag = type;
    memcpy(h.magic, "ustar", sizeof h.magic);
    memcpy(h.version, "00", sizeof h.version);
    put_octal(h.devmajor, sizeof h.devmajor, 0);
    put_octal(h.devminor, sizeof h.devminor, 0);
    put_checksum(&h);
    return buf_put(out, &h, sizeof h);
}

/* Finds the last '/' that leaves a prefix and a name that fit; false when there is none. */
static bool split(const char *name, size_t len, size_t *prefix_len)
{
    const struct ustar *h = NULL;
    *prefix_len = 0;
    if (len <= sizeof h->name)
        return true;
    for (size_t i = len - 2; i >= 1 && len - i - 1 <= sizeof h->name; i--) {
        if (name[i] == '/' && i <= sizeof h->prefix) {
            *prefix_len = i;
            return true;
        }
    }
    return false;
}

/* "LEN KEY=VALUE\n", where LEN counts itself. */
static size_t record_length(const char *key, size_t value_len)
{
    size_t rest = strlen(key) + value_len + 3, digits = 1;
    for (size_t power = 10; rest + digits >= power; power *= 10)
        digits++;
    return rest + digits;
}

static void put_record(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, "%zu %s=%s\n", record_length(key, strlen(value)), key, value);
}

static int put_pax(struct buf *out, const char *path, uint64_t size, uint64_t mtime, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf records = BUF_INIT(2 * NAME_MAX_LENGTH);
    if (path != NULL)
        put_record(&records, "path", path);
    if (size >= SIZE_PAX) {
        char decimal[24];
        snprintf(decimal, sizeof decimal, "%llu", (unsigned long long)size);
        put_record(&records, "size", decimal);
    }
    int rc = buf_check(&records, err);
    if (rc != HZ_OK)
        return rc;
    put_block(out, 'x', "@pax", 4, 0, records.len, mtime);
    buf_put(out, records.data, records.len);
    buf_grow(out, w_tarhead_padding(records.len));
    return buf_check(out, err);
}

int w_tarhead_put(struct buf *out, const char *name, uint64_t size, uint64_t mtime, struct hz_error *err)
{
    size_t len = strlen(name), prefix_len = 0;
    if (len == 0 || len > NAME_MAX_LENGTH || mtime > W_TARHEAD_MTIME_MAX)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: no tar header can say this"), name);
    bool fits = split(name, len, &prefix_len);
    if (!fits || size >= SIZE_PAX) {
        int rc = put_pax(out, fits ? NULL : name, size, mtime, err);
        if (rc != HZ_OK)
            return rc;
    }
    uint64_t said = size >= SIZE_PAX ? 0 : size;
    put_block(out, '0', fits ? name : "@", fits ? len : 1, prefix_len, said, mtime);
    return buf_check(out, err);
}

size_t w_tarhead_length(const char *name, uint64_t size)
{
    size_t len = strlen(name), prefix_len = 0, records = 0;
    bool fits = len > 0 && split(name, len, &prefix_len);
    if (!fits)
        records += record_length("path", len);
    if (size >= SIZE_PAX) {
        char decimal[24];
        records += record_length("size", (size_t)snprintf(decimal, sizeof decimal, "%llu", (unsigned long long)size));
    }
    return records == 0 ? W_TARHEAD_BLOCK : 2 * W_TARHEAD_BLOCK + records + w_tarhead_padding(records);
}

size_t w_tarhead_padding(uint64_t size)
{
    return (size_t)(-size % W_TARHEAD_BLOCK);
}

size_t w_tarhead_end(uint64_t offset)
{
    uint64_t blocks = offset + 2 * W_TARHEAD_BLOCK;
    return (size_t)(2 * W_TARHEAD_BLOCK + (W_TARHEAD_RECORD - blocks % W_TARHEAD_RECORD) % W_TARHEAD_RECORD);
}

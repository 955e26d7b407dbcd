#include "formats/read/tar.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"

#define SIZE_IN_PAX (UINT64_C(8) * 1024 * 1024 * 1024)
#define SIZE_END (UINT64_C(1) << 62)
#define MTIME_END (UINT64_C(1) << 33)

enum { NAME = 0, MODE = 100, UID = 108, GID = 116, SIZE = 124, MTIME = 136, CHKSUM = 148, TYPE = 156, MAGIC = 257 };
enum { VERSION = 263, DEVMAJOR = 329, DEVMINOR = 337, PREFIX = 345, NAME_SIZE = 100, PREFIX_SIZE = 155 };

bool r_tar_is_zero(const unsigned char *bytes, size_t len)
{
    return !len || (!bytes[0] && memcmp(bytes, bytes + 1, len - 1) == 0);
}

bool r_tar_has_magic(const unsigned char block[R_TAR_BLOCK])
{
    return memcmp(block + MAGIC,
                  "ustar\0"
                  "00",
                  8) == 0;
}

enum r_tar_kind r_tar_kind(const unsigned char block[R_TAR_BLOCK])
{
    if (r_tar_is_zero(block, R_TAR_BLOCK))
        return R_TAR_END;
    return block[TYPE] == '0' ? R_TAR_FILE : block[TYPE] == 'x' ? R_TAR_PAX : R_TAR_OTHER;
}

/* n octal digits and a NUL */
static bool get_octal(const unsigned char *field, size_t n, uint64_t *out)
{
    uint64_t value = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        if (field[i] < '0' || field[i] > '7')
            return false;
        value = value << 3 | (uint64_t)(field[i] - '0');
    }
    *out = value;
    return field[n] == 0;
}

static void put_octal(unsigned char *field, size_t n, uint64_t value)
{
    while (n--) {
        field[n] = (unsigned char)('0' + (value & 7));
        value >>= 3;
    }
}

static uint64_t checksum(const unsigned char block[R_TAR_BLOCK])
{
    const uint64_t lanes = UINT64_C(0x00ff00ff00ff00ff);
    uint64_t sums = 0, sum = 8 * ' ', eight;
    size_t i;

    for (i = 0; i < R_TAR_BLOCK; i += 8) { /* four sums of 16 bits, which 128 bytes each cannot exceed */
        memcpy(&eight, block + i, 8);
        sums += (eight & lanes) + (eight >> 8 & lanes);
    }
    for (i = 0; i < 4; i++)
        sum += sums >> 16 * i & 0xffff;
    for (i = CHKSUM; i < CHKSUM + 8; i++)
        sum -= block[i];
    return sum;
}

bool r_tar_checksum_holds(const unsigned char block[R_TAR_BLOCK])
{
    uint64_t stated;

    return get_octal(block + CHKSUM, 6, &stated) && block[CHKSUM + 7] == ' ' && stated == checksum(block);
}

static size_t pad(size_t size)
{
    return (size + R_TAR_BLOCK - 1) / R_TAR_BLOCK * R_TAR_BLOCK;
}

bool r_tar_pax_size(const unsigned char block[R_TAR_BLOCK], size_t *padded)
{
    uint64_t size;

    if (!get_octal(block + SIZE, 11, &size) || !size || size > R_TAR_PAX_MAX)
        return false;
    *padded = pad((size_t)size);
    return true;
}

/* One "LEN KEY=VALUE\n" at p; false when it is none */
static bool pax_record(const char *p, size_t len, size_t *used, const char **value, size_t *value_len)
{
    const char *blank = memchr(p, ' ', len);
    uint64_t stated;
    size_t head;

    if (!blank || num_parse_u64(p, (size_t)(blank - p), len, &stated))
        return false;
    head = (size_t)(blank - p) + 1;
    if (stated < head + 6 || p[stated - 1] != '\n' || memcmp(blank + 5, "=", 1) != 0)
        return false;
    *used = (size_t)stated;
    *value = blank + 6;
    *value_len = (size_t)stated - head - 6;
    return true;
}

static bool set_name(struct r_tar_head *out, const char *name, size_t len)
{
    if (!len || len > R_TAR_NAME_MAX || memchr(name, 0, len))
        return false;
    memcpy(out->name, name, len);
    out->name[len] = 0;
    return true;
}

static bool decode_pax(const unsigned char *block, size_t room, struct r_tar_head *out, bool *has_path, bool *has_size)
{
    const char *p = (const char *)block + R_TAR_BLOCK, *value;
    uint64_t left;
    size_t used, len;

    if (!get_octal(block + SIZE, 11, &left) || left > room)
        return false;
    for (; left; p += used, left -= used) {
        const char *key;
        if (!pax_record(p, (size_t)left, &used, &value, &len))
            return false;
        key = value - 5;
        if (memcmp(key, "path", 4) == 0 && set_name(out, value, len))
            *has_path = true;
        else if (memcmp(key, "size", 4) == 0 && !num_parse_u64(value, len, SIZE_END - 1, &out->size))
            *has_size = true;
        else
            return false;
    }
    return true;
}

static bool decode_name(const unsigned char *block, struct r_tar_head *out)
{
    char joined[PREFIX_SIZE + 1 + NAME_SIZE];
    size_t prefix = strnlen((const char *)block + PREFIX, PREFIX_SIZE), n = 0;
    size_t name = strnlen((const char *)block + NAME, NAME_SIZE);

    if (prefix) {
        memcpy(joined, block + PREFIX, prefix);
        joined[prefix] = '/';
        n = prefix + 1;
    }
    memcpy(joined + n, block + NAME, name);
    return set_name(out, joined, n + name);
}

bool r_tar_decode(const unsigned char *head, size_t len, struct r_tar_head *out)
{
    const unsigned char *block = head + len - R_TAR_BLOCK;
    bool has_path = false, has_size = false;
    uint64_t size;

    memset(out, 0, sizeof *out);
    if (len >= 2 * R_TAR_BLOCK && !decode_pax(head, len - 2 * R_TAR_BLOCK, out, &has_path, &has_size))
        return false;
    if (!has_path && !decode_name(block, out))
        return false;
    if (!get_octal(block + SIZE, 11, &size) || !get_octal(block + MTIME, 11, &out->mtime))
        return false;
    if (!has_size)
        out->size = size;
    out->type = (char)block[TYPE];
    return true;
}

/* The last slash that leaves a prefix of 1..155 and a name of 1..100 bytes; 0 when there is none */
static size_t split_at(const char *name, size_t len)
{
    size_t i = len < 2 ? 0 : len - 2;

    for (; i >= 1; i--)
        if (name[i] == '/' && i <= PREFIX_SIZE && len - i - 1 <= NAME_SIZE)
            return i;
    return 0;
}

static void put_block(unsigned char *block, const char *name, size_t name_len, const char *prefix, size_t prefix_len,
                      uint64_t size, uint64_t mtime, char type)
{
    memset(block, 0, R_TAR_BLOCK);
    memcpy(block + NAME, name, name_len);
    memcpy(block + PREFIX, prefix, prefix_len);
    put_octal(block + MODE, 7, 0644);
    put_octal(block + UID, 7, 0);
    put_octal(block + GID, 7, 0);
    put_octal(block + SIZE, 11, size);
    put_octal(block + MTIME, 11, mtime);
    block[TYPE] = (unsigned char)type;
    memcpy(block + MAGIC,
           "ustar\0"
           "00",
           8);
    put_octal(block + DEVMAJOR, 7, 0);
    put_octal(block + DEVMINOR, 7, 0);
    put_octal(block + CHKSUM, 6, checksum(block));
    block[CHKSUM + 7] = ' ';
}

/* Appends a record; its length counts its own digits */
static size_t put_record(unsigned char *out, size_t room, const char *key, const char *value)
{
    size_t rest = strlen(key) + strlen(value) + 3, total = rest + 1, digits = 1, power;

    for (power = 10; total >= power; power *= 10) {
        digits++;
        total = rest + digits;
    }
    if (total + 1 > room)
        return 0;
    snprintf((char *)out, room, "%zu %s=%s\n", total, key, value);
    return total;
}

static size_t put_pax(unsigned char *out, const struct r_tar_head *head, bool path, bool size)
{
    unsigned char *records = out + R_TAR_BLOCK;
    char number[24];
    size_t n = 0;

    memset(records, 0, R_TAR_PAX_MAX);
    if (path)
        n = put_record(records, R_TAR_PAX_MAX, "path", head->name);
    if (size) {
        snprintf(number, sizeof number, "%llu", (unsigned long long)head->size);
        n += put_record(records + n, R_TAR_PAX_MAX - n, "size", number);
    }
    records[n] = 0;
    put_block(out, "@pax", 4, "", 0, n, head->mtime, 'x');
    return R_TAR_BLOCK + pad(n);
}

size_t r_tar_encode(const struct r_tar_head *head, unsigned char out[R_TAR_HEAD_MAX])
{
    size_t len = strlen(head->name), split = len <= NAME_SIZE ? 0 : split_at(head->name, len), used = 0;
    bool path = len > NAME_SIZE && !split, big = head->size >= SIZE_IN_PAX;
    const char *name = path ? "@" : split ? head->name + split + 1 : head->name;

    if (!len || len > R_TAR_NAME_MAX || head->size >= SIZE_END || head->mtime >= MTIME_END)
        return 0;
    if (path || big)
        used = put_pax(out, head, path, big);
    put_block(out + used, name, strlen(name), head->name, split, big ? 0 : head->size, head->mtime, '0');
    return used + R_TAR_BLOCK;
}

/* The block that is to blame, by the checksums; the first where they do not tell */
static size_t suspect(const unsigned char *head, size_t len)
{
    size_t last = len - R_TAR_BLOCK;

    return r_tar_checksum_holds(head) && !r_tar_checksum_holds(head + last) ? last : 0;
}

bool r_tar_read(const unsigned char *head, size_t len, struct r_tar_head *out, size_t *differs)
{
    unsigned char again[R_TAR_HEAD_MAX];
    bool decoded = r_tar_decode(head, len, out);
    size_t n = decoded ? r_tar_encode(out, again) : 0, i;

    if (n == len && memcmp(head, again, len) == 0)
        return true;
    *differs = suspect(head, len);
    if (!decoded)
        return false;
    for (i = n == len ? *differs : 0; i < n && i < len && head[i] == again[i];)
        i++;
    *differs = i;
    return false;
}

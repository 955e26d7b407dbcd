#include "collector/processes/proc_maps.h"

#include <string.h>

static bool hex_digit(char c, unsigned *out)
{
    if (c >= '0' && c <= '9')
        *out = (unsigned)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *out = (unsigned)(c - 'a') + 10;
    else
        return false;
    return true;
}

/* Digits of a base up to `stop`, which is passed over. */
static bool take_number(const char **at, const char *end, unsigned base, char stop, uint64_t *out)
{
    uint64_t value = 0;
    const char *p = *at;
    unsigned digit;
    for (; p < end && hex_digit(*p, &digit) && digit < base; p++) {
        if (value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    if (p == *at || p == end || *p != stop)
        return false;
    *at = p + 1;
    *out = value;
    return true;
}

static bool read_line(const char *p, const char *end, struct proc_map *out)
{
    struct proc_map m = { .start = 0 };
    uint64_t major = 0, minor = 0;
    if (!take_number(&p, end, 16, '-', &m.start) || !take_number(&p, end, 16, ' ', &m.end) || end - p < 5 ||
        p[4] != ' ')
        return false;
    memcpy(m.permissions, p, 4);
    p += 5;
    if (!take_number(&p, end, 16, ' ', &m.offset) || !take_number(&p, end, 16, ':', &major) ||
        !take_number(&p, end, 16, ' ', &minor) || major > UINT32_MAX || minor > UINT32_MAX || m.start > m.end)
        return false;
    const char *blank = memchr(p, ' ', (size_t)(end - p));
    char copy[24] = { 0 };
    size_t digits = blank == NULL ? (size_t)(end - p) : (size_t)(blank - p);
    if (digits + 1 > sizeof copy)
        return false;
    memcpy(copy, p, digits);
    const char *number = copy;
    if (!take_number(&number, copy + sizeof copy, 10, '\0', &m.inode))
        return false;
    for (p += digits; p < end && *p == ' ';)
        p++;
    m.device_major = (uint32_t)major;
    m.device_minor = (uint32_t)minor;
    m.path = (struct w_bytes) { p, (size_t)(end - p) };
    *out = m;
    return true;
}

bool proc_maps_next(const void *text, size_t len, size_t *at, struct proc_map *out)
{
    const char *bytes = text;
    while (*at < len) {
        const char *line = bytes + *at, *newline = memchr(line, '\n', len - *at);
        const char *end = newline == NULL ? bytes + len : newline;
        *at = (size_t)(end - bytes) + 1;
        if (read_line(line, end, out))
            return true;
    }
    return false;
}

static bool begins(struct w_bytes path, const char *with)
{
    size_t len = strlen(with);
    return path.len >= len && memcmp(path.data, with, len) == 0;
}

static bool ends(struct w_bytes path, const char *with)
{
    size_t len = strlen(with);
    return path.len >= len && memcmp((const char *)path.data + path.len - len, with, len) == 0;
}

/* Pages that the kernel itself puts there: code of its own, and of probes. */
static bool is_of_the_kernel(struct w_bytes path)
{
    static const char *const names[] = { "[vdso]", "[vsyscall]", "[uprobes]", "[vvar", "[sigpage]" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (begins(path, names[i]))
            return true;
    }
    return false;
}

enum proc_map_kind proc_maps_kind(const struct proc_map *map)
{
    if (map->permissions[2] != 'x' || is_of_the_kernel(map->path))
        return PROC_MAP_PLAIN;
    if (begins(map->path, "/memfd:"))
        return PROC_MAP_MEMORY;
    if (map->inode == 0 || !begins(map->path, "/") || begins(map->path, "/dev/zero") || begins(map->path, "/SYSV"))
        return PROC_MAP_ANONYMOUS;
    if (ends(map->path, " (deleted)"))
        return PROC_MAP_DELETED;
    return map->permissions[1] == 'w' ? PROC_MAP_WRITABLE : PROC_MAP_PLAIN;
}

const char *proc_maps_name(enum proc_map_kind kind)
{
    static const char *const names[] = { [PROC_MAP_PLAIN] = "plain",
                                         [PROC_MAP_ANONYMOUS] = "anonymous-executable",
                                         [PROC_MAP_MEMORY] = "memfd-executable",
                                         [PROC_MAP_DELETED] = "deleted-executable",
                                         [PROC_MAP_WRITABLE] = "writable-executable" };
    return names[kind];
}

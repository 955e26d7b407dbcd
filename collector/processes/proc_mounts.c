#include "collector/processes/proc_mounts.h"

#include <string.h>

#include "base/error.h"
#include "base/num.h"

#define WORDS 64 /* of a line; the optional fields are few */

static size_t split(const char *line, size_t len, struct w_bytes words[WORDS])
{
    size_t count = 0;
    for (size_t at = 0; at < len && count < WORDS; at++) {
        const char *blank = memchr(line + at, ' ', len - at);
        size_t stop = blank == NULL ? len : (size_t)(blank - line);
        words[count++] = (struct w_bytes) { line + at, stop - at };
        at = stop;
    }
    return count;
}

static bool read_line(const char *line, size_t len, struct proc_mount *out)
{
    struct w_bytes words[WORDS];
    size_t count = split(line, len, words), dash = 6;
    while (dash < count && (words[dash].len != 1 || *(const char *)words[dash].data != '-'))
        dash++;
    if (dash + 2 >= count)
        return false;
    *out = (struct proc_mount) { words[3], words[4], words[dash + 1], words[dash + 2] };
    return true;
}

bool proc_mounts_next(const void *text, size_t len, size_t *at, struct proc_mount *out)
{
    const char *bytes = text;
    while (*at < len) {
        const char *line = bytes + *at, *newline = memchr(line, '\n', len - *at);
        size_t line_len = newline == NULL ? len - *at : (size_t)(newline - line);
        *at += line_len + 1;
        if (read_line(line, line_len, out))
            return true;
    }
    return false;
}

static bool is(struct w_bytes word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.data, text, word.len) == 0;
}

bool proc_mounts_instead(const struct proc_mount *mount)
{
    return is(mount->point, "/proc") && !is(mount->type, "proc");
}

bool proc_mounts_over(const struct proc_mount *mount, uint32_t *pid, bool *below)
{
    static const char folder[] = "/proc/";
    const char *point = mount->point.data;
    size_t start = sizeof folder - 1, len = mount->point.len;
    uint64_t number;
    if (len <= start || memcmp(point, folder, start) != 0)
        return false;
    const char *slash = memchr(point + start, '/', len - start);
    size_t stop = slash == NULL ? len : (size_t)(slash - point);
    if (num_parse_u64(point + start, stop - start, UINT32_MAX, &number) != HZ_OK)
        return false;
    *pid = (uint32_t)number;
    *below = slash != NULL;
    return true;
}

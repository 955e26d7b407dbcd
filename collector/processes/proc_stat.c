#include "collector/processes/proc_stat.h"

#include <string.h>

#include "base/error.h"
#include "base/num.h"

#define FIELDS 52 /* of Linux 3.5 and later */

struct fields {
    struct w_bytes at[FIELDS + 1]; /* by their number in proc_pid_stat(5) */
    size_t last;
};

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* The next word of the text; len 0 at its end. */
static struct w_bytes next_word(const unsigned char *text, size_t len, size_t *at)
{
    while (*at < len && is_blank(text[*at]))
        ++*at;
    size_t start = *at;
    while (*at < len && !is_blank(text[*at]))
        ++*at;
    return (struct w_bytes) { text + start, *at - start };
}

static bool number(const struct fields *f, size_t field, uint64_t max, uint64_t *out)
{
    return field <= f->last && num_parse_u64(f->at[field].data, f->at[field].len, max, out) == HZ_OK;
}

static bool signed_number(const struct fields *f, size_t field, int64_t *out)
{
    uint64_t value;
    if (field > f->last || f->at[field].len == 0)
        return false;
    const char *text = f->at[field].data;
    bool negative = text[0] == '-';
    if (num_parse_u64(text + negative, f->at[field].len - negative, INT64_MAX, &value) != HZ_OK)
        return false;
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

static bool read_fields(const struct fields *f, struct proc_stat *s)
{
    uint64_t ppid;
    bool good = f->at[3].len == 1 && number(f, 4, UINT32_MAX, &ppid) && signed_number(f, 5, &s->group) &&
                signed_number(f, 6, &s->session) && signed_number(f, 7, &s->terminal) &&
                signed_number(f, 8, &s->foreground) && number(f, 9, UINT64_MAX, &s->flags) &&
                number(f, 10, UINT64_MAX, &s->minor_faults) && number(f, 12, UINT64_MAX, &s->major_faults) &&
                number(f, 14, UINT64_MAX, &s->user_ticks) && number(f, 15, UINT64_MAX, &s->system_ticks) &&
                signed_number(f, 18, &s->priority) && signed_number(f, 19, &s->nice) &&
                signed_number(f, 20, &s->threads) && number(f, 22, UINT64_MAX, &s->start_ticks) &&
                number(f, 23, UINT64_MAX, &s->virtual_bytes) && signed_number(f, 24, &s->resident_pages) &&
                signed_number(f, 39, &s->processor) && signed_number(f, 40, &s->realtime_priority) &&
                signed_number(f, 41, &s->policy);
    if (!good)
        return false;
    s->state = *(const char *)f->at[3].data;
    s->ppid = (uint32_t)ppid;
    return true;
}

int proc_stat_parse(const void *text, size_t len, struct proc_stat *out)
{
    const unsigned char *bytes = text;
    const unsigned char *open = memchr(bytes, '(', len), *close = memrchr(bytes, ')', len);
    struct proc_stat s = { .comm_len = 0 };
    struct fields f = { .last = 2 };
    uint64_t pid;
    if (open == NULL || close < open || open - bytes < 2 || (size_t)(close - open) - 1 > PROC_COMM_MAX)
        return HZ_E_FORMAT;
    if (num_parse_u64(text, (size_t)(open - bytes) - 1, UINT32_MAX, &pid) != HZ_OK)
        return HZ_E_FORMAT;
    s.pid = (uint32_t)pid;
    s.comm_len = (size_t)(close - open) - 1;
    memcpy(s.comm, open + 1, s.comm_len);
    size_t at = (size_t)(close - bytes) + 1;
    for (struct w_bytes w; f.last < FIELDS && (w = next_word(bytes, len, &at)).len > 0;)
        f.at[++f.last] = w;
    if (!read_fields(&f, &s))
        return HZ_E_FORMAT;
    *out = s;
    return HZ_OK;
}

struct w_bytes proc_status_value(const void *text, size_t len, const char *key)
{
    const char *line = text, *end = line + len;
    size_t key_len = strlen(key);
    while (line != NULL && (size_t)(end - line) > key_len) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (line[key_len] == ':' && memcmp(line, key, key_len) == 0) {
            const char *from = line + key_len + 1, *to = stop == NULL ? end : stop;
            while (from < to && is_blank((unsigned char)*from))
                from++;
            while (to > from && is_blank((unsigned char)to[-1]))
                to--;
            return (struct w_bytes) { from, (size_t)(to - from) };
        }
        line = stop == NULL ? NULL : stop + 1;
    }
    return (struct w_bytes) { NULL, 0 };
}

size_t proc_status_numbers(struct w_bytes value, uint64_t *out, size_t room)
{
    size_t count = 0, at = 0;
    while (count < room && value.data != NULL) {
        struct w_bytes w = next_word(value.data, value.len, &at);
        if (w.len == 0 || num_parse_u64(w.data, w.len, UINT64_MAX, &out[count]) != HZ_OK)
            break;
        count++;
    }
    return count;
}

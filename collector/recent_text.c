#include "collector/recent_text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "base/text.h"
#include "collector/meta.h"
#include "formats/write/fields.h"

static unsigned judge(const struct recent_window *w, unsigned which, struct statx_timestamp t, unsigned *future)
{
    const struct stamp at = { .seconds = t.tv_sec, .nanoseconds = t.tv_nsec };
    if (t.tv_sec < w->since.seconds || stamp_compare(at, w->since) < 0)
        return 0;
    if (stamp_compare(at, w->started) > 0)
        *future |= which;
    return which;
}

bool recent_text_judge(const struct recent_window *window, const struct statx *st, struct recent_found *out)
{
    unsigned future = 0;
    unsigned within = judge(window, RECENT_MTIME, st->stx_mtime, &future);
    within |= judge(window, RECENT_CTIME, st->stx_ctime, &future);
    if ((st->stx_mask & STATX_BTIME) != 0)
        within |= judge(window, RECENT_BTIME, st->stx_btime, &future);
    if (within == 0)
        return false;
    *out = (struct recent_found) { .size = st->stx_size, .within = within, .future = future };
    meta_from_statx(&out->stat, st);
    return true;
}

int recent_text_first(struct buf *out, const struct recent_window *window, const char *const *roots, size_t root_count,
                      struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_key(&j, "roots");
    json_array(&j);
    for (size_t i = 0; i < root_count; i++)
        w_fields_text(&j, (struct w_bytes) { roots[i], strlen(roots[i]) });
    json_array_end(&j);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-recent/1");
    w_fields_time(&j, "since", window->since);
    w_fields_time(&j, "started", window->started);
    return w_fields_end(&j, rc, err);
}

struct kind {
    mode_t type;
    const char *name;
    char letter; /* as fls(1) */
};

static const struct kind *kind_of(mode_t mode)
{
    static const struct kind kinds[] = {
        { S_IFREG, "file", 'r' },   { S_IFDIR, "directory", 'd' },        { S_IFLNK, "symlink", 'l' },
        { S_IFIFO, "fifo", 'p' },   { S_IFCHR, "character-device", 'c' }, { S_IFBLK, "block-device", 'b' },
        { S_IFSOCK, "socket", 'h' }
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].type == (mode & S_IFMT))
            return &kinds[i];
    return &kinds[0];
}

static void put_device(struct json_out *j, const char *key, uint32_t major, uint32_t minor)
{
    char text[32];
    snprintf(text, sizeof text, "%u:%u", major, minor);
    json_member_string(j, key, text);
}

static void put_set(struct json_out *j, const char *key, unsigned set)
{
    if (set == 0)
        return;
    json_key(j, key);
    json_array(j);
    if ((set & RECENT_BTIME) != 0)
        json_string(j, "btime");
    if ((set & RECENT_CTIME) != 0)
        json_string(j, "ctime");
    if ((set & RECENT_MTIME) != 0)
        json_string(j, "mtime");
    json_array_end(j);
}

static void put_mode(struct json_out *j, mode_t mode)
{
    char text[5] = { 0 };
    for (unsigned i = 4; i-- > 0; mode >>= 3)
        text[i] = (char)('0' + (mode & 7));
    json_member_string(j, "mode", text);
}

int recent_text_json(struct buf *out, const struct recent_found *f, struct hz_error *err)
{
    const struct w_stat *st = &f->stat;
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    w_fields_time(&j, "atime", st->atime);
    if (st->has_btime)
        w_fields_time(&j, "btime", st->btime);
    w_fields_time(&j, "ctime", st->ctime);
    put_device(&j, "device", st->device_major, st->device_minor);
    put_set(&j, "future", f->future);
    json_member_int(&j, "gid", st->gid);
    json_member_decimal(&j, "inode", st->inode);
    json_member_int(&j, "links", st->links);
    put_mode(&j, st->mode);
    w_fields_time(&j, "mtime", st->mtime);
    w_fields_bytes(&j, "origin", "origin_b64", f->origin);
    if (S_ISCHR(st->mode) || S_ISBLK(st->mode))
        put_device(&j, "rdevice", st->rdevice_major, st->rdevice_minor);
    json_member_decimal(&j, "size", f->size);
    if (f->target.data != NULL)
        w_fields_bytes(&j, "target", "target_b64", f->target);
    json_member_string(&j, "type", kind_of(st->mode)->name);
    json_member_int(&j, "uid", st->uid);
    put_set(&j, "within", f->within);
    return w_fields_end(&j, HZ_OK, err);
}

static bool is_plain(unsigned char c)
{
    return c >= ' ' && c < 0x7F && c != '|' && c != '%' && c != '\\';
}

/* One way for every byte: what a reader takes for its separator, for an escape, or for the end of a line. */
static void put_name(struct buf *out, struct w_bytes name)
{
    const unsigned char *p = name.data;
    for (size_t i = 0, step; i < name.len; i += step) {
        for (step = 0; i + step < name.len && is_plain(p[i + step]);)
            step++;
        buf_put(out, p + i, step);
        if (step > 0)
            continue;
        step = text_utf8_sequence(p + i, name.len - i);
        if (step == 1 && strchr("|%\\", p[i]) != NULL)
            buf_printf(out, "\\x%02x", p[i]);
        else
            escape_terminal(out, p + i, step = step == 0 ? 1 : step);
    }
}

static void put_permissions(struct buf *out, mode_t mode)
{
    const char letter = kind_of(mode)->letter;
    char text[] = { letter, '/', letter, '-', '-', '-', '-', '-', '-', '-', '-', '-', '\0' };
    static const struct {
        mode_t bit;
        char letter;
        unsigned place;
    } bits[] = { { 0400, 'r', 3 }, { 0200, 'w', 4 }, { 0100, 'x', 5 }, { 040, 'r', 6 }, { 020, 'w', 7 },
                 { 010, 'x', 8 },  { 04, 'r', 9 },   { 02, 'w', 10 },  { 01, 'x', 11 } };
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        if ((mode & bits[i].bit) != 0)
            text[bits[i].place] = bits[i].letter;
    if ((mode & S_ISUID) != 0)
        text[5] = (mode & 0100) != 0 ? 's' : 'S';
    if ((mode & S_ISGID) != 0)
        text[8] = (mode & 010) != 0 ? 's' : 'S';
    if ((mode & S_ISVTX) != 0)
        text[11] = (mode & 01) != 0 ? 't' : 'T';
    buf_puts(out, text);
}

static void put_number(struct buf *out, uint64_t number)
{
    buf_putc(out, '|');
    buf_decimal(out, number);
}

#define FIRST_SECOND (-62135596800) /* of the year 1 */
#define LAST_SECOND 253402300799    /* of the year 9999 */

/* Seconds with what is behind the dot; "-0.5" is half a second before 1970. */
static void put_time(struct buf *out, bool known, struct stamp t)
{
    if (!known || t.seconds < FIRST_SECOND || t.seconds > LAST_SECOND) {
        buf_puts(out, "|0");
        return;
    }
    bool back = t.seconds < 0 && t.nanoseconds > 0;
    int64_t seconds = back ? t.seconds + 1 : t.seconds;
    uint32_t fraction = back ? 1000000000u - t.nanoseconds : t.nanoseconds;
    buf_puts(out, t.seconds < 0 ? "|-" : "|");
    buf_decimal(out, (uint64_t)(seconds < 0 ? -seconds : seconds));
    if (fraction == 0)
        return;
    char digits[10];
    for (unsigned i = sizeof digits; i-- > 1; fraction /= 10)
        digits[i] = (char)('0' + fraction % 10);
    digits[0] = '.';
    buf_put(out, digits, sizeof digits);
}

int recent_text_body(struct buf *out, const struct recent_found *f, struct hz_error *err)
{
    const struct w_stat *st = &f->stat;
    buf_puts(out, "0|");
    put_name(out, f->origin);
    if (f->target.data != NULL) {
        buf_puts(out, " -> ");
        put_name(out, f->target);
    }
    put_number(out, st->inode);
    buf_putc(out, '|');
    put_permissions(out, st->mode);
    put_number(out, st->uid);
    put_number(out, st->gid);
    put_number(out, f->size);
    put_time(out, true, st->atime);
    put_time(out, true, st->mtime);
    put_time(out, true, st->ctime);
    put_time(out, st->has_btime, st->btime);
    buf_putc(out, '\n');
    return buf_check(out, err);
}

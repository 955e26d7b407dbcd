#include "collector/recent_text.h"

#include <string.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "base/num.h"
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

/* RECENT_BTIME, RECENT_CTIME and RECENT_MTIME are its bits. */
static const char *const sets[] = {
    "[]",          "[\"btime\"]",           "[\"ctime\"]",           "[\"btime\",\"ctime\"]",
    "[\"mtime\"]", "[\"btime\",\"mtime\"]", "[\"ctime\",\"mtime\"]", "[\"btime\",\"ctime\",\"mtime\"]"
};

static bool is_device(const struct w_stat *st)
{
    return S_ISCHR(st->mode) || S_ISBLK(st->mode);
}

int recent_text_json_any(struct buf *out, const struct recent_found *f, struct hz_error *err)
{
    const struct w_stat *st = &f->stat;
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    w_fields_time(&j, "atime", st->atime);
    if (st->has_btime)
        w_fields_time(&j, "btime", st->btime);
    w_fields_time(&j, "ctime", st->ctime);
    w_fields_device(&j, "device", st->device_major, st->device_minor);
    if (f->future != 0) {
        json_key(&j, "future");
        json_raw(&j, sets[f->future]);
    }
    json_member_int(&j, "gid", st->gid);
    json_member_decimal(&j, "inode", st->inode);
    json_member_int(&j, "links", st->links);
    w_fields_mode(&j, st->mode);
    w_fields_time(&j, "mtime", st->mtime);
    w_fields_bytes(&j, "origin", "origin_b64", f->origin);
    if (is_device(st))
        w_fields_device(&j, "rdevice", st->rdevice_major, st->rdevice_minor);
    json_member_decimal(&j, "size", f->size);
    if (f->target.data != NULL)
        w_fields_bytes(&j, "target", "target_b64", f->target);
    json_member_string(&j, "type", kind_of(st->mode)->name);
    json_member_int(&j, "uid", st->uid);
    json_key(&j, "within");
    json_raw(&j, sets[f->within]);
    return w_fields_end(&j, HZ_OK, err);
}

#define ADD(at, literal) ((char *)mempcpy(at, literal, sizeof(literal) - 1))

/* Writes NUM_DECIMAL bytes, of which the number is the first: as many every time is quicker. */
static char *add_number(char *at, uint64_t number)
{
    char digits[2 * NUM_DECIMAL];
    const char *from = num_decimal(digits, number);
    memcpy(at, from, NUM_DECIMAL);
    return at + (digits + NUM_DECIMAL - from);
}

static char *add_text(char *at, const char *text)
{
    return mempcpy(at, text, strlen(text));
}

static char *add_mode(char *at, mode_t mode)
{
    for (unsigned i = 4; i-- > 0; mode >>= 3)
        at[i] = (char)('0' + (mode & 7));
    return at + 4;
}

#define SECONDS (sizeof "2026-11-20T12:34:56." - 1)

struct shown { /* the time that was made last: one file's times mostly have their second in common */
    int64_t seconds;
    const char *text; /* NULL: none */
};

static char *add_time(char *at, struct stamp t, struct shown *last)
{
    if (last->text == NULL || last->seconds != t.seconds || last->text[0] == '@') {
        *last = (struct shown) { t.seconds, at };
        return stamp_format(at, t);
    }
    at = num_nine(mempcpy(at, last->text, SECONDS), t.nanoseconds);
    return ADD(at, "Z");
}

#define PLAIN_MAX 700 /* all but the name */

/* Nothing that most files do not have. */
static bool is_usual(const struct recent_found *f)
{
    return f->target.data == NULL && f->future == 0 && !is_device(&f->stat) && f->stat.has_btime &&
           json_is_plain(f->origin.data, f->origin.len);
}

/* The same as recent_text_json_any, in a quarter of its steps: there may be rows by the hundred thousand. */
static char *put_usual(char *at, const struct recent_found *f)
{
    const struct w_stat *st = &f->stat;
    struct shown last = { .text = NULL };
    at = add_time(ADD(at, "{\"atime\":\""), st->atime, &last);
    at = add_time(ADD(at, "\",\"btime\":\""), st->btime, &last);
    at = add_time(ADD(at, "\",\"ctime\":\""), st->ctime, &last);
    at = add_number(ADD(at, "\",\"device\":\""), st->device_major);
    at = add_number(ADD(at, ":"), st->device_minor);
    at = add_number(ADD(at, "\",\"gid\":"), st->gid);
    at = add_number(ADD(at, ",\"inode\":\""), st->inode);
    at = add_number(ADD(at, "\",\"links\":"), st->links);
    at = add_mode(ADD(at, ",\"mode\":\""), st->mode);
    at = add_time(ADD(at, "\",\"mtime\":\""), st->mtime, &last);
    at = mempcpy(ADD(at, "\",\"origin\":\""), f->origin.data, f->origin.len);
    at = add_number(ADD(at, "\",\"size\":\""), f->size);
    at = add_text(ADD(at, "\",\"type\":\""), kind_of(st->mode)->name);
    at = add_number(ADD(at, "\",\"uid\":"), st->uid);
    at = add_text(ADD(at, ",\"within\":"), sets[f->within]);
    return ADD(at, "}\n");
}

int recent_text_json(struct buf *out, const struct recent_found *f, struct hz_error *err)
{
    if (!is_usual(f))
        return recent_text_json_any(out, f, err);
    char *at = buf_room(out, f->origin.len + PLAIN_MAX);
    if (at == NULL)
        return buf_check(out, err);
    out->len = (size_t)(put_usual(at, f) - (char *)out->data);
    return HZ_OK;
}

/* What every reader of a body file reads as it is. */
static size_t plain_length(const unsigned char *name, size_t len)
{
    static const bool plain[256] = {
        [' ' ... '$'] = true, ['&' ... '['] = true, [']' ... '{'] = true, ['}' ... '~'] = true
    };
    size_t n = 0;
    while (n < len && plain[name[n]])
        n++;
    return n;
}

/* One way for every byte: what a reader takes for its separator, for an escape, or for the end of a line. */
static void put_name(struct buf *out, struct w_bytes name)
{
    const unsigned char *p = name.data;
    for (size_t i = 0, step; i < name.len; i += step) {
        step = plain_length(p + i, name.len - i);
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

static char *put_permissions(char *at, mode_t mode)
{
    static const char letters[] = "rwxrwxrwx";
    const char letter = kind_of(mode)->letter;
    *at++ = '|';
    *at++ = letter;
    *at++ = '/';
    *at++ = letter;
    for (unsigned i = 0; i < 9; i++)
        at[i] = (mode & (0400U >> i)) != 0 ? letters[i] : '-';
    if ((mode & S_ISUID) != 0)
        at[2] = (mode & 0100) != 0 ? 's' : 'S';
    if ((mode & S_ISGID) != 0)
        at[5] = (mode & 010) != 0 ? 's' : 'S';
    if ((mode & S_ISVTX) != 0)
        at[8] = (mode & 01) != 0 ? 't' : 'T';
    return at + 9;
}

static char *put_number(char *at, uint64_t number)
{
    *at = '|';
    return add_number(at + 1, number);
}

#define FIRST_SECOND (-62135596800) /* of the year 1 */
#define LAST_SECOND 253402300799    /* of the year 9999 */

/* Seconds with what is behind the dot; "-0.5" is half a second before 1970. */
static char *put_time(char *at, bool known, struct stamp t)
{
    if (!known || t.seconds < FIRST_SECOND || t.seconds > LAST_SECOND)
        return put_number(at, 0);
    bool back = t.seconds < 0 && t.nanoseconds > 0;
    int64_t seconds = back ? t.seconds + 1 : t.seconds;
    uint32_t fraction = back ? 1000000000u - t.nanoseconds : t.nanoseconds;
    char *sign = at;
    at = put_number(at + (t.seconds < 0), (uint64_t)(seconds < 0 ? -seconds : seconds));
    if (t.seconds < 0) {
        sign[0] = '|';
        sign[1] = '-';
    }
    if (fraction == 0)
        return at;
    *at = '.';
    return num_nine(at + 1, fraction);
}

#define NUMBERS_MAX 256 /* inode, size, owner and group, permissions, four times of 23 */

int recent_text_body(struct buf *out, const struct recent_found *f, struct hz_error *err)
{
    const struct w_stat *st = &f->stat;
    buf_put(out, "0|", 2);
    put_name(out, f->origin);
    if (f->target.data != NULL) {
        buf_puts(out, " -> ");
        put_name(out, f->target);
    }
    char *at = buf_room(out, NUMBERS_MAX);
    if (at == NULL)
        return buf_check(out, err);
    at = put_number(at, st->inode);
    at = put_permissions(at, st->mode);
    at = put_number(at, st->uid);
    at = put_number(at, st->gid);
    at = put_number(at, f->size);
    at = put_time(at, true, st->atime);
    at = put_time(at, true, st->mtime);
    at = put_time(at, true, st->ctime);
    at = put_time(at, st->has_btime, st->btime);
    *at++ = '\n';
    out->len = (size_t)((unsigned char *)at - out->data);
    return HZ_OK;
}

int recent_text_measure(struct buf *lines, const struct recent_found *f, uint32_t *body, uint32_t *json,
                        struct hz_error *err)
{
    buf_reset(lines);
    int rc = recent_text_body(lines, f, err);
    size_t len = lines->len;
    if (rc == HZ_OK)
        rc = recent_text_json(lines, f, err);
    *body = (uint32_t)len; /* names have at most 32 KiB */
    *json = (uint32_t)(lines->len - len);
    return rc;
}

struct kept { /* then the target */
    int64_t atime, mtime, ctime, btime;
    uint32_t atime_part, mtime_part, ctime_part, btime_part;
    uint64_t inode, size;
    uint32_t mode, uid, gid, links, device_major, device_minor, rdevice_major, rdevice_minor;
    uint8_t within, future;
    bool has_btime, has_target;
};

int recent_text_keep(struct buf *out, const struct recent_found *f, struct hz_error *err)
{
    const struct w_stat *st = &f->stat;
    const struct kept kept = { .atime = st->atime.seconds,
                               .mtime = st->mtime.seconds,
                               .ctime = st->ctime.seconds,
                               .btime = st->btime.seconds,
                               .atime_part = st->atime.nanoseconds,
                               .mtime_part = st->mtime.nanoseconds,
                               .ctime_part = st->ctime.nanoseconds,
                               .btime_part = st->btime.nanoseconds,
                               .inode = st->inode,
                               .size = f->size,
                               .mode = st->mode,
                               .uid = st->uid,
                               .gid = st->gid,
                               .links = st->links,
                               .device_major = st->device_major,
                               .device_minor = st->device_minor,
                               .rdevice_major = st->rdevice_major,
                               .rdevice_minor = st->rdevice_minor,
                               .within = (uint8_t)f->within,
                               .future = (uint8_t)f->future,
                               .has_btime = st->has_btime,
                               .has_target = f->target.data != NULL };
    buf_put(out, &kept, sizeof kept);
    buf_put(out, f->target.data, f->target.len);
    return buf_check(out, err);
}

void recent_text_again(struct recent_found *f, struct w_bytes kept)
{
    struct kept k;
    memcpy(&k, kept.data, sizeof k);
    *f = (struct recent_found) { .size = k.size, .within = k.within, .future = k.future };
    f->stat = (struct w_stat) { .known = true,
                                .mode = k.mode,
                                .uid = k.uid,
                                .gid = k.gid,
                                .links = k.links,
                                .inode = k.inode,
                                .device_major = k.device_major,
                                .device_minor = k.device_minor,
                                .rdevice_major = k.rdevice_major,
                                .rdevice_minor = k.rdevice_minor,
                                .atime = { k.atime, k.atime_part },
                                .mtime = { k.mtime, k.mtime_part },
                                .ctime = { k.ctime, k.ctime_part },
                                .btime = { k.btime, k.btime_part },
                                .has_btime = k.has_btime };
    if (k.has_target)
        f->target = (struct w_bytes) { (const unsigned char *)kept.data + sizeof k, kept.len - sizeof k };
}

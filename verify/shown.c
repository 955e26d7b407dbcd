#include "verify/shown.h"

#include <string.h>

#include "base/escape.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/reason.h"
#include "base/text.h"
#include "verify/spool.h"

#define CHUNK ((size_t)64 * 1024)
#define MORE_MAX ((size_t)64 * 1024)

int shown_begin(struct shown *s, const char *wanted, struct hz_error *err)
{
    *s = (struct shown) { .spool = -1, .origin = BUF_INIT(R_JSON_STRING_MAX), .why = BUF_INIT(R_JSON_STRING_MAX) };
    for (size_t i = 0; i < NAMED_MAX; i++)
        s->other[i].more = (struct buf)BUF_INIT(MORE_MAX);
    return named_begin(&s->wanted, wanted, err);
}

void shown_free(struct shown *s)
{
    io_close(&s->spool);
    for (size_t i = 0; i < NAMED_MAX; i++)
        buf_free(&s->other[i].more);
    named_free(&s->wanted);
    buf_free(&s->origin);
    buf_free(&s->why);
}

/* A host path: in every source that has it */
static bool is_wanted(const struct shown *s, const char *path)
{
    const char *name;

    if (s->wanted.said[0] != '/')
        return strcmp(s->wanted.said, path) == 0;
    for (size_t i = 0; (name = named_get(&s->wanted, i)) != NULL; i++)
        if (r_name_match(path, strlen(path), (const unsigned char *)name, strlen(name)) != HZ_E_INVALID)
            return true;
    return false;
}

static bool on_leave(void *context, const char *path)
{
    return !is_wanted(context, path);
}

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct shown *s = context;
    struct shown_file *f = &s->list[s->count];

    if (!is_wanted(s, path))
        return HZ_OK;
    s->too_many = s->count == SHOWN_MAX;
    if (s->too_many)
        return HZ_OK;
    memcpy(f->path, path, strlen(path) + 1); /* checked by the reader's parent: a payload path */
    f->at = s->end;
    f->size = size;
    s->count++;
    s->open = true;
    return s->spool < 0 ? spool_open(&s->spool, err) : HZ_OK;
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct shown *s = context;
    int code = s->open ? spool_write(s->spool, s->end, bytes, len, err) : HZ_OK;

    if (s->open)
        s->end += len;
    return code;
}

static int on_file_end(void *context, struct hz_error *err)
{
    (void)err;
    ((struct shown *)context)->open = false;
    return HZ_OK;
}

static void copy_word(char *out, size_t size, const struct wire_bytes *word)
{
    size_t n = word->len < size ? word->len : size - 1;

    memcpy(out, word->at, n);
    out[n] = 0;
}

static void take_file(struct shown *s, const struct reader_row *row)
{
    for (size_t i = 0; i < s->count; i++) {
        struct shown_file *f = &s->list[i];

        if (strlen(f->path) != row->path.len || memcmp(f->path, row->path.at, row->path.len) != 0)
            continue;
        f->name = s->wanted.said[0] == '/' ? named_which(&s->wanted, row) : 0;
        f->listed = f->name < NAMED_MAX;
        memcpy(f->sha256, row->sha256, sizeof f->sha256);
        f->stat = row->stat;
        copy_word(f->status, sizeof f->status, &row->word);
        f->real_size = row->real_size;
        f->limited = reader_row_limited(row);
        f->cut = reader_row_cut(row);
        f->unlocked = reader_row_unlocked(row);
        if (f->listed && (f->cut || f->unlocked) && (!s->origin.len || f->name <= s->origin_of)) {
            s->origin_of = f->name;
            buf_reset(&s->origin);
            buf_put(&s->origin, row->origin.at, row->has_origin ? row->origin.len : 0);
        }
    }
}

static int take_other(struct shown_other *o, const struct reader_row *row, struct hz_error *err)
{
    const struct wire_bytes *more = row->more_raw.len ? &row->more_raw : &row->more;

    o->there = true;
    o->absent = row->kind == READER_ABSENT;
    copy_word(o->word, sizeof o->word, &row->word);
    buf_reset(&o->more);
    if (!o->absent || reason_put(&o->more, more->at, more->len))
        buf_put(&o->more, more->at, more->len);
    return buf_text(&o->more) ? HZ_OK : buf_check(&o->more, err);
}

static int on_why(void *context, const struct reader_why *why, struct hz_error *err)
{
    struct shown *s = context;

    if (!s->origin.len || s->origin.len != why->target.len ||
        memcmp(s->origin.data, why->target.at, why->target.len) != 0)
        return HZ_OK;
    buf_reset(&s->why);
    if (reason_put(&s->why, why->reason.at, why->reason.len)) {
        buf_reset(&s->why);
        buf_put(&s->why, why->reason.at, why->reason.len);
    }
    return buf_check(&s->why, err);
}

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    struct shown *s = context;
    size_t which;

    if (row->kind == READER_FILE) {
        take_file(s, row);
        return HZ_OK;
    }
    which = named_which(&s->wanted, row);
    return which < NAMED_MAX ? take_other(&s->other[which], row, err) : HZ_OK;
}

struct reader_listener shown_listener(struct shown *s)
{
    return (struct reader_listener) { .context = s,
                                      .file = on_file,
                                      .data = on_data,
                                      .file_end = on_file_end,
                                      .row = on_row,
                                      .why = on_why,
                                      .leave = on_leave };
}

static int not_there(const char *name, const struct shown_other *o, struct hz_error *err)
{
    const char *more = o->more.len ? (const char *)o->more.data : "";

    if (!o->there)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s is not in the bundle; hozen list shows what is"), name);
    if (o->absent)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s was not taken (%s): %s"), name, o->word, more);
    if (more[0])
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s is a link to %s and has no content of its own"), name, more);
    return hz_error_set(err, HZ_E_NOTFOUND, _("%s is no file but a %s, of which there is no content to show"), name,
                        o->word);
}

/* The first of the names that an entry has; where none has it, the very name. */
static size_t choose_name(const struct shown *s)
{
    for (size_t n = 0; n < NAMED_MAX; n++) {
        if (s->other[n].there)
            return n;
        for (size_t i = 0; i < s->count; i++)
            if (s->list[i].listed && s->list[i].name == n)
                return n;
    }
    return 0;
}

int shown_choose(const struct shown *s, const struct shown_file **out, struct hz_error *err)
{
    const struct shown_file *first = NULL;
    size_t which = choose_name(s);
    const char *name = named_get(&s->wanted, which);

    if (s->too_many)
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("%s stands in too many places of the bundle: say which, data/..."),
                            name);
    for (size_t i = 0; i < s->count; i++) {
        const struct shown_file *f = &s->list[i];

        if (!f->listed || f->name != which)
            continue;
        if (first && memcmp(first->sha256, f->sha256, sizeof f->sha256) != 0)
            return hz_error_set(err, HZ_E_UNSUPPORTED, _("%s was taken more than once and had changed: say %s or %s"),
                                name, first->path, f->path);
        first = first ? first : f;
    }
    if (!first)
        return not_there(name, &s->other[which], err);
    *out = first;
    return HZ_OK;
}

/* Gives the file in chunks, which begin and end where `put` likes it: what it does not take comes again. */
typedef size_t put_bytes(FILE *stream, const unsigned char *bytes, size_t len, bool last);

static int copy(FILE *stream, const struct shown *s, const struct shown_file *f, put_bytes *put, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf chunk = BUF_INIT(CHUNK);
    unsigned char *bytes = buf_grow(&chunk, CHUNK);
    uint64_t at = 0;
    size_t kept = 0;

    if (!bytes)
        return buf_check(&chunk, err);
    while (at < f->size || kept) {
        size_t want = f->size - at < CHUNK - kept ? (size_t)(f->size - at) : CHUNK - kept, got = 0, used;
        int code = want ? io_read_at(s->spool, f->at + at, bytes + kept, want, &got, err) : HZ_OK;

        if (!code && got != want)
            code = hz_error_set(err, HZ_E_IO, _("a temporary file is shorter than it was"));
        if (code)
            return code;
        at += got;
        used = put(stream, bytes, kept + got, at == f->size);
        kept += got - used;
        memmove(bytes, bytes + used, kept);
    }
    return HZ_OK;
}

static size_t put_raw(FILE *stream, const unsigned char *bytes, size_t len, bool last)
{
    (void)last;
    fwrite(bytes, 1, len, stream);
    return len;
}

int shown_raw(FILE *stream, const struct shown *s, const struct shown_file *f, struct hz_error *err)
{
    return copy(stream, s, f, put_raw, err);
}

/* Without the beginning of a character whose end is not there yet */
static size_t whole(const unsigned char *bytes, size_t len)
{
    size_t back;

    for (back = 1; back <= 3 && back < len; back++) {
        unsigned char c = bytes[len - back];
        size_t wanted = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

        if (wanted > back)
            return len - back;
        if (wanted > 1)
            break;
    }
    return len;
}

static size_t put_inert(FILE *stream, const unsigned char *bytes, size_t len, bool last)
{
    size_t all = last ? len : whole(bytes, len), begin = 0;

    for (size_t i = 0; i <= all; i++) {
        if (i < all && bytes[i] != '\n' && bytes[i] != '\t')
            continue;
        escape_print_n(stream, bytes + begin, i - begin);
        if (i < all)
            fputc(bytes[i], stream);
        begin = i + 1;
    }
    return all;
}

int shown_inert(FILE *stream, const struct shown *s, const struct shown_file *f, struct hz_error *err)
{
    return copy(stream, s, f, put_inert, err);
}

/* logins.jsonl, logins.txt: the records of utmp, wtmp and btmp, and as who(1), last(1) and lastb(1) show them. */
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/accounts/acc_listings.h"
#include "collector/accounts/acc_login.h"
#include "collector/accounts/acc_span.h"
#include "collector/look.h"
#include "formats/write/fields.h"

#define RECORDS_MAX 16384 /* of one file: the last ones */
#define FILES_MAX 64

struct file {
    char *path; /* owned */
    enum { NOW, HISTORY, FAILED } kind;
};

struct files {
    struct file list[FILES_MAX];
    size_t count;
    bool more;
};

struct reading {
    struct sheet *sheet;
    const struct file *file;
    unsigned char *bytes; /* owned */
    size_t size, count;   /* of a record; how many are in memory */
    uint64_t first, zeroed;
};

static int add_file(struct files *f, const char *path, int kind, struct hz_error *err)
{
    f->more |= f->count == FILES_MAX;
    if (f->count == FILES_MAX)
        return HZ_OK;
    struct file *file = &f->list[f->count];
    file->kind = kind == FAILED ? FAILED : kind == HISTORY ? HISTORY : NOW;
    if ((file->path = text_copy(path)) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    f->count++;
    return HZ_OK;
}

static bool is_packed(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL &&
           (strcmp(dot, ".gz") == 0 || strcmp(dot, ".xz") == 0 || strcmp(dot, ".bz2") == 0 || strcmp(dot, ".zst") == 0);
}

/* "wtmp", "wtmp.1", "btmp-20261101"; packed ones are taken whole and not read here. */
static int add_log(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    (void)type;
    bool failed = strncmp(name, "btmp", 4) == 0;
    if ((!failed && strncmp(name, "wtmp", 4) != 0) || (name[4] != '\0' && name[4] != '.' && name[4] != '-') ||
        is_packed(name))
        return HZ_OK;
    buf_printf(&path, "/var/log/%s", name);
    return buf_text(&path) == NULL ? buf_check(&path, err)
                                   : add_file(context, (const char *)path.data, failed ? FAILED : HISTORY, err);
}

static int by_path(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static void put_exit(struct json_out *j, const struct acc_login *l)
{
    if (l->termination == 0 && l->exit == 0)
        return;
    json_key(j, "exit");
    json_object(j);
    json_member_int(j, "status", l->exit);
    json_member_int(j, "termination", l->termination);
    json_object_end(j);
}

static int put_row(struct reading *r, const struct acc_login *l, uint64_t number, struct hz_error *err)
{
    struct json_out j;
    sheet_row(r->sheet, &j);
    if (l->has_address)
        json_member_string(&j, "address", l->address);
    put_exit(&j, l);
    w_fields_bytes(&j, "file", "file_b64", (struct w_bytes) { r->file->path, strlen(r->file->path) });
    w_fields_bytes(&j, "host", "host_b64", l->host);
    w_fields_bytes(&j, "id", "id_b64", l->id);
    json_member_string(&j, "kind", acc_login_kind(l->type));
    w_fields_bytes(&j, "line", "line_b64", l->line);
    json_member_int(&j, "pid", l->pid);
    json_member_decimal(&j, "record", number);
    if (l->session != 0 && l->session > -(INT64_C(1) << 53) && l->session < INT64_C(1) << 53)
        json_member_int(&j, "session", l->session);
    w_fields_time(&j, "time", l->time);
    json_member_int(&j, "type", l->type);
    w_fields_bytes(&j, "user", "user_b64", l->user);
    return sheet_row_end(r->sheet, &j, err);
}

static void put_time(struct buf *out, struct stamp t)
{
    char text[STAMP_SIZE];
    stamp_format(text, t);
    size_t len = text[0] == '@' ? strlen(text) : strcspn(text, ".");
    sheet_cell(out, 19, text, len);
}

static void put_who(struct buf *out, const struct acc_login *l)
{
    bool boot = l->type == ACC_LOGIN_BOOT;
    sheet_cell(out, 12, boot ? "reboot" : (const char *)l->user.data, boot ? 6 : l->user.len);
    sheet_cell(out, 12, boot ? "system boot" : (const char *)l->line.data, boot ? 11 : l->line.len);
    put_time(out, l->time);
    if (l->has_address && !boot)
        sheet_cell_text(out, 15, l->address);
    if (!l->has_address || l->host.len != strlen(l->address) || memcmp(l->host.data, l->address, l->host.len) != 0)
        sheet_cell(out, 0, l->host.data, l->host.len);
}

static void put_span(struct buf *out, const struct acc_login *l, enum acc_span_end how, struct stamp end)
{
    static const char *const ends[] = { "no logout recorded", "", "down", "crash" };
    int64_t seconds = 0, minutes;
    buf_printf(out, "  - %s", ends[how]);
    if (how == ACC_SPAN_OPEN)
        return;
    buf_puts(out, how == ACC_SPAN_LOGOUT ? "" : " ");
    put_time(out, end);
    if (__builtin_sub_overflow(end.seconds, l->time.seconds, &seconds)) /* records may say any time */
        return;
    minutes = seconds / 60;
    if (minutes >= 0)
        buf_printf(out, "(%lld+%02lld:%02lld)", (long long)(minutes / 1440), (long long)(minutes / 60 % 24),
                   (long long)(minutes % 60));
}

/* Newest first, as last(1) has it. */
static int put_history(struct reading *r, struct hz_error *err)
{
    struct acc_span spans = { 0 };
    struct buf *out = &r->sheet->text;
    int rc = HZ_OK;
    for (size_t i = r->count; rc == HZ_OK && i-- > 0;) {
        struct acc_login l;
        enum acc_span_end how = ACC_SPAN_OPEN;
        struct stamp end = { 0, 0 };
        acc_login_parse(&l, r->bytes + i * r->size, r->size);
        rc = acc_span_next(&spans, &l, &how, &end, err);
        if (l.type != ACC_LOGIN_USER && l.type != ACC_LOGIN_BOOT)
            continue;
        put_who(out, &l);
        if (l.type == ACC_LOGIN_USER)
            put_span(out, &l, how, end);
        buf_putc(out, '\n');
    }
    acc_span_free(&spans);
    return rc;
}

static int put_plain(struct reading *r)
{
    for (size_t i = 0; i < r->count; i++) {
        size_t at = r->file->kind == FAILED ? r->count - 1 - i : i;
        struct acc_login l;
        acc_login_parse(&l, r->bytes + at * r->size, r->size);
        if (r->file->kind == FAILED ? l.zeroed : l.type != ACC_LOGIN_USER && l.type != ACC_LOGIN_BOOT)
            continue;
        put_who(&r->sheet->text, &l);
        buf_putc(&r->sheet->text, '\n');
    }
    return HZ_OK;
}

static int put_records(struct reading *r, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < r->count; i++) {
        struct acc_login l;
        acc_login_parse(&l, r->bytes + i * r->size, r->size);
        r->zeroed += l.zeroed;
        rc = put_row(r, &l, r->first + i, err);
    }
    if (rc != HZ_OK)
        return rc;
    return r->file->kind == HISTORY ? put_history(r, err) : put_plain(r);
}

static int observe_gaps(struct reading *r, uint64_t rest, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(200);
    if (r->zeroed > 0 && r->file->kind != NOW)
        buf_printf(&detail, "%llu records are all zeros", (unsigned long long)r->zeroed);
    if (rest > 0)
        buf_printf(&detail, "%s%llu bytes behind the last whole record", detail.len > 0 ? "; " : "",
                   (unsigned long long)rest);
    return detail.len == 0
               ? HZ_OK
               : sheet_observe(r->sheet, "log-gap", (struct w_bytes) { r->file->path, strlen(r->file->path) },
                               buf_text(&detail), err);
}

static int load(struct reading *r, int fd, uint64_t size, struct hz_error *err)
{
    r->size = acc_login_size(size);
    uint64_t all = size / r->size;
    r->first = all > RECORDS_MAX ? all - RECORDS_MAX : 0;
    size_t got = 0, len = (size_t)(all - r->first) * r->size;
    r->bytes = calloc(1, len + 1);
    if (r->bytes == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    int rc = io_read_at(fd, r->first * r->size, r->bytes, len, &got, err);
    r->count = rc == HZ_OK ? got / r->size : 0;
    return rc;
}

static int put_file(int root, struct sheet *s, const struct file *file, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct reading r = { .sheet = s, .file = file };
    struct statx st;
    struct hz_error why;
    int rc = look_open(root, file->path, &fd, &why);
    if (rc == HZ_OK)
        rc = io_statx(fd, &st, &why);
    if (rc == HZ_OK)
        rc = load(&r, fd, st.stx_size, &why);
    if (rc != HZ_OK) {
        free(r.bytes);
        return sheet_short(s, &why, err);
    }
    buf_puts(&s->text, "# ");
    sheet_cell(&s->text, 0, file->path, strlen(file->path));
    buf_printf(&s->text, ": %llu records%s\n", (unsigned long long)(r.first + r.count),
               r.first > 0 ? ", the last of them" : "");
    s->limited |= r.first > 0;
    rc = put_records(&r, err);
    if (rc == HZ_OK)
        rc = observe_gaps(&r, st.stx_size % r.size, err);
    buf_putc(&s->text, '\n');
    free(r.bytes);
    return rc;
}

int acc_logins_make(int root, struct sheet *out, struct hz_error *err)
{
    struct files files = { .count = 0 };
    struct hz_error why;
    int rc = add_file(&files, "/run/utmp", NOW, err);
    if (rc == HZ_OK && look_list(root, "/var/log", add_log, &files, &why) != HZ_OK)
        rc = sheet_unlisted(out, "/var/log", &why, N_("it could not be listed: the logins of files in it are not told"),
                            err);
    if (files.count > 2)
        qsort(files.list + 1, files.count - 1, sizeof files.list[0], by_path);
    for (size_t i = 0; rc == HZ_OK && i < files.count; i++)
        rc = put_file(root, out, &files.list[i], err);
    out->limited |= files.more;
    for (size_t i = 0; i < files.count; i++)
        free(files.list[i].path);
    return rc;
}

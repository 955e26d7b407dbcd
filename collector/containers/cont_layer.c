#include "collector/containers/cont_layer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io_open.h"
#include "base/io_scan.h"
#include "collector/entries.h"
#include "collector/look.h"
#include "formats/write/fields.h"

struct walk {
    struct sheet *sheet;
    int root;
    const char *upper;
    struct buf path; /* below upper */
    struct cont_layer_budget *budget;
    size_t rows, left_out;
    uint64_t left_out_bytes;
};

static const char *type_of(const struct statx *st)
{
    if (S_ISCHR(st->stx_mode) && st->stx_rdev_major == 0 && st->stx_rdev_minor == 0)
        return "whiteout"; /* the name is gone from the layers below */
    return S_ISREG(st->stx_mode)   ? "file"
           : S_ISDIR(st->stx_mode) ? "directory"
           : S_ISLNK(st->stx_mode) ? "symlink"
                                   : "other";
}

static struct stamp time_of(struct statx_timestamp t)
{
    return (struct stamp) { .seconds = t.tv_sec, .nanoseconds = t.tv_nsec };
}

static int put_row(struct walk *w, const struct statx *st, bool taken, struct hz_error *err)
{
    struct buf *out = &w->sheet->text;
    char mode[8], at[STAMP_SIZE];
    struct json_out j;
    snprintf(mode, sizeof mode, "%04o", st->stx_mode & 07777U);
    sheet_row(w->sheet, &j);
    w_fields_time(&j, "ctime", time_of(st->stx_ctime));
    json_member_int(&j, "gid", st->stx_gid);
    json_member_string(&j, "kind", "entry");
    w_fields_bytes(&j, "layer", "layer_b64", (struct w_bytes) { w->upper, strlen(w->upper) });
    json_member_string(&j, "mode", mode);
    w_fields_time(&j, "mtime", time_of(st->stx_mtime));
    w_fields_bytes(&j, "path", "path_b64", (struct w_bytes) { w->path.data, w->path.len });
    json_member_decimal(&j, "size", st->stx_size);
    if (S_ISREG(st->stx_mode))
        json_member_bool(&j, "taken", taken);
    json_member_string(&j, "type", type_of(st));
    json_member_int(&j, "uid", st->stx_uid);
    stamp_format(at, time_of(st->stx_mtime));
    buf_printf(out, "    %s ", mode);
    sheet_cell_number(out, 6, st->stx_uid);
    sheet_cell_number(out, 10, st->stx_size);
    sheet_cell(out, 19, at, strcspn(at, ".") < 19 ? strcspn(at, ".") : 19);
    sheet_cell(out, 0, w->path.data, w->path.len);
    buf_puts(out, S_ISDIR(st->stx_mode) ? "/\n" : strcmp(type_of(st), "whiteout") == 0 ? " (removed)\n" : "\n");
    w->rows++;
    return sheet_row_end(w->sheet, &j, err);
}

static int want(struct walk *w, const struct statx *st, bool *taken, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT((size_t)64 << 10);
    uint64_t size = st->stx_size;
    *taken = size <= CONT_LAYER_FILE && size <= CONT_LAYER_CONTENT - w->budget->content;
    if (!*taken) {
        w->left_out++;
        w->left_out_bytes += size;
        return HZ_OK;
    }
    w->budget->content += size;
    buf_printf(&full, "%s/", w->upper);
    buf_put(&full, w->path.data, w->path.len);
    const char *path = buf_text(&full);
    return path == NULL ? buf_check(&full, err) : sheet_want(w->sheet, w->root, path, err);
}

static int walk_folder(struct walk *w, int fd, unsigned depth, struct hz_error *err);

static int tell_missing(struct walk *w, const struct hz_error *why, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT((size_t)64 << 10);
    buf_printf(&full, "%s%s", w->upper, w->path.len > 0 ? "/" : "");
    buf_put(&full, w->path.data, w->path.len);
    const char *path = buf_text(&full);
    return path == NULL ? buf_check(&full, err) : sheet_missing(w->sheet, path, why, err);
}

static int enter(struct walk *w, int folder, const char *name, unsigned depth, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error why;
    int noatime;
    if (depth == CONT_LAYER_DEPTH) {
        w->sheet->limited = true;
        return HZ_OK;
    }
    if (io_scan_open(folder, name, false, &fd, &noatime, &why) != HZ_OK)
        return tell_missing(w, &why, err);
    return walk_folder(w, fd, depth + 1, err);
}

static int visit(struct walk *w, int folder, const char *name, unsigned depth, struct hz_error *err)
{
    struct statx st;
    struct hz_error why;
    size_t len = w->path.len;
    bool taken = false;
    if (w->rows == CONT_LAYER_FILES) {
        w->sheet->limited = true;
        return HZ_OK;
    }
    buf_printf(&w->path, "%s%s", len > 0 ? "/" : "", name);
    int rc = buf_check(&w->path, err);
    if (rc == HZ_OK && io_scan_statx(folder, name, &st, &why) != HZ_OK) {
        rc = why.sys_errno == ENOENT ? HZ_OK : tell_missing(w, &why, err); /* it is gone by now */
        w->path.len = len;
        return rc;
    }
    if (rc == HZ_OK && S_ISREG(st.stx_mode))
        rc = want(w, &st, &taken, err);
    if (rc == HZ_OK)
        rc = put_row(w, &st, taken, err);
    if (rc == HZ_OK && S_ISDIR(st.stx_mode))
        rc = enter(w, folder, name, depth, err);
    w->path.len = len;
    return rc;
}

static int walk_folder(struct walk *w, int fd, unsigned depth, struct hz_error *err)
{
    struct entries names = { .limit = CONT_LAYER_FILES };
    struct hz_error why;
    int rc = look_entries(fd, entries_add, &names, &why);
    if (rc != HZ_OK)
        rc = tell_missing(w, &why, err);
    entries_sort(&names);
    for (size_t i = 0; rc == HZ_OK && i < names.count; i++)
        rc = visit(w, fd, names.list[i], depth, err);
    w->sheet->limited |= names.more;
    entries_free(&names);
    return rc;
}

static int tell_rest(struct walk *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(300);
    if (w->left_out == 0)
        return HZ_OK;
    buf_printf(&reason, "%zu files of this layer, %llu bytes, that layers.jsonl lists: more than is taken of layers",
               w->left_out, (unsigned long long)w->left_out_bytes);
    return sheet_absent(w->sheet, (struct w_bytes) { w->upper, strlen(w->upper) }, W_OVER_BUDGET, 0, buf_text(&reason),
                        false, err);
}

int cont_layer_list(int root, struct sheet *s, const char *upper, struct cont_layer_budget *budget,
                    struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct walk w = { .sheet = s, .root = root, .upper = upper, .budget = budget };
    struct hz_error why;
    if (look_folder(root, upper, &fd, &why) != HZ_OK)
        return sheet_missing(s, upper, &why, err);
    buf_init(&w.path, (size_t)32 << 10);
    int rc = walk_folder(&w, fd, 0, err);
    buf_free(&w.path);
    return rc == HZ_OK ? tell_rest(&w, err) : rc;
}

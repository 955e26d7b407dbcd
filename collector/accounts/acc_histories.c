/* histories.jsonl, histories.txt: what shells and other programs remember of what was typed, and the files themselves.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "collector/accounts/acc_home.h"
#include "collector/accounts/acc_listings.h"
#include "collector/look.h"
#include "formats/write/fields.h"

#define COUNTED_MAX ((uint64_t)64 << 20) /* bytes of one file in which lines are counted */
#define STEP ((size_t)64 << 10)

static const char *const names[] = {
    ".ash_history",    ".bash_history",      ".config/fish/fish_history",
    ".history",        ".lesshst",           ".local/share/fish/fish_history",
    ".mysql_history",  ".node_repl_history", ".psql_history",
    ".python_history", ".rediscli_history",  ".sh_history",
    ".sqlite_history", ".viminfo",           ".wget-hsts",
    ".zsh_history",    ".zhistory",
};

struct found {
    const char *path;
    const struct acc_home *home;
    struct statx stat;
    char *target; /* owned; of a link */
    size_t target_len;
    bool counted;
    uint64_t lines;
};

static int count_lines(int root, struct sheet *s, struct found *f, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    unsigned char bytes[STEP];
    uint64_t seen = 0;
    size_t got = 1;
    struct hz_error why;
    unsigned char last = '\n';
    if (look_open(root, f->path, &fd, &why) != HZ_OK)
        return sheet_short(s, &why, err);
    while (got > 0 && seen < COUNTED_MAX) {
        if (io_read_some(fd, bytes, sizeof bytes, &got, &why) != HZ_OK)
            return sheet_short(s, &why, err);
        for (size_t i = 0; i < got; i++)
            f->lines += bytes[i] == '\n';
        last = got > 0 ? bytes[got - 1] : last;
        seen += got;
    }
    f->counted = got == 0;
    f->lines += last != '\n';
    return HZ_OK;
}

static int put_row(struct sheet *s, const struct found *f, struct hz_error *err)
{
    const struct statx *st = &f->stat;
    char at[STAMP_SIZE];
    struct json_out j;
    sheet_row(s, &j);
    w_fields_time(&j, "ctime", (struct stamp) { st->stx_ctime.tv_sec, st->stx_ctime.tv_nsec });
    if (f->counted)
        json_member_decimal(&j, "lines", f->lines);
    w_fields_time(&j, "mtime", (struct stamp) { st->stx_mtime.tv_sec, st->stx_mtime.tv_nsec });
    w_fields_bytes(&j, "path", "path_b64", (struct w_bytes) { f->path, strlen(f->path) });
    json_member_decimal(&j, "size", st->stx_size);
    if (f->target != NULL)
        w_fields_bytes(&j, "target", "target_b64", (struct w_bytes) { f->target, f->target_len });
    json_member_string(&j, "type", S_ISREG(st->stx_mode) ? "file" : S_ISLNK(st->stx_mode) ? "symlink" : "other");
    json_member_int(&j, "uid", st->stx_uid);
    if (f->home->user != NULL)
        w_fields_bytes(&j, "user", "user_b64", (struct w_bytes) { f->home->user, strlen(f->home->user) });
    stamp_format(at, (struct stamp) { st->stx_mtime.tv_sec, st->stx_mtime.tv_nsec });
    sheet_cell_text(&s->text, 12, f->home->user);
    sheet_cell_number(&s->text, 9, st->stx_size);
    if (f->counted)
        sheet_cell_number(&s->text, 7, f->lines);
    else
        sheet_cell_text(&s->text, 7, "      -");
    sheet_cell(&s->text, 19, at, strcspn(at, ".") < 19 ? strcspn(at, ".") : 19);
    sheet_cell(&s->text, 0, f->path, strlen(f->path));
    if (f->target != NULL) {
        buf_puts(&s->text, " -> ");
        sheet_cell(&s->text, 0, f->target, f->target_len);
    }
    buf_putc(&s->text, '\n');
    return sheet_row_end(s, &j, err);
}

static int put_found(int root, struct sheet *s, struct found *f, struct hz_error *err)
{
    static const char nowhere[] = "/dev/null";
    int rc = S_ISREG(f->stat.stx_mode) ? count_lines(root, s, f, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = put_row(s, f, err);
    if (rc == HZ_OK && f->target != NULL && f->target_len == sizeof nowhere - 1 &&
        memcmp(f->target, nowhere, sizeof nowhere - 1) == 0)
        rc = sheet_observe(s, "history-disabled", (struct w_bytes) { f->path, strlen(f->path) },
                           "a link to /dev/null: nothing typed is kept", err);
    return rc == HZ_OK && !S_ISDIR(f->stat.stx_mode) ? sheet_want(s, root, f->path, err) : rc;
}

static bool is_nowhere(const struct hz_error *why)
{
    return why->sys_errno == ENOENT || why->sys_errno == ENOTDIR;
}

static int look_for(int root, struct sheet *s, const struct acc_home *home, const char *place, const char *name,
                    struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    HZ_CLEANUP(io_close) int fd = -1;
    struct found f = { .home = home };
    struct hz_error why;
    buf_printf(&path, "%s/%s", strcmp(place, "/") == 0 ? "" : place, name);
    if ((f.path = buf_text(&path)) == NULL)
        return buf_check(&path, err);
    if (look_path(root, f.path, path.len, &fd, &why) != HZ_OK || io_statx_known(fd, &f.stat, &why) != HZ_OK)
        return is_nowhere(&why) || why.sys_errno == ELOOP ? HZ_OK : sheet_missing(s, f.path, &why, err);
    int rc = HZ_OK;
    if (S_ISLNK(f.stat.stx_mode) && io_evidence_readlink(fd, &f.target, &f.target_len, &why) != HZ_OK) {
        f.target = NULL;
        rc = sheet_short(s, &why, err);
    }
    if (rc == HZ_OK)
        rc = put_found(root, s, &f, err);
    free(f.target);
    return rc;
}

static int look_home(int root, struct sheet *s, const struct acc_home *home, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf place = BUF_INIT(16384);
    struct hz_error why;
    int rc = HZ_OK;
    if (acc_home_place(root, home->path, &place, &why) != HZ_OK)
        return is_nowhere(&why) ? HZ_OK : sheet_missing(s, home->path, &why, err);
    for (size_t i = 0; rc == HZ_OK && i < sizeof names / sizeof names[0]; i++)
        rc = look_for(root, s, home, (const char *)place.data, names[i], err);
    return rc;
}

int acc_histories_make(int root, struct sheet *out, struct hz_error *err)
{
    HZ_CLEANUP(away_free) struct away away = { 0 };
    struct acc_homes homes = { 0 };
    bool kept = false;
    int rc = acc_homes_find(root, out, &homes, err);
    if (rc == HZ_OK && out->wary)
        rc = away_find(root, &away, err);
    buf_puts(&out->text, "User              Size   Lines Changed             File\n");
    for (size_t i = 0; rc == HZ_OK && i < homes.count; i++) {
        rc = acc_home_keep_away(out, &away, homes.list[i].path, &kept, err);
        if (rc == HZ_OK && !kept)
            rc = look_home(root, out, &homes.list[i], err);
    }
    out->limited |= homes.more;
    acc_homes_free(&homes);
    return rc;
}

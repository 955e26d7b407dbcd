/* users.jsonl, users.txt: passwd(5) with what shadow(5), the groups and the home folder say about each. */
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/accounts/acc_home.h"
#include "collector/accounts/acc_listings.h"
#include "collector/accounts/acc_view.h"
#include "collector/look.h"
#include "formats/write/fields.h"

bool acc_view_same(struct w_bytes a, struct w_bytes b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static int add_shadow(struct acc_view_list *l, const struct acc_shadow *s, struct hz_error *err)
{
    if (l->shadow_count == l->shadow_room) {
        size_t room = l->shadow_room == 0 ? 64 : l->shadow_room * 2;
        struct acc_shadow *list = reallocarray(l->shadows, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        l->shadows = list;
        l->shadow_room = room;
    }
    l->shadows[l->shadow_count++] = *s;
    return HZ_OK;
}

static int read_shadow(struct acc_view_list *l, struct hz_error *err)
{
    struct hz_error why;
    bool more = false;
    if (acc_read(l->root, "/etc/shadow", &l->shadow, &more, NULL, &why) != HZ_OK)
        return sheet_passed(&why, err);
    struct acc_lines lines = acc_lines_of(&l->shadow);
    struct w_bytes line;
    int rc = HZ_OK;
    while (rc == HZ_OK && acc_line(&lines, &line)) {
        struct acc_shadow s;
        if (acc_shadow_parse(&s, line) != HZ_OK)
            continue;
        s.line = lines.number;
        rc = add_shadow(l, &s, err);
    }
    l->sheet->limited |= more;
    return rc;
}

static const struct acc_shadow *shadow_of(const struct acc_view_list *l, const struct acc_user *u)
{
    for (size_t i = 0; i < l->shadow_count; i++)
        if (acc_view_same(l->shadows[i].name, u->name))
            return &l->shadows[i];
    return NULL;
}

/* A path below the home folder, as text. */
static const char *below_home(const struct acc_user *u, const char *name, struct buf *out)
{
    buf_reset(out);
    buf_put(out, u->home.data, u->home.len);
    buf_puts(out, name);
    return memchr(u->home.data, '\0', u->home.len) == NULL ? buf_text(out) : NULL;
}

static void count_keys(int root, struct acc_view *v)
{
    static const char *const names[] = { "/.ssh/authorized_keys", "/.ssh/authorized_keys2" };
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
        struct hz_error ignored;
        struct w_bytes line;
        bool more;
        const char *full = below_home(v->user, names[i], &path);
        if (full == NULL || full[0] != '/' || acc_read(root, full, &text, &more, NULL, &ignored) != HZ_OK)
            continue;
        struct acc_lines lines = acc_lines_of(&text);
        v->has_keys = true;
        while (acc_line(&lines, &line)) {
            const char *p = line.data;
            size_t blanks = 0;
            while (blanks < line.len && (p[blanks] == ' ' || p[blanks] == '\t'))
                blanks++;
            v->keys += blanks < line.len && p[blanks] != '#';
        }
    }
}

static void look_home(int root, struct acc_view *v)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    HZ_CLEANUP(buf_free) struct buf place = BUF_INIT(16384);
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored;
    const char *home = below_home(v->user, "", &path);
    if (home == NULL || home[0] != '/')
        return;
    v->has_home = acc_home_place(root, home, &place, &ignored) == HZ_OK &&
                  look_path(root, (const char *)place.data, place.len, &fd, &ignored) == HZ_OK &&
                  io_statx_known(fd, &v->home, &ignored) == HZ_OK;
    count_keys(root, v);
}

static bool is_member(struct w_bytes members, struct w_bytes name)
{
    const char *at = members.data, *end = at + members.len;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const struct w_bytes one = { at, (size_t)((comma == NULL ? end : comma) - at) };
        if (acc_view_same(one, name))
            return true;
        at = comma == NULL ? end : comma + 1;
    }
    return false;
}

static void put_groups(struct json_out *j, const struct acc_view_list *l, const struct acc_user *u)
{
    struct acc_lines lines = acc_lines_of(&l->group);
    struct w_bytes line;
    struct acc_group g;
    json_key(j, "groups");
    json_array(j);
    while (acc_line(&lines, &line))
        if (acc_group_parse(&g, line) == HZ_OK && (g.gid == u->gid || is_member(g.members, u->name)))
            w_fields_text(j, g.name);
    json_array_end(j);
}

static void put_days(struct json_out *j, const char *key, const struct acc_shadow *s, unsigned which)
{
    if (s != NULL && s->has[which])
        json_member_int(j, key, (int64_t)s->days[which]);
}

static void put_day(struct json_out *j, const char *key, const struct acc_shadow *s, unsigned which)
{
    if (s != NULL && s->has[which])
        w_fields_time(j, key, (struct stamp) { .seconds = (int64_t)s->days[which] * ACC_VIEW_DAY });
}

struct w_bytes acc_view_password(const struct acc_view *v)
{
    return v->shadow != NULL && acc_is(v->user->password, "x") ? v->shadow->password : v->user->password;
}

static int put_row(struct acc_view_list *l, const struct acc_view *v, struct hz_error *err)
{
    const struct acc_user *u = v->user;
    struct json_out j;
    bool locked;
    const char *kind = acc_password(acc_view_password(v), &locked);
    sheet_row(l->sheet, &j);
    if (v->has_keys)
        json_member_decimal(&j, "authorized_keys", v->keys);
    put_day(&j, "expires", v->shadow, 5);
    w_fields_bytes(&j, "gecos", "gecos_b64", u->gecos);
    json_member_int(&j, "gid", u->gid);
    put_groups(&j, l, u);
    w_fields_bytes(&j, "home", "home_b64", u->home);
    if (v->has_home) {
        HZ_CLEANUP(buf_free) struct buf mode = BUF_INIT(8);
        buf_printf(&mode, "%04o", v->home.stx_mode & 07777U);
        json_member_string(&j, "home_mode", buf_text(&mode));
        json_member_int(&j, "home_uid", v->home.stx_uid);
    }
    put_days(&j, "inactive_days", v->shadow, 4);
    json_member_int(&j, "line", (int64_t)u->line);
    json_member_bool(&j, "locked", locked);
    put_days(&j, "maximum_days", v->shadow, 2);
    put_days(&j, "minimum_days", v->shadow, 1);
    w_fields_bytes(&j, "name", "name_b64", u->name);
    json_member_string(&j, "password", kind);
    put_day(&j, "password_changed", v->shadow, 0);
    w_fields_bytes(&j, "shell", "shell_b64", u->shell);
    json_member_int(&j, "uid", u->uid);
    put_days(&j, "warning_days", v->shadow, 3);
    return sheet_row_end(l->sheet, &j, err);
}

static void put_line(struct buf *out, const struct acc_view *v)
{
    const struct acc_user *u = v->user;
    char changed[STAMP_SIZE] = "-";
    bool locked;
    const char *kind = acc_password(acc_view_password(v), &locked);
    if (v->shadow != NULL && v->shadow->has[0]) {
        stamp_format(changed, (struct stamp) { .seconds = (int64_t)v->shadow->days[0] * ACC_VIEW_DAY });
        changed[strcspn(changed, "T")] = '\0';
    }
    sheet_cell(out, 16, u->name.data, u->name.len);
    sheet_cell_number(out, 6, u->uid);
    sheet_cell_number(out, 6, u->gid);
    sheet_cell_text(out, 9, kind);
    sheet_cell_text(out, 6, locked ? "locked" : "");
    sheet_cell_text(out, 10, changed);
    if (v->has_keys)
        sheet_cell_number(out, 4, v->keys);
    else
        sheet_cell_text(out, 4, "   -");
    sheet_cell(out, 20, u->home.data, u->home.len);
    sheet_cell(out, 0, u->shell.data, u->shell.len);
    buf_putc(out, '\n');
}

static int put_users(struct acc_view_list *l, struct hz_error *err)
{
    int rc = HZ_OK;
    buf_puts(&l->sheet->text,
             "User                uid    gid Password         Changed    Keys Home                 Shell\n");
    for (size_t i = 0; rc == HZ_OK && i < l->users->count; i++) {
        struct acc_view v = { .user = &l->users->list[i] };
        v.shadow = shadow_of(l, v.user);
        look_home(l->root, &v);
        rc = put_row(l, &v, err);
        put_line(&l->sheet->text, &v);
        if (rc == HZ_OK)
            rc = acc_odd_user(l, &v, err);
    }
    return rc;
}

int acc_users_make(int root, struct sheet *out, struct hz_error *err)
{
    struct acc_users users;
    struct hz_error why;
    bool more = false;
    struct acc_view_list l = { .sheet = out, .root = root, .users = &users };
    if (acc_users_read(root, &users, &why) != HZ_OK)
        return sheet_passed(&why, err);
    buf_init(&l.shadow, ACC_FILE_MAX);
    buf_init(&l.group, ACC_FILE_MAX);
    int rc = read_shadow(&l, err);
    if (rc == HZ_OK && acc_read(root, "/etc/group", &l.group, &more, NULL, &why) != HZ_OK)
        rc = sheet_passed(&why, err);
    if (rc == HZ_OK)
        rc = put_users(&l, err);
    if (rc == HZ_OK)
        rc = acc_odd_orphans(&l, err);
    if (rc == HZ_OK)
        rc = acc_odd_lines(&l, err);
    free(l.shadows);
    buf_free(&l.shadow);
    buf_free(&l.group);
    acc_users_free(&users);
    return rc;
}

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

#define GROUPS_MAX 1024 /* of one user */
#define HASH_KEPT 16    /* its prefix tells the scheme */
#define NO_NAME ((struct w_bytes) { "", 0 })

bool acc_view_same(struct w_bytes a, struct w_bytes b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static int index_users(struct acc_view_list *l, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < l->users->count; i++) {
        const struct acc_user u = acc_users_at(l->users, i);
        rc = acc_index_add(&l->names, u.name, 0, i, err);
        if (rc == HZ_OK)
            rc = acc_index_add(&l->uids, NO_NAME, u.uid, i, err);
    }
    acc_index_sort(&l->names);
    acc_index_sort(&l->uids);
    return rc;
}

static size_t place_of(const struct buf *text, struct w_bytes line)
{
    return (size_t)((const unsigned char *)line.data - text->data);
}

/* The line that begins there. */
static struct w_bytes line_at(const struct buf *text, size_t at)
{
    struct acc_lines lines = { (const char *)text->data + at, (const char *)text->data + text->len, 0 };
    struct w_bytes line = NO_NAME;
    acc_line(&lines, &line);
    return line;
}

/* The text without what stands behind the first bytes of a hash: nobody here needs it, and it is most of the file. */
static void drop_hashes(struct buf *text)
{
    struct acc_lines lines = acc_lines_of(text);
    struct w_bytes line, f[3];
    size_t kept = 0;
    while (acc_line(&lines, &line)) {
        const char *from = line.data;
        if (acc_fields(line, ':', f, 3) == 3 && f[1].len > HASH_KEPT) {
            size_t head = (size_t)((const char *)f[1].data - from) + HASH_KEPT;
            memmove(text->data + kept, from, head);
            kept += head;
            from = (const char *)f[2].data - 1;
        }
        size_t rest = (size_t)((const char *)line.data + line.len - from);
        memmove(text->data + kept, from, rest);
        kept += rest;
        if (kept < text->len)
            text->data[kept++] = '\n';
    }
    memset(text->data + kept, 0, text->len - kept);
    text->len = kept;
    unsigned char *less = kept == 0 ? NULL : realloc(text->data, kept);
    if (less != NULL) {
        text->data = less;
        text->capacity = kept;
    }
}

static int read_shadow(struct acc_view_list *l, struct hz_error *err)
{
    struct hz_error why;
    bool more = false;
    if (acc_read(l->root, "/etc/shadow", &l->shadow, &more, NULL, &why) != HZ_OK)
        return sheet_short(l->sheet, &why, err);
    drop_hashes(&l->shadow);
    struct acc_lines lines = acc_lines_of(&l->shadow);
    struct acc_shadow s;
    struct w_bytes line;
    int rc = HZ_OK;
    while (rc == HZ_OK && acc_line(&lines, &line))
        if (acc_shadow_parse(&s, line) == HZ_OK)
            rc = acc_index_add(&l->shadows, s.name, 0, place_of(&l->shadow, line), err);
    acc_index_sort(&l->shadows);
    l->sheet->limited |= more || l->shadows.more;
    return rc;
}

static const struct acc_shadow *shadow_of(const struct acc_view_list *l, const struct acc_user *u,
                                          struct acc_shadow *out)
{
    const struct acc_index_entry *e = acc_index_find(&l->shadows, u->name, 0);
    return e != NULL && acc_shadow_parse(out, line_at(&l->shadow, e->at)) == HZ_OK ? out : NULL;
}

static int index_members(struct acc_view_list *l, const struct acc_group *g, size_t at, struct hz_error *err)
{
    const char *p = g->members.data, *end = p + g->members.len;
    int rc = acc_index_add(&l->gids, NO_NAME, g->gid, at, err);
    while (rc == HZ_OK && p < end) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        const char *stop = comma == NULL ? end : comma;
        if (stop > p)
            rc = acc_index_add(&l->members, (struct w_bytes) { p, (size_t)(stop - p) }, 0, at, err);
        p = comma == NULL ? end : comma + 1;
    }
    return rc;
}

static int read_groups(struct acc_view_list *l, struct hz_error *err)
{
    struct hz_error why;
    bool more = false;
    if (acc_read(l->root, "/etc/group", &l->group, &more, NULL, &why) != HZ_OK)
        return sheet_short(l->sheet, &why, err);
    struct acc_lines lines = acc_lines_of(&l->group);
    struct acc_group g;
    struct w_bytes line;
    int rc = HZ_OK;
    while (rc == HZ_OK && acc_line(&lines, &line))
        if (acc_group_parse(&g, line) == HZ_OK)
            rc = index_members(l, &g, place_of(&l->group, line), err);
    acc_index_sort(&l->gids);
    acc_index_sort(&l->members);
    l->sheet->limited |= more || l->gids.more || l->members.more;
    return rc;
}

/* A path below the home folder, as text. */
static const char *below_home(const struct acc_user *u, const char *name, struct buf *out)
{
    buf_reset(out);
    buf_put(out, u->home.data, u->home.len);
    buf_puts(out, name);
    return memchr(u->home.data, '\0', u->home.len) == NULL ? buf_text(out) : NULL;
}

static int count_keys(const struct acc_view_list *l, struct acc_view *v, struct hz_error *err)
{
    static const char *const names[] = { "/.ssh/authorized_keys", "/.ssh/authorized_keys2" };
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof names / sizeof names[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)1 << 20);
        struct hz_error why;
        struct w_bytes line;
        bool more;
        const char *full = below_home(v->user, names[i], &path);
        if (full == NULL || full[0] != '/')
            continue;
        if (acc_read(l->root, full, &text, &more, NULL, &why) != HZ_OK) {
            rc = sheet_short(l->sheet, &why, err);
            continue;
        }
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
    return rc;
}

static int look_home(const struct acc_view_list *l, struct acc_view *v, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(8192);
    HZ_CLEANUP(buf_free) struct buf place = BUF_INIT(16384);
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error why;
    const char *home = below_home(v->user, "", &path);
    bool kept = false;
    if (home == NULL || home[0] != '/')
        return HZ_OK;
    int rc = acc_home_keep_away(l->sheet, &l->away, home, &kept, err);
    if (rc != HZ_OK || kept)
        return rc;
    v->has_home = acc_home_place(l->root, home, &place, &why) == HZ_OK &&
                  look_path(l->root, (const char *)place.data, place.len, &fd, &why) == HZ_OK &&
                  io_statx_known(fd, &v->home, &why) == HZ_OK;
    if (!v->has_home)
        rc = sheet_short(l->sheet, &why, err);
    return rc == HZ_OK ? count_keys(l, v, err) : rc;
}

static int by_place(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Where the lines of its groups begin. */
static size_t groups_of(const struct acc_view_list *l, const struct acc_user *u, size_t out[GROUPS_MAX])
{
    size_t count = 0;
    const struct acc_index_entry *e = acc_index_find(&l->gids, NO_NAME, u->gid);
    for (; e != NULL && count < GROUPS_MAX; e = acc_index_next(&l->gids, e))
        out[count++] = e->at;
    e = acc_index_find(&l->members, u->name, 0);
    for (; e != NULL && count < GROUPS_MAX; e = acc_index_next(&l->members, e))
        out[count++] = e->at;
    l->sheet->limited |= e != NULL;
    if (count > 1)
        qsort(out, count, sizeof *out, by_place);
    return count;
}

static void put_groups(struct json_out *j, const struct acc_view_list *l, const struct acc_user *u)
{
    size_t places[GROUPS_MAX], count = groups_of(l, u, places);
    struct acc_group g;
    json_key(j, "groups");
    json_array(j);
    for (size_t i = 0; i < count; i++)
        if ((i == 0 || places[i] != places[i - 1]) && acc_group_parse(&g, line_at(&l->group, places[i])) == HZ_OK)
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
        const struct acc_user user = acc_users_at(l->users, i);
        struct acc_view v = { .user = &user, .place = i };
        struct acc_shadow shadow;
        v.shadow = shadow_of(l, v.user, &shadow);
        rc = look_home(l, &v, err);
        if (rc == HZ_OK)
            rc = put_row(l, &v, err);
        put_line(&l->sheet->text, &v);
        if (rc == HZ_OK)
            rc = acc_odd_user(l, &v, err);
    }
    return rc;
}

static void free_list(struct acc_view_list *l)
{
    acc_index_free(&l->names);
    acc_index_free(&l->uids);
    acc_index_free(&l->shadows);
    acc_index_free(&l->members);
    acc_index_free(&l->gids);
    buf_free(&l->shadow);
    buf_free(&l->group);
    away_free(&l->away);
}

int acc_users_make(int root, struct sheet *out, struct hz_error *err)
{
    struct acc_users users;
    struct hz_error why;
    struct acc_view_list l = { .sheet = out, .root = root, .users = &users };
    if (acc_users_read(root, &users, &why) != HZ_OK)
        return sheet_short(out, &why, err);
    buf_init(&l.shadow, ACC_FILE_MAX);
    buf_init(&l.group, ACC_FILE_MAX);
    int rc = out->wary ? away_find(root, &l.away, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = index_users(&l, err);
    if (rc == HZ_OK)
        rc = read_shadow(&l, err);
    if (rc == HZ_OK)
        rc = read_groups(&l, err);
    if (rc == HZ_OK)
        rc = put_users(&l, err);
    if (rc == HZ_OK)
        rc = acc_odd_orphans(&l, err);
    if (rc == HZ_OK)
        rc = acc_odd_lines(&l, err);
    free_list(&l);
    acc_users_free(&users);
    return rc;
}

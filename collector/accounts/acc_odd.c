/* What is odd about users: observations, no verdicts. */
#include <string.h>

#include "collector/accounts/acc_view.h"

#define RECENT_DAYS 7
#define SYSTEM_UIDS 1000 /* below it: those that packages make (UID_MIN of login.defs) */

static bool changed_lately(const struct acc_view *v, int64_t today)
{
    return v->shadow != NULL && v->shadow->has[0] && v->shadow->days[0] > 0 &&
           (int64_t)v->shadow->days[0] >= today - RECENT_DAYS && (int64_t)v->shadow->days[0] <= today + 1;
}

/* Has a line before it the same uid, or the same name? */
static bool has_twin(const struct acc_view_list *l, const struct acc_view *v, bool by_name)
{
    const struct w_bytes none = { "", 0 };
    const struct acc_index_entry *e =
        by_name ? acc_index_find(&l->names, v->user->name, 0) : acc_index_find(&l->uids, none, v->user->uid);
    return e != NULL && e->at < v->place;
}

struct oddity {
    bool seen;
    const char *code, *detail;
};

int acc_odd_user(struct acc_view_list *l, const struct acc_view *v, struct hz_error *err)
{
    const struct acc_user *u = v->user;
    struct w_bytes password = acc_view_password(v);
    bool locked, in_passwd = acc_password_usable(u->password) && u->password.len > 0;
    bool empty = strcmp(acc_password(password, &locked), "empty") == 0;
    const struct oddity oddities[] = {
        { u->uid == 0 && !acc_is(u->name, "root"), "uid-0-twin", "another name for uid 0" },
        { u->uid != 0 && has_twin(l, v, false), "duplicate-uid", "the uid has an earlier line" },
        { has_twin(l, v, true), "duplicate-name", "the name has an earlier line" },
        { empty, "empty-password", "no password is asked for" },
        { in_passwd, "password-in-passwd", "a password hash in /etc/passwd, which everybody can read" },
        { u->uid > 0 && u->uid < SYSTEM_UIDS && acc_shell_usable(u->shell) && acc_password_usable(password) && !empty,
          "system-account-login", "an account of the system with a shell and a password" },
        { v->has_home && (v->home.stx_mode & 0002) != 0 && S_ISDIR(v->home.stx_mode) &&
              (v->home.stx_mode & S_ISVTX) == 0 && (u->uid == 0 || u->uid >= SYSTEM_UIDS) && acc_shell_usable(u->shell),
          "home-writable", "everybody may write into the home folder" },
        { acc_password_usable(password) && !empty && changed_lately(v, stamp_now().seconds / ACC_VIEW_DAY),
          "password-changed-recently", "within the last 7 days" },
    };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof oddities / sizeof oddities[0]; i++)
        if (oddities[i].seen)
            rc = sheet_observe(l->sheet, oddities[i].code, u->name, oddities[i].detail, err);
    return rc;
}

/* A hash without its line in passwd: somebody was taken out of one file only. */
int acc_odd_orphans(struct acc_view_list *l, struct hz_error *err)
{
    struct acc_lines lines = acc_lines_of(&l->shadow);
    struct acc_shadow s;
    struct w_bytes line;
    int rc = HZ_OK;
    while (rc == HZ_OK && acc_line(&lines, &line))
        if (acc_shadow_parse(&s, line) == HZ_OK && acc_index_find(&l->names, s.name, 0) == NULL)
            rc = sheet_observe(l->sheet, "shadow-without-user", s.name,
                               "a line of /etc/shadow without one of /etc/passwd", err);
    return rc;
}

int acc_odd_lines(struct acc_view_list *l, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(100);
    l->sheet->limited |= l->users->more;
    if (l->users->odd == 0)
        return HZ_OK;
    buf_printf(&detail, "%zu lines are not as passwd(5) has them", l->users->odd);
    return sheet_observe(l->sheet, "malformed-account-line", (struct w_bytes) { "/etc/passwd", 11 }, buf_text(&detail),
                         err);
}

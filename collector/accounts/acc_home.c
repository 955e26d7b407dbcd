#include "collector/accounts/acc_home.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/accounts/acc_user.h"
#include "collector/look.h"
#include "collector/resolve.h"

void acc_homes_free(struct acc_homes *h)
{
    for (size_t i = 0; i < h->count; i++) {
        free(h->list[i].path);
        free(h->list[i].user);
    }
    free(h->list);
    *h = (struct acc_homes) { 0 };
}

static int add(struct acc_homes *h, const char *path, size_t len, const char *user, size_t user_len,
               struct hz_error *err)
{
    if (h->count == ACC_HOMES_MAX) {
        h->more = true;
        return HZ_OK;
    }
    if (h->count == h->room) {
        size_t room = h->room == 0 ? 32 : h->room * 2;
        struct acc_home *list = reallocarray(h->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        h->list = list;
        h->room = room;
    }
    struct acc_home home = { strndup(path, len), user == NULL ? NULL : strndup(user, user_len) };
    if (home.path == NULL || (user != NULL && home.user == NULL)) {
        free(home.path);
        free(home.user);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    h->list[h->count++] = home;
    return HZ_OK;
}

static int add_folder(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    if (type != DT_DIR && type != DT_UNKNOWN)
        return HZ_OK;
    buf_printf(&path, "/home/%s", name);
    return buf_text(&path) == NULL ? buf_check(&path, err)
                                   : add(context, (const char *)path.data, path.len, NULL, 0, err);
}

/* A folder that is everybody's ("/", "/nonexistent", "/bin") is looked into once, which costs little. */
static int add_users(int root, struct sheet *s, struct acc_homes *h, struct hz_error *err)
{
    struct acc_users users;
    struct hz_error why;
    int rc = acc_users_read(root, &users, &why);
    if (rc != HZ_OK)
        return sheet_short(s, &why, err);
    for (size_t i = 0; rc == HZ_OK && i < users.count; i++) {
        const struct acc_user user = acc_users_at(&users, i);
        struct w_bytes home = user.home, name = user.name;
        const char *text = home.data;
        while (home.len > 1 && text[home.len - 1] == '/')
            home.len--;
        if (home.len > 0 && text[0] == '/' && memchr(text, '\0', home.len) == NULL)
            rc = add(h, text, home.len, name.data, name.len, err);
    }
    h->more |= users.more;
    acc_users_free(&users);
    return rc;
}

/* One that somebody has comes before the same one that nobody has. */
static int by_path(const void *a, const void *b)
{
    const struct acc_home *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    if (order != 0 || x->user == NULL || y->user == NULL)
        return order != 0 ? order : (x->user == NULL) - (y->user == NULL);
    return strcmp(x->user, y->user);
}

static void drop_twins(struct acc_homes *h)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->count; i++) {
        if (kept > 0 && strcmp(h->list[kept - 1].path, h->list[i].path) == 0) {
            free(h->list[i].path);
            free(h->list[i].user);
        } else {
            h->list[kept++] = h->list[i];
        }
    }
    h->count = kept;
}

int acc_homes_find(int root, struct sheet *s, struct acc_homes *out, struct hz_error *err)
{
    struct hz_error why;
    int rc = add_users(root, s, out, err);
    if (rc == HZ_OK)
        rc = add(out, "/root", 5, NULL, 0, err);
    if (rc == HZ_OK && look_list(root, "/home", add_folder, out, &why) != HZ_OK)
        rc = sheet_unlisted(s, "/home", &why, N_("it could not be listed: homes in it that no user has were not found"),
                            err);
    if (out->count > 1)
        qsort(out->list, out->count, sizeof *out->list, by_path);
    drop_twins(out);
    return rc;
}

int acc_home_keep_away(struct sheet *s, const struct away *away, const char *home, bool *kept, struct hz_error *err)
{
    *kept = away_has(away, home);
    return *kept
               ? sheet_absent(s, (struct w_bytes) { home, strlen(home) }, W_TIMEOUT, 0,
                              N_("a file system that may not answer: what this home has was not looked at"), true, err)
               : HZ_OK;
}

int acc_home_place(int root, const char *home, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    HZ_CLEANUP(resolve_free) struct resolved r;
    resolve_init(&r);
    buf_printf(&path, "%s/", home); /* so that a link at the end is resolved, too */
    int rc = buf_text(&path) == NULL ? buf_check(&path, err) : resolve_path(root, (const char *)path.data, &r, err);
    if (rc != HZ_OK)
        return rc;
    if (r.missing != 0)
        return hz_error_sys(err, HZ_E_NOTFOUND, r.missing, _("cannot open %s"), home);
    buf_put(out, r.path.data, r.path.len);
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

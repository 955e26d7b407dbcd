#include "collector/persistence/pers_homes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "collector/accounts/acc_read.h"
#include "collector/persistence/pers_look.h"

#define OTHERS_MAX ((size_t)4096) /* that no line of passwd has */
#define PATH_MAX_LEN 4095

void pers_homes_free(struct pers_homes *h)
{
    for (size_t i = 0; i < h->count; i++) {
        free(h->list[i].path);
        free(h->list[i].user);
    }
    free(h->list);
    pers_absences_free(&h->absences);
    *h = (struct pers_homes) { 0 };
}

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

static int by_path(const void *a, const void *b)
{
    const struct pers_home *x = a, *y = b;
    int by = strcmp(x->path, y->path);
    return by != 0 ? by : (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
    const struct pers_home *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

/* Each path once, as its first user has it. */
static void drop_twins(struct pers_homes *h)
{
    size_t kept = 0;
    if (h->count < 2)
        return;
    qsort(h->list, h->count, sizeof *h->list, by_path);
    for (size_t i = 0; i < h->count; i++) {
        if (kept > 0 && strcmp(h->list[kept - 1].path, h->list[i].path) == 0) {
            free(h->list[i].path);
            free(h->list[i].user);
        } else {
            h->list[kept++] = h->list[i];
        }
    }
    h->count = kept;
    qsort(h->list, h->count, sizeof *h->list, by_order);
}

/* A slash at its end says nothing. */
static int add(struct pers_homes *h, struct span path, struct span user, size_t most, struct hz_error *err)
{
    while (path.len > 1 && path.at[path.len - 1] == '/')
        path.len--;
    if (path.len == 0 || path.len > PATH_MAX_LEN || path.at[0] != '/' || memchr(path.at, '\0', path.len) != NULL)
        return HZ_OK;
    h->more |= h->count >= most;
    if (h->count >= most)
        return HZ_OK;
    if (h->count == h->room) {
        size_t room = h->room == 0 ? 32 : h->room * 2;
        struct pers_home *list = reallocarray(h->list, room, sizeof *list);
        if (list == NULL)
            return no_memory(err);
        h->list = list;
        h->room = room;
    }
    struct pers_home home = { .path = strndup(path.at, path.len), .order = h->orders++ };
    home.user = user.at == NULL ? NULL : strndup(user.at, user.len);
    if (home.path == NULL || (user.at != NULL && home.user == NULL)) {
        free(home.path);
        free(home.user);
        return no_memory(err);
    }
    h->list[h->count++] = home;
    return HZ_OK;
}

int pers_homes_parse(struct pers_homes *h, struct span passwd, struct hz_error *err)
{
    struct span line, user, field;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_line(&passwd, &line)) {
        unsigned fields = 0;
        user = SPAN_NONE;
        while (fields < 5 && span_until(&line, ':', &field))
            if (fields++ == 0)
                user = field;
        struct span home = line;
        span_until(&line, ':', &home); /* the shell may be missing */
        if (fields == 5)
            rc = add(h, home, user, PERS_HOMES_MAX, err);
    }
    drop_twins(h);
    return rc;
}

struct below {
    struct pers_homes *homes;
};

static int add_below(void *context, const char *name, struct hz_error *err)
{
    const struct below *b = context;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PATH_MAX_LEN);
    buf_puts(&path, "/home/");
    buf_puts(&path, name);
    if (path.failed != HZ_OK)
        return HZ_OK;
    return add(b->homes, (struct span) { (const char *)path.data, path.len }, SPAN_NONE, PERS_HOMES_MAX + OTHERS_MAX,
               err);
}

static int find_passwd(struct pers_homes *h, int root, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf passwd = BUF_INIT(ACC_FILE_MAX);
    struct hz_error why;
    bool more = false;
    if (acc_read(root, "/etc/passwd", &passwd, &more, NULL, &why) != HZ_OK)
        return pers_absences_failed(&h->absences, span_of("/etc/passwd"), &why, err);
    h->more |= more;
    return pers_homes_parse(h, (struct span) { (const char *)passwd.data, passwd.len }, err);
}

static int find_below(struct pers_homes *h, int root, struct hz_error *err)
{
    HZ_CLEANUP(pers_thing_free) struct pers_thing folder = PERS_THING_INIT;
    struct below below = { h };
    struct hz_error why;
    if (pers_look(root, "/home", &folder, &why) != HZ_OK)
        return pers_absences_failed(&h->absences, span_of("/home"), &why, err);
    int rc = pers_look_list(&folder, add_below, &below, err);
    return rc == HZ_OK && folder.unread != 0 ? pers_absences_add(&h->absences, span_of("/home"), folder.unread, err)
                                             : rc;
}

int pers_homes_find(struct pers_homes *h, int root, struct hz_error *err)
{
    int rc = find_passwd(h, root, err);
    if (rc == HZ_OK)
        rc = add(h, span_of("/root"), span_of("root"), PERS_HOMES_MAX + OTHERS_MAX, err);
    if (rc == HZ_OK)
        rc = find_below(h, root, err);
    drop_twins(h);
    return rc;
}

#include "collector/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"

#define PATH_LIMIT ((size_t)1 << 20)

struct walker {
    int root, at; /* at: the directory that out->path stands for; owned unless it is root */
    char *rest;   /* what is still to be walked; owned */
    size_t next;  /* where in rest */
    unsigned links;
    struct resolved *out;
};

static void free_text(char **text)
{
    free(*text);
}

void resolve_init(struct resolved *r)
{
    buf_init(&r->path, PATH_LIMIT);
    buf_init(&r->target, PATH_LIMIT);
    r->link = false;
    r->looks = 0;
    r->missing = 0;
}

void resolve_free(struct resolved *r)
{
    buf_free(&r->path);
    buf_free(&r->target);
}

static void move_to(struct walker *w, int fd)
{
    if (w->at != w->root)
        io_close(&w->at);
    w->at = fd;
}

/* Cuts the next component out of rest, skipping "." and empty ones; NULL at the end. */
static char *next_component(struct walker *w, bool *last)
{
    for (;;) {
        while (w->rest[w->next] == '/')
            w->next++;
        char *name = w->rest + w->next;
        if (*name == '\0')
            return NULL;
        size_t len = strcspn(name, "/");
        *last = name[len] == '\0';
        w->next += len + (*last ? 0 : 1);
        name[len] = '\0';
        if (strcmp(name, ".") != 0)
            return name;
    }
}

static void append(struct resolved *out, const char *name)
{
    buf_putc(&out->path, '/');
    buf_puts(&out->path, name);
}

static void drop_last(struct buf *path)
{
    while (path->len > 0 && path->data[path->len - 1] != '/')
        path->len--;
    if (path->len > 0)
        path->len--;
}

static int look(struct walker *w, const char *name, int *fd)
{
    struct hz_error why;
    if (w->out->looks >= RESOLVE_LOOKS_MAX)
        return ENAMETOOLONG;
    w->out->looks++;
    return io_evidence_look(w->at, name, fd, &why) == HZ_OK ? 0 : why.sys_errno;
}

/* ".." without links behind us is the path cut by one; its directory is found again from the root. */
static int go_up(struct walker *w, struct hz_error *err)
{
    struct buf *path = &w->out->path;
    drop_last(path);
    move_to(w, w->root);
    HZ_CLEANUP(buf_free) struct buf copy = BUF_INIT(PATH_LIMIT);
    buf_put(&copy, path->data, path->len);
    if (buf_text(&copy) == NULL)
        return buf_check(&copy, err);
    char *text = (char *)copy.data, *save = NULL;
    for (char *name = strtok_r(text, "/", &save); name != NULL; name = strtok_r(NULL, "/", &save)) {
        int fd = -1;
        w->out->missing = look(w, name, &fd);
        if (w->out->missing != 0)
            return HZ_OK;
        move_to(w, fd);
    }
    return HZ_OK;
}

/* Nothing more can be looked at: the rest is put behind as it stands, up to a ".." that would lead elsewhere. */
static void append_rest(struct walker *w)
{
    bool last;
    for (const char *name = next_component(w, &last); name != NULL; name = next_component(w, &last)) {
        if (strcmp(name, "..") == 0)
            return;
        append(w->out, name);
    }
}

static int final_link(struct walker *w, const char *name, const char *target, struct hz_error *err)
{
    struct resolved *out = w->out;
    if (target[0] != '/') {
        buf_put(&out->target, out->path.data, out->path.len);
        buf_putc(&out->target, '/');
    }
    buf_puts(&out->target, target);
    append(out, name);
    out->link = true;
    return buf_text(&out->target) == NULL ? buf_check(&out->target, err) : HZ_OK;
}

static int leading_link(struct walker *w, const char *target, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf rest = BUF_INIT(PATH_LIMIT);
    buf_puts(&rest, target);
    buf_putc(&rest, '/');
    buf_puts(&rest, w->rest + w->next);
    if (buf_text(&rest) == NULL)
        return buf_check(&rest, err);
    if (target[0] == '/') {
        w->out->path.len = 0;
        move_to(w, w->root);
    }
    free(w->rest);
    w->rest = (char *)rest.data;
    w->next = 0;
    buf_init(&rest, PATH_LIMIT); /* its bytes are the walker's now */
    return HZ_OK;
}

static int step(struct walker *w, const char *name, bool last, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    struct hz_error why;
    w->out->missing = look(w, name, &fd);
    if (w->out->missing == 0 && io_statx(fd, &st, &why) != HZ_OK)
        w->out->missing = why.sys_errno;
    if (w->out->missing != 0) {
        append(w->out, name);
        return HZ_OK;
    }
    if (!S_ISLNK(st.stx_mode)) {
        append(w->out, name);
        move_to(w, fd);
        fd = -1;
        return HZ_OK;
    }
    HZ_CLEANUP(free_text) char *target = NULL;
    size_t len;
    if (++w->links > RESOLVE_LINKS_MAX)
        w->out->missing = ELOOP;
    else if (io_evidence_readlink(fd, &target, &len, &why) != HZ_OK)
        w->out->missing = why.sys_errno;
    else if (len == 0)
        w->out->missing = EIO;
    if (w->out->missing != 0) {
        append(w->out, name);
        return HZ_OK;
    }
    return last ? final_link(w, name, target, err) : leading_link(w, target, err);
}

static int walk(struct walker *w, struct hz_error *err)
{
    bool last;
    for (const char *name = next_component(w, &last); name != NULL; name = next_component(w, &last)) {
        int rc = strcmp(name, "..") == 0 ? go_up(w, err) : step(w, name, last, err);
        if (rc != HZ_OK)
            return rc;
        if (w->out->missing != 0)
            break;
    }
    append_rest(w);
    if (w->out->path.len == 0)
        buf_putc(&w->out->path, '/');
    return buf_text(&w->out->path) == NULL ? buf_check(&w->out->path, err) : HZ_OK;
}

int resolve_path(int root, const char *path, struct resolved *out, struct hz_error *err)
{
    buf_reset(&out->path);
    buf_reset(&out->target);
    out->link = false;
    out->missing = 0;
    struct walker w = { .root = root, .at = root, .rest = text_copy(path), .out = out };
    if (w.rest == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    int rc = walk(&w, err);
    move_to(&w, root);
    free(w.rest);
    return rc;
}

int resolve_unseen(const char *path, struct buf *out, struct hz_error *err)
{
    struct resolved r = { .path = BUF_INIT(PATH_LIMIT) };
    struct walker w = { .root = -1, .at = -1, .rest = text_copy(path), .out = &r };
    if (w.rest == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    append_rest(&w);
    free(w.rest);
    if (r.path.len == 0)
        buf_putc(&r.path, '/');
    int rc = buf_check(&r.path, err);
    if (rc == HZ_OK)
        buf_put(out, r.path.data, r.path.len);
    buf_free(&r.path);
    return rc == HZ_OK ? buf_check(out, err) : rc;
}

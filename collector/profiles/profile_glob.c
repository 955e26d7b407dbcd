#include "collector/profiles/profile_glob.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_scan.h"
#include "collector/absence.h"
#include "collector/resolve.h"

#define PATH_LIMIT ((size_t)1 << 20)
#define PATTERN_LIMIT 4096
#define ENTRIES ((size_t)32 << 10)

struct search {
    int root;
    const struct away *away;
    const struct profile_glob_sink *sink;
    size_t matches;
    bool cut;
};

bool profile_glob_is_pattern(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

static bool component_valid(const char *at, size_t len)
{
    return len > 0 && !(len == 1 && at[0] == '.') && !(len == 2 && at[0] == '.' && at[1] == '.');
}

bool profile_glob_valid(const char *pattern)
{
    if (pattern[0] != '/' || strlen(pattern) > PATTERN_LIMIT)
        return false;
    for (const char *at = pattern; *at == '/';) {
        size_t len = strcspn(++at, "/");
        if (!component_valid(at, len))
            return false;
        at += len;
    }
    return true;
}

static int refuse(struct search *s, const char *path, int sys_errno, struct hz_error *err)
{
    if (absence_is_ours(sys_errno))
        return hz_error_sys(err, HZ_E_IO, sys_errno, "%s", path);
    if (s->sink->refused == NULL || absence_status(sys_errno) == W_VANISHED)
        return HZ_OK;
    return s->sink->refused(s->sink->context, path, sys_errno, err);
}

/* *there: where the path leads to, links resolved, there is something. */
static int resolve(struct search *s, const char *path, struct resolved *r, bool *there, struct hz_error *err)
{
    *there = false;
    if (s->away != NULL && away_has(s->away, path))
        return HZ_OK;
    int rc = resolve_path(s->root, path, r, err);
    *there = rc == HZ_OK && r->missing == 0;
    return rc != HZ_OK || *there ? rc : refuse(s, path, r->missing, err);
}

static int expand(struct search *s, const char *before, const char *rest, struct hz_error *err);

/* before: a path that is there; rest: "", or begins with the slash behind it. */
static int go_on(struct search *s, struct buf *before, const char *rest, struct hz_error *err)
{
    HZ_CLEANUP(resolve_free) struct resolved r;
    bool there = rest[0] == '\0';
    int rc = buf_text(before) == NULL ? buf_check(before, err) : HZ_OK;
    resolve_init(&r);
    if (rc == HZ_OK && rest[0] != '\0' && profile_glob_is_pattern(rest))
        return expand(s, (const char *)before->data, rest, err);
    if (rc == HZ_OK && rest[0] != '\0') {
        buf_puts(before, rest);
        rc =
            buf_text(before) == NULL ? buf_check(before, err) : resolve(s, (const char *)before->data, &r, &there, err);
    }
    if (rc != HZ_OK || !there)
        return rc;
    s->cut |= s->matches == PROFILE_GLOB_MAX;
    if (s->cut)
        return HZ_OK;
    s->matches++;
    return s->sink->found(s->sink->context, (const char *)before->data, err);
}

static int try_name(struct search *s, const char *folder, const char *name, const char *pattern, const char *rest,
                    struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PATH_LIMIT);
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || fnmatch(pattern, name, FNM_NOESCAPE) != 0)
        return HZ_OK;
    buf_printf(&path, "%s/%s", folder, name);
    return go_on(s, &path, rest, err);
}

static int list(struct search *s, int fd, const char *folder, const char *pattern, const char *rest,
                struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf room = BUF_INIT(ENTRIES);
    struct hz_error why = { 0 };
    unsigned char *entries = buf_grow(&room, ENTRIES);
    size_t got = 0;
    int rc = entries == NULL ? buf_check(&room, err) : HZ_OK;
    while (rc == HZ_OK && !s->cut && io_scan_entries(fd, entries, ENTRIES, &got, &why) == HZ_OK && got > 0)
        for (size_t at = 0; rc == HZ_OK && !s->cut && at < got;) {
            const struct dirent64 *entry = (const void *)(entries + at);
            rc = try_name(s, folder, entry->d_name, pattern, rest, err);
            at += entry->d_reclen;
        }
    return rc == HZ_OK && why.code != HZ_OK ? refuse(s, folder, why.sys_errno, err) : rc;
}

/* before: literal and there, "" for the root; rest: "/..." with a pattern in it. At most as deep as the pattern. */
static int expand(struct search *s, const char *before, const char *rest, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf folder = BUF_INIT(PATH_LIMIT);
    HZ_CLEANUP(buf_free) struct buf pattern = BUF_INIT(PATTERN_LIMIT + 1);
    HZ_CLEANUP(resolve_free) struct resolved r;
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error why;
    size_t len = strcspn(rest + 1, "/");
    buf_puts(&folder, before);
    resolve_init(&r);
    while (memchr(rest + 1, '*', len) == NULL && memchr(rest + 1, '?', len) == NULL &&
           memchr(rest + 1, '[', len) == NULL) {
        buf_put(&folder, rest, len + 1);
        rest += len + 1;
        len = strcspn(rest + 1, "/");
    }
    buf_put(&pattern, rest + 1, len);
    if (buf_text(&pattern) == NULL || buf_text(&folder) == NULL)
        return buf_check(buf_text(&pattern) == NULL ? &pattern : &folder, err);
    HZ_CLEANUP(buf_free) struct buf within = BUF_INIT(PATH_LIMIT);
    bool there = false;
    buf_printf(&within, "%s/", (const char *)folder.data); /* a link leads to what it names */
    int rc =
        buf_text(&within) == NULL ? buf_check(&within, err) : resolve(s, (const char *)within.data, &r, &there, err);
    int noatime;
    if (rc != HZ_OK || !there)
        return rc;
    if (io_scan_open(s->root, (const char *)r.path.data + 1, true, &fd, &noatime, &why) != HZ_OK)
        return refuse(s, (const char *)folder.data, why.sys_errno, err);
    return list(s, fd, (const char *)folder.data, (const char *)pattern.data, rest + 1 + len, err);
}

int profile_glob(int root, const char *pattern, const struct away *away, const struct profile_glob_sink *sink,
                 bool *cut, struct hz_error *err)
{
    struct search s = { .root = root, .away = away, .sink = sink };
    HZ_CLEANUP(buf_free) struct buf before = BUF_INIT(PATH_LIMIT);
    buf_puts(&before, "");
    int rc = go_on(&s, &before, pattern, err);
    *cut |= s.cut;
    return rc;
}

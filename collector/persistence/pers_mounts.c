#include "collector/persistence/pers_mounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

static void free_mount(struct pers_mount *m)
{
    free(m->path);
    free(m->type);
    free(m->root);
}

void pers_mounts_free(struct pers_mounts *m)
{
    for (size_t i = 0; i < m->count; i++)
        free_mount(&m->list[i]);
    free(m->list);
    *m = (struct pers_mounts) { 0 };
}

static bool is_own(const struct pers_mount *m)
{
    static const char *const types[] = { "ext2",     "ext3",  "ext4",   "xfs",      "btrfs",   "f2fs",
                                         "jfs",      "zfs",   "nilfs2", "reiserfs", "tmpfs",   "bcachefs",
                                         "squashfs", "erofs", "ramfs",  "minix",    "devtmpfs" };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(m->type, types[i]) == 0)
            return true;
    /* Below an overlay lie folders that are searched themselves, unless there is nothing else. */
    return strcmp(m->type, "overlay") == 0 && strcmp(m->path, "/") == 0;
}

/* "\040" and the like, three octal digits. */
static char *unescape(struct span s)
{
    char *out = malloc(s.len + 1);
    size_t len = 0;
    for (size_t i = 0; out != NULL && i < s.len; i++) {
        const char *p = s.at + i;
        bool escaped = p[0] == '\\' && s.len - i >= 4 && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' &&
                       p[3] >= '0' && p[3] <= '7';
        out[len++] = escaped ? (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0')) : p[0];
        i += escaped ? 3 : 0;
    }
    if (out != NULL)
        out[len] = '\0';
    return out;
}

static bool take_device(struct span s, struct pers_mount *m)
{
    struct span major;
    uint64_t a, b;
    if (!span_until(&s, ':', &major) || !span_number(major, UINT32_MAX, &a) || !span_number(s, UINT32_MAX, &b))
        return false;
    m->major = (unsigned)a;
    m->minor = (unsigned)b;
    return true;
}

static bool has_option(struct span options, const char *name)
{
    struct span option;
    while (options.len > 0) {
        if (!span_until(&options, ',', &option)) {
            option = options;
            options = SPAN_NONE;
        }
        if (span_is(option, name))
            return true;
    }
    return false;
}

/* "36 35 98:0 /root /mount options [tags...] - type source options" */
static int read_line(struct span line, struct pers_mount *m, bool *good, struct hz_error *err)
{
    struct span word[6], type = SPAN_NONE, tag;
    *good = false;
    for (size_t i = 0; i < 6; i++)
        if (!span_word(&line, &word[i]))
            return HZ_OK;
    while (span_word(&line, &tag) && !span_is(tag, "-"))
        continue;
    if (!span_word(&line, &type) || !take_device(word[2], m) || !span_begins(word[4], "/"))
        return HZ_OK;
    m->root = unescape(word[3]);
    m->path = unescape(word[4]);
    m->type = unescape(type);
    m->nosuid = has_option(word[5], "nosuid");
    *good = m->root != NULL && m->path != NULL && m->type != NULL;
    return *good ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

static bool is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    return strcmp(folder, "/") == 0 || (strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0'));
}

/* mounts[i] shows nothing that another one does not. */
static bool is_shown(const struct pers_mounts *m, size_t i)
{
    const struct pers_mount *a = &m->list[i];
    for (size_t k = 0; k < m->count; k++) {
        const struct pers_mount *b = &m->list[k];
        if (k == i || !b->searched || a->major != b->major || a->minor != b->minor || !is_below(a->root, b->root))
            continue;
        if (strcmp(a->root, b->root) != 0 || k < i)
            return true;
    }
    return false;
}

static bool is_served(const char *type)
{
    static const char *const served[] = { "nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "afs", "autofs", "virtiofs" };
    bool asks = strncmp(type, "fuse", 4) == 0 && strcmp(type, "fusectl") != 0;
    for (size_t n = 0; n < sizeof served / sizeof served[0]; n++)
        asks |= strcmp(type, served[n]) == 0;
    return asks;
}

/* The way to it leads through something that might not answer. */
static bool is_behind(const struct pers_mounts *m, size_t i)
{
    for (size_t k = 0; k < m->count; k++)
        if (m->list[k].served && strcmp(m->list[k].path, "/") != 0 && is_below(m->list[i].path, m->list[k].path))
            return true;
    return false;
}

static int add(struct pers_mounts *m, struct span line, struct hz_error *err)
{
    struct pers_mount mount = { 0 };
    bool good;
    if (m->count == m->room) {
        size_t room = m->room == 0 ? 64 : m->room * 2;
        struct pers_mount *list = reallocarray(m->list, room, sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        m->list = list;
        m->room = room;
    }
    int rc = read_line(line, &mount, &good, err);
    if (good)
        m->list[m->count++] = mount;
    else
        free_mount(&mount);
    return rc;
}

int pers_mounts_parse(struct pers_mounts *m, struct span text, struct hz_error *err)
{
    struct span line;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_line(&text, &line)) {
        m->more = m->count >= PERS_MOUNTS_MAX;
        if (m->more)
            break;
        rc = add(m, line, err);
    }
    for (size_t i = 0; i < m->count; i++)
        m->list[i].served = is_served(m->list[i].type);
    for (size_t i = 0; i < m->count; i++)
        m->list[i].searched = is_own(&m->list[i]) && !is_behind(m, i);
    for (size_t i = 0; i < m->count; i++)
        m->list[i].searched = m->list[i].searched && !is_shown(m, i);
    return rc;
}

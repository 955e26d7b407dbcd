#include "collector/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "formats/write/name.h"

void listing_init(struct listing *l)
{
    memset(l, 0, sizeof *l);
    buf_init(&l->text, LISTING_TEXT_MAX);
}

void listing_free(struct listing *l)
{
    buf_free(&l->text);
    free(l->entries);
    listing_init(l);
}

const char *listing_raw(const struct listing *l, size_t i)
{
    return (const char *)l->text.data + l->entries[i].raw;
}

const char *listing_mapped(const struct listing *l, size_t i)
{
    return (const char *)l->text.data + l->entries[i].mapped;
}

static struct listing_entry *new_entry(struct listing *l)
{
    if (l->count == l->room) {
        size_t room = l->room == 0 ? 16 : l->room * 2;
        struct listing_entry *grown = realloc(l->entries, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        l->entries = grown;
        l->room = room;
    }
    return &l->entries[l->count];
}

/* HZ_E_LIMIT: the text is full; what was listed so far stays good. */
static int add_entry(struct listing *l, const char *name, size_t len, bool member, const struct tree_node *node,
                     struct hz_error *err)
{
    if (l->count == LISTING_ENTRIES_MAX || LISTING_TEXT_MAX / 2 - l->text.len / 2 < 4 * len + 256)
        return hz_error_set(err, HZ_E_LIMIT, _("the directory has too many entries"));
    struct listing_entry *e = new_entry(l);
    if (e == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *e = (struct listing_entry) {
        .raw = (uint32_t)l->text.len, .raw_len = (uint32_t)len, .member = member, .node = node
    };
    buf_put(&l->text, name, len);
    buf_putc(&l->text, '\0');
    e->mapped = (uint32_t)l->text.len;
    int rc = w_name_component(&l->text, name, len, err);
    if (rc != HZ_OK)
        return rc;
    e->mapped_len = (uint32_t)(l->text.len - e->mapped);
    buf_putc(&l->text, '\0');
    rc = buf_check(&l->text, err);
    l->count += rc == HZ_OK;
    return rc;
}

/* For file systems that do not say the type in the listing. */
static bool look_member(int path_fd, const char *name)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    struct hz_error ignored;
    return io_evidence_look(path_fd, name, &fd, &ignored) == HZ_OK && io_statx_known(fd, &st, &ignored) == HZ_OK &&
           (S_ISREG(st.stx_mode) || S_ISDIR(st.stx_mode));
}

static int order_mapped(const void *a, const void *b, void *text)
{
    const struct listing_entry *x = a, *y = b;
    const char *base = text;
    int order = w_name_compare(base + x->mapped, x->mapped_len, base + y->mapped, y->mapped_len);
    if (order != 0)
        return order;
    return w_name_raw_compare(base + x->raw, x->raw_len, base + y->raw, y->raw_len);
}

static bool same_mapped(const struct listing *l, const struct listing_entry *x, const struct listing_entry *y)
{
    const char *base = (const char *)l->text.data;
    return w_name_compare(base + x->mapped, x->mapped_len, base + y->mapped, y->mapped_len) == 0;
}

static void sort(struct listing *l)
{
    if (l->count > 1)
        qsort_r(l->entries, l->count, sizeof *l->entries, order_mapped, l->text.data);
}

/* The text may move while it grows: the names are copied first. */
static int rename_twin(struct listing *l, struct listing_entry *e, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf copy = BUF_INIT(LISTING_TEXT_MAX);
    buf_put(&copy, l->text.data + e->mapped, e->mapped_len);
    buf_put(&copy, l->text.data + e->raw, e->raw_len);
    int rc = buf_check(&copy, err);
    if (rc != HZ_OK)
        return rc;
    size_t start = l->text.len;
    buf_put(&l->text, copy.data, e->mapped_len);
    rc = w_name_twin(&l->text, copy.data + e->mapped_len, e->raw_len, err);
    if (rc != HZ_OK)
        return rc;
    e->mapped = (uint32_t)start;
    e->mapped_len = (uint32_t)(l->text.len - start);
    buf_putc(&l->text, '\0');
    return buf_check(&l->text, err);
}

/* Sorted by mapped and then raw name, the first member of a run of equals is the one that keeps its name. */
static int tell_twins(struct listing *l, bool *renamed, struct hz_error *err)
{
    size_t keeper = SIZE_MAX;
    for (size_t i = 0; i < l->count; i++) {
        struct listing_entry *e = &l->entries[i];
        if (!e->member)
            continue;
        if (keeper == SIZE_MAX || !same_mapped(l, &l->entries[keeper], e)) {
            keeper = i;
            continue;
        }
        int rc = rename_twin(l, e, err);
        if (rc != HZ_OK)
            return rc;
        *renamed = true;
    }
    return HZ_OK;
}

/* The suffix is a short digest: somebody can make two that are equal. The second of them then has no name. */
static void mark_clashes(struct listing *l)
{
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < l->count; i++) {
        struct listing_entry *e = &l->entries[i];
        if (!e->member)
            continue;
        e->clash = last != SIZE_MAX && same_mapped(l, &l->entries[last], e);
        last = i;
    }
}

static int arrange(struct listing *l, struct hz_error *err)
{
    bool renamed = false;
    sort(l);
    int rc = tell_twins(l, &renamed, err);
    if (rc != HZ_OK || !renamed)
        return rc;
    sort(l);
    mark_clashes(l);
    return HZ_OK;
}

static void close_directory(DIR **directory)
{
    if (*directory != NULL)
        closedir(*directory);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* seen: one flag for each of node's children. */
static int read_entries(DIR *directory, int path_fd, const struct tree_node *node, bool *seen, struct listing *l,
                        struct hz_error *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *d = readdir(directory);
        if (d == NULL) {
            l->failed = errno;
            return HZ_OK;
        }
        if (is_dots(d->d_name))
            continue;
        bool member =
            d->d_type == DT_REG || d->d_type == DT_DIR || (d->d_type == DT_UNKNOWN && look_member(path_fd, d->d_name));
        size_t len = strlen(d->d_name);
        size_t child = tree_find(node, d->d_name, len);
        int rc = add_entry(l, d->d_name, len, member, child == TREE_NONE ? NULL : node->children[child], err);
        if (rc != HZ_OK)
            return rc;
        l->entries[l->count - 1].regular = d->d_type == DT_REG;
        if (child != TREE_NONE)
            seen[child] = true;
    }
}

static int add_planned(int path_fd, const struct tree_node *node, const bool *seen, struct listing *l,
                       struct hz_error *err)
{
    for (size_t i = 0; node != NULL && i < node->count; i++) {
        const struct tree_node *child = node->children[i];
        if (seen != NULL && seen[i])
            continue;
        bool member = child->made != NULL || !child->asked || look_member(path_fd, child->name);
        int rc = add_entry(l, child->name, child->len, member, child, err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

int listing_planned(int path_fd, const struct tree_node *node, struct listing *out, struct hz_error *err)
{
    int rc = add_planned(path_fd, node, NULL, out, err);
    return rc == HZ_OK ? arrange(out, err) : rc;
}

static int list(DIR *directory, int path_fd, const struct tree_node *node, struct listing *out, struct hz_error *err)
{
    bool *seen = calloc(node == NULL ? 1 : node->count + 1, sizeof *seen);
    if (seen == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    int rc = read_entries(directory, path_fd, node, seen, out, err);
    if (rc == HZ_E_LIMIT) {
        out->cut = true;
        rc = HZ_OK;
    }
    if (rc == HZ_OK)
        rc = add_planned(path_fd, node, seen, out, err);
    free(seen);
    return rc == HZ_OK ? arrange(out, err) : rc;
}

int listing_read(int path_fd, const struct tree_node *node, struct listing *out, struct hz_error *err)
{
    int fd = -1, noatime = 0;
    int rc = io_evidence_directory(path_fd, &fd, &noatime, err);
    if (rc != HZ_OK)
        return rc;
    HZ_CLEANUP(close_directory) DIR *directory = fdopendir(fd);
    if (directory == NULL) {
        io_close(&fd);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    out->exposed = noatime == 0;
    return list(directory, path_fd, node, out, err);
}

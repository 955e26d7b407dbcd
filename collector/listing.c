#include "collector/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "formats/write/name.h"

#define MAPPED_ROOM (W_NAME_COMPONENT_MAX + 64)

struct listing_body {
    struct sorter sorters[2];
    struct sorter *sorter; /* the one of them that is read */
    struct watch *watch;
    int path_fd; /* the caller's */
    const struct tree_node *node;
    size_t count;
    bool renamed; /* twins: two suffixes may still be the same */
    char last[MAPPED_ROOM];
    size_t last_len; /* of the member given out last */
};

void listing_free(struct listing *l)
{
    if (l->body != NULL)
        sorter_free(l->body->sorter);
    free(l->body);
    *l = (struct listing) { 0 };
}

static int begin(struct sorter_store *store, struct watch *watch, int path_fd, const struct tree_node *node,
                 struct listing *l, struct hz_error *err)
{
    l->body = calloc(1, sizeof *l->body);
    if (l->body == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    l->body->node = node;
    l->body->watch = watch;
    l->body->path_fd = path_fd;
    l->body->sorter = &l->body->sorters[0];
    sorter_init(l->body->sorter, store);
    return HZ_OK;
}

/* HZ_E_LIMIT: there is no room; what was listed so far stays good. */
static int add_entry(struct listing *l, const char *raw, size_t len, bool member, bool regular, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf mapped = BUF_INIT(4 * NAMES_RAW_MAX); /* before it is cut */
    if (l->body->count == LISTING_ENTRIES_MAX || len > NAMES_RAW_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("the directory has too many entries"));
    int rc = w_name_component(&mapped, raw, len, err);
    if (rc == HZ_OK && buf_text(&mapped) == NULL)
        rc = buf_check(&mapped, err);
    if (rc != HZ_OK)
        return rc;
    const struct name name = { raw, (const char *)mapped.data, len, mapped.len, member, regular };
    rc = sorter_add(l->body->sorter, &name, err);
    l->body->count += rc == HZ_OK;
    return rc;
}

/* Is this member named as the one before? They come in order. */
static bool repeats(const struct listing_body *b, const struct name *name)
{
    return b->last_len > 0 && w_name_compare(b->last, b->last_len, name->mapped, name->mapped_len) == 0;
}

static void remember(struct listing_body *b, const struct name *name)
{
    memcpy(b->last, name->mapped, name->mapped_len);
    b->last_len = name->mapped_len;
}

static int has_twins(struct listing_body *b, bool *twins, struct hz_error *err)
{
    struct name name;
    bool more = true;
    *twins = false;
    while (!*twins) {
        int rc = sorter_next(b->sorter, &name, &more, err);
        if (rc != HZ_OK || !more)
            return rc;
        if (!name.member)
            continue;
        *twins = repeats(b, &name);
        remember(b, &name);
    }
    return HZ_OK;
}

static int add_renamed(struct sorter *to, const struct name *name, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf mapped = BUF_INIT(2 * MAPPED_ROOM);
    struct name twin = *name;
    buf_put(&mapped, name->mapped, name->mapped_len);
    int rc = w_name_twin(&mapped, name->raw, name->raw_len, err);
    if (rc == HZ_OK && buf_text(&mapped) == NULL)
        rc = buf_check(&mapped, err);
    if (rc != HZ_OK)
        return rc;
    twin.mapped = (const char *)mapped.data;
    twin.mapped_len = mapped.len;
    return sorter_add(to, &twin, err);
}

/* Sorted by mapped and then raw name, the first member of a run of equals is the one that keeps its name. */
static int rename_twins(struct listing_body *b, struct sorter *to, struct hz_error *err)
{
    struct name name;
    bool more;
    for (b->last_len = 0;;) {
        int rc = sorter_next(b->sorter, &name, &more, err);
        if (rc != HZ_OK || !more)
            return rc;
        if (name.member && repeats(b, &name)) {
            rc = add_renamed(to, &name, err);
        } else {
            if (name.member)
                remember(b, &name);
            rc = sorter_add(to, &name, err);
        }
        if (rc != HZ_OK)
            return rc;
    }
}

/* The same names again, twins renamed, into a second sorter that takes the place of the first. */
static int sort_again(struct listing *l, struct hz_error *err)
{
    struct listing_body *b = l->body;
    struct sorter *to = &b->sorters[1];
    sorter_init(to, b->sorter->store);
    b->sorter->pinned = true;
    sorter_rewind(b->sorter);
    int rc = rename_twins(b, to, err);
    sorter_free(b->sorter);
    b->sorter = to;
    b->renamed = true;
    l->cut |= rc == HZ_E_LIMIT;
    return rc == HZ_E_LIMIT ? HZ_OK : rc;
}

static int end(struct listing *l, struct hz_error *err)
{
    int rc = sorter_end(l->body->sorter, err);
    l->cut |= rc == HZ_E_LIMIT;
    return rc == HZ_E_LIMIT ? HZ_OK : rc;
}

static int arrange(struct listing *l, struct hz_error *err)
{
    bool twins = false;
    int rc = end(l, err);
    if (rc == HZ_OK)
        rc = has_twins(l->body, &twins, err);
    if (rc == HZ_OK && twins)
        rc = sort_again(l, err);
    if (rc == HZ_OK && twins)
        rc = end(l, err);
    if (rc == HZ_OK && !twins)
        sorter_rewind(l->body->sorter);
    l->body->last_len = 0;
    return rc;
}

int listing_next(struct listing *l, struct listing_entry *out, bool *more, struct hz_error *err)
{
    struct listing_body *b = l->body;
    struct listing_entry e = { .clash = false };
    int rc = sorter_next(b->sorter, &e.name, more, err);
    if (rc != HZ_OK || !*more)
        return rc;
    if (b->renamed && e.name.member) {
        e.clash = repeats(b, &e.name);
        remember(b, &e.name);
    }
    size_t child = tree_find(b->node, e.name.raw, e.name.raw_len);
    if (child != TREE_NONE)
        e.node = b->node->children[child];
    *out = e;
    return HZ_OK;
}

/* Does it get a name in the bundle? For file systems that do not say the type in the listing. One that cannot be looked
 * at now has its name kept: whoever visits it says why, or takes it. */
static bool look_member(const struct listing_body *b, const char *name)
{
    int fd = -1;
    struct statx st;
    struct hz_error why;
    watch_enter(b->watch);
    int rc = io_evidence_look(b->path_fd, name, &fd, &why);
    if (rc == HZ_OK)
        rc = io_statx_known(fd, &st, &why);
    io_close(&fd);
    watch_leave(b->watch);
    return rc == HZ_OK ? S_ISREG(st.stx_mode) || S_ISDIR(st.stx_mode) : absence_status(why.sys_errno) != W_VANISHED;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static const struct dirent *read_entry(const struct listing_body *b, DIR *directory, int *failed)
{
    watch_enter(b->watch);
    errno = 0;
    const struct dirent *d = readdir(directory);
    *failed = d == NULL ? errno : 0;
    watch_leave(b->watch);
    return d;
}

/* What was asked for by its name is there already. */
static int read_entries(DIR *directory, struct listing *l, struct hz_error *err)
{
    const struct listing_body *b = l->body;
    const struct dirent *d;
    while ((d = read_entry(b, directory, &l->failed)) != NULL) {
        size_t len = strlen(d->d_name);
        if (is_dots(d->d_name) || tree_find(b->node, d->d_name, len) != TREE_NONE)
            continue;
        bool member =
            d->d_type == DT_REG || d->d_type == DT_DIR || (d->d_type == DT_UNKNOWN && look_member(b, d->d_name));
        int rc = add_entry(l, d->d_name, len, member, d->d_type == DT_REG, err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

static int add_planned(struct listing *l, struct hz_error *err)
{
    const struct tree_node *node = l->body->node;
    for (size_t i = 0; node != NULL && i < node->count; i++) {
        const struct tree_node *child = node->children[i];
        bool member = child->made != NULL || !child->asked || look_member(l->body, child->name);
        int rc = add_entry(l, child->name, child->len, member, false, err);
        if (rc != HZ_OK)
            return rc;
    }
    return HZ_OK;
}

int listing_planned(struct sorter_store *store, struct watch *watch, int path_fd, const struct tree_node *node,
                    struct listing *out, struct hz_error *err)
{
    int rc = begin(store, watch, path_fd, node, out, err);
    if (rc == HZ_OK)
        rc = add_planned(out, err);
    return rc == HZ_OK ? arrange(out, err) : rc;
}

/* What was asked for by its name comes first: it is there even where there is no room for all. */
static int list(DIR *directory, struct listing *out, struct hz_error *err)
{
    int rc = add_planned(out, err);
    if (rc == HZ_OK)
        rc = read_entries(directory, out, err);
    if (rc == HZ_E_LIMIT) {
        out->cut = true;
        rc = HZ_OK;
    }
    return rc == HZ_OK ? arrange(out, err) : rc;
}

static DIR *open_directory(struct watch *watch, int path_fd, bool *exposed, struct hz_error *err)
{
    int fd = -1, noatime = 0;
    watch_enter(watch);
    int rc = io_evidence_directory(path_fd, &fd, &noatime, err);
    DIR *directory = rc == HZ_OK ? fdopendir(fd) : NULL;
    if (rc == HZ_OK && directory == NULL) {
        int failed = errno;
        io_close(&fd);
        hz_error_sys(err, hz_error_class(failed), failed, "%s", _("cannot list the directory"));
    }
    watch_leave(watch);
    *exposed = noatime == 0;
    return directory;
}

static void close_directory(struct watch *watch, DIR *directory)
{
    watch_enter(watch);
    closedir(directory);
    watch_leave(watch);
}

int listing_read(struct sorter_store *store, struct watch *watch, int path_fd, const struct tree_node *node,
                 struct listing *out, struct hz_error *err)
{
    bool exposed = false;
    DIR *directory = open_directory(watch, path_fd, &exposed, err);
    if (directory == NULL)
        return err->code;
    int rc = begin(store, watch, path_fd, node, out, err);
    if (rc == HZ_OK)
        rc = list(directory, out, err);
    close_directory(watch, directory);
    if (rc != HZ_OK)
        listing_free(out);
    out->exposed = exposed;
    return rc;
}

#include "collector/db_places.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/write/name.h"

#define PATH_LIMIT ((size_t)1 << 20)

static void release_tree(struct tree_node **tree)
{
    tree_free(*tree);
}

void db_places_free(struct db_places *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->rows[i].origin);
        free(p->rows[i].path);
        db_copy_close(&p->rows[i].file);
    }
    free(p->rows);
    *p = (struct db_places) { NULL, 0, 0 };
}

static int path_of(const struct tree_node *node, struct buf *out, struct hz_error *err)
{
    size_t len = 0;
    buf_reset(out);
    for (const struct tree_node *at = node; at->parent != NULL; at = at->parent)
        len += 1 + at->len;
    unsigned char *end = buf_grow(out, len);
    if (end == NULL)
        return buf_check(out, err);
    end += len;
    for (const struct tree_node *at = node; at->parent != NULL; at = at->parent) {
        end -= at->len;
        memcpy(end, at->name, at->len);
        *--end = '/';
    }
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

static int add_row(struct db_places *p, const struct db_place *like, const char *origin, struct hz_error *err)
{
    if (p->count == p->room) {
        size_t room = p->room == 0 ? 16 : p->room * 2;
        struct db_place *grown = realloc(p->rows, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        p->rows = grown;
        p->room = room;
    }
    struct db_place row = *like;
    row.origin = text_copy(origin);
    db_copy_init(&row.file);
    if (row.origin == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    p->rows[p->count++] = row;
    return HZ_OK;
}

/* The next node in depth-first order; NULL at the end. Trees may be deep: no recursion. */
static const struct tree_node *next_node(const struct tree_node *node)
{
    if (node->count > 0)
        return node->children[0];
    while (node->parent != NULL) {
        const struct tree_node *parent = node->parent;
        size_t place = tree_find(parent, node->name, node->len) + 1;
        if (place < parent->count)
            return parent->children[place];
        node = parent;
    }
    return NULL;
}

static bool asked(const struct tree_node *tree, const char *path, size_t len)
{
    for (size_t start = 1; tree != NULL && start < len;) {
        const char *slash = memchr(path + start, '/', len - start);
        size_t end = slash == NULL ? len : (size_t)(slash - path), child = tree_find(tree, path + start, end - start);
        tree = child == TREE_NONE ? NULL : tree->children[child];
        start = end + 1;
    }
    return tree != NULL && tree->asked;
}

/* Is it the journal or log of something else that is asked for? */
static bool is_part(const struct tree_node *tree, const struct buf *path)
{
    for (int role = DB_JOURNAL; role < DB_ROLES; role++) {
        size_t len = strlen(db_suffix[role]);
        if (path->len > len && memcmp(path->data + path->len - len, db_suffix[role], len) == 0 &&
            asked(tree, (const char *)path->data, path->len - len))
            return true;
    }
    return false;
}

static int add_database(struct db_places *p, const struct tree_node *node, struct buf *path, struct hz_error *err)
{
    int rc = HZ_OK;
    size_t len = path->len;
    struct db_place like = { .missing = node->missing, .database = p->count / DB_INDEX };
    for (like.role = DB_MAIN; rc == HZ_OK && like.role < DB_INDEX; like.role++) {
        path->len = len;
        buf_puts(path, db_suffix[like.role]);
        rc = buf_text(path) == NULL ? buf_check(path, err) : add_row(p, &like, (const char *)path->data, err);
    }
    return rc;
}

static int collect_rows(struct db_places *p, const struct tree_node *tree, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PATH_LIMIT);
    int rc = HZ_OK;
    for (const struct tree_node *node = tree; rc == HZ_OK && node != NULL; node = next_node(node)) {
        if (!node->asked)
            continue;
        rc = path_of(node, &path, err);
        if (rc == HZ_OK && path.len > 0 && !is_part(tree, &path))
            rc = add_database(p, node, &path, err);
    }
    return rc;
}

/* Among the children of one folder, those whose names differ in case only: the least keeps its name. */
static int map_child(const struct tree_node *parent, size_t child, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf own = BUF_INIT(PATH_LIMIT);
    HZ_CLEANUP(buf_free) struct buf other = BUF_INIT(PATH_LIMIT);
    const struct tree_node *node = parent->children[child];
    bool twin = false;
    int rc = w_name_component(&own, node->name, node->len, err);
    for (size_t i = 0; rc == HZ_OK && i < child && !twin; i++) {
        buf_reset(&other);
        rc = w_name_component(&other, parent->children[i]->name, parent->children[i]->len, err);
        twin = rc == HZ_OK && w_name_compare((const char *)own.data, own.len, (const char *)other.data, other.len) == 0;
    }
    if (rc == HZ_OK && twin)
        rc = w_name_twin(&own, node->name, node->len, err);
    if (rc == HZ_OK) {
        buf_putc(out, '/');
        rc = buf_put(out, own.data, own.len) == HZ_OK ? HZ_OK : buf_check(out, err);
    }
    return rc;
}

static int map_row(struct db_place *row, const struct tree_node *tree, const char *source, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4 * PATH_LIMIT);
    const char *origin = row->origin;
    size_t len = strlen(origin);
    int rc = HZ_OK;
    buf_printf(&path, "data/%s", source);
    for (size_t start = 1; rc == HZ_OK && start < len;) {
        const char *slash = memchr(origin + start, '/', len - start);
        size_t end = slash == NULL ? len : (size_t)(slash - origin),
               child = tree_find(tree, origin + start, end - start);
        rc = map_child(tree, child, &path, err);
        tree = tree->children[child];
        start = end + 1;
    }
    if (rc == HZ_OK && buf_text(&path) == NULL)
        rc = buf_check(&path, err);
    row->path = rc == HZ_OK ? text_copy((const char *)path.data) : NULL;
    return rc == HZ_OK && row->path == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : rc;
}

static int compare(const void *a, const void *b)
{
    const struct db_place *x = a, *y = b;
    return w_name_compare(x->path, strlen(x->path), y->path, strlen(y->path));
}

static int map_rows(struct db_places *p, const char *source, struct hz_error *err)
{
    HZ_CLEANUP(release_tree) struct tree_node *all = NULL;
    struct tree_node *node;
    int rc = tree_new(&all, err);
    for (size_t i = 0; rc == HZ_OK && i < p->count; i++)
        rc = tree_add(all, p->rows[i].origin, strlen(p->rows[i].origin), &node, err);
    for (size_t i = 0; rc == HZ_OK && i < p->count; i++)
        rc = map_row(&p->rows[i], all, source, err);
    if (rc == HZ_OK && p->count > 0)
        qsort(p->rows, p->count, sizeof *p->rows, compare);
    return rc;
}

int db_places_fill(struct db_places *p, const struct tree_node *tree, const char *source, struct hz_error *err)
{
    int rc = collect_rows(p, tree, err);
    return rc == HZ_OK ? map_rows(p, source, err) : rc;
}

struct db_place *db_places_find(struct db_places *p, size_t database, enum db_role role)
{
    struct db_place *row = p->rows;
    while (row->database != database || row->role != role)
        row++;
    return row;
}

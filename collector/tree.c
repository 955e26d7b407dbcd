#include "collector/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/name.h"

static struct tree_node *node_new(struct tree_node *parent, const char *name, size_t len)
{
    struct tree_node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return NULL;
    node->parent = parent;
    node->len = len;
    node->name = strndup(name, len);
    if (node->name == NULL) {
        free(node);
        return NULL;
    }
    return node;
}

int tree_new(struct tree_node **out, struct hz_error *err)
{
    struct tree_node *root = node_new(NULL, "", 0);
    if (root == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    *out = root;
    return HZ_OK;
}

/* Leaf by leaf: a deep tree must not exhaust the C stack. */
void tree_free(struct tree_node *root)
{
    struct tree_node *node = root;
    while (node != NULL) {
        if (node->count > 0) {
            node = node->children[--node->count];
            continue;
        }
        struct tree_node *parent = node->parent;
        free(node->children);
        free(node->name);
        free(node);
        node = parent;
    }
}

/* Index of the first child that is not less than the name. */
static size_t child_place(const struct tree_node *parent, const char *name, size_t len)
{
    size_t low = 0, high = parent->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct tree_node *child = parent->children[middle];
        if (w_name_raw_compare(child->name, child->len, name, len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_named(const struct tree_node *node, const char *name, size_t len)
{
    return node->len == len && memcmp(node->name, name, len) == 0;
}

size_t tree_find(const struct tree_node *parent, const char *name, size_t len)
{
    if (parent == NULL || parent->count == 0)
        return TREE_NONE;
    size_t place = child_place(parent, name, len);
    return place < parent->count && is_named(parent->children[place], name, len) ? place : TREE_NONE;
}

static const struct tree_node *next_sibling(const struct tree_node *node)
{
    const struct tree_node *parent = node->parent;
    size_t next = tree_find(parent, node->name, node->len) + 1;
    return next < parent->count ? parent->children[next] : NULL;
}

const struct tree_node *tree_next(const struct tree_node *node, const struct tree_node *top)
{
    if (node->count > 0)
        return node->children[0];
    for (; node != top; node = node->parent) {
        const struct tree_node *sibling = next_sibling(node);
        if (sibling != NULL)
            return sibling;
    }
    return NULL;
}

int tree_path(const struct tree_node *node, struct buf *out, struct hz_error *err)
{
    size_t len = 0;
    for (const struct tree_node *n = node; n->parent != NULL; n = n->parent)
        len += n->len + 1;
    unsigned char *text = buf_grow(out, len);
    if (text == NULL)
        return buf_check(out, err);
    for (const struct tree_node *n = node; n->parent != NULL; n = n->parent) {
        len -= n->len + 1;
        text[len] = '/';
        memcpy(text + len + 1, n->name, n->len);
    }
    return HZ_OK;
}

static int insert_child(struct tree_node *parent, size_t place, const char *name, size_t len, struct hz_error *err)
{
    if (parent->count == parent->room) {
        size_t room = parent->room == 0 ? 4 : parent->room * 2;
        struct tree_node **grown = realloc(parent->children, room * sizeof(struct tree_node *));
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        parent->children = grown;
        parent->room = room;
    }
    struct tree_node *node = node_new(parent, name, len);
    if (node == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    memmove(parent->children + place + 1, parent->children + place,
            (parent->count - place) * sizeof(struct tree_node *));
    parent->children[place] = node;
    parent->count++;
    return HZ_OK;
}

static int enter_child(struct tree_node **node, const char *name, size_t len, struct hz_error *err)
{
    struct tree_node *parent = *node;
    size_t place = child_place(parent, name, len);
    if (place == parent->count || !is_named(parent->children[place], name, len)) {
        int rc = insert_child(parent, place, name, len, err);
        if (rc != HZ_OK)
            return rc;
    }
    *node = parent->children[place];
    return HZ_OK;
}

static bool is_plain(const char *name, size_t len)
{
    return len > 0 && !(len == 1 && name[0] == '.') && !(len == 2 && name[0] == '.' && name[1] == '.');
}

int tree_add(struct tree_node *root, const char *path, size_t len, struct tree_node **node, struct hz_error *err)
{
    if (len == 0 || path[0] != '/')
        return hz_error_set(err, HZ_E_FORMAT, _("%s is not an absolute path"), path);
    struct tree_node *at = root;
    for (size_t start = 1; start < len;) {
        const char *slash = memchr(path + start, '/', len - start);
        size_t end = slash == NULL ? len : (size_t)(slash - path);
        if (!is_plain(path + start, end - start) || end == len - 1)
            return hz_error_set(err, HZ_E_FORMAT, _("%s is not a resolved path"), path);
        int rc = enter_child(&at, path + start, end - start, err);
        if (rc != HZ_OK)
            return rc;
        start = end + 1;
    }
    *node = at;
    return HZ_OK;
}

int tree_make(struct tree_node *root, const struct tree_made *made, struct hz_error *err)
{
    struct tree_node *node = root;
    int rc = enter_child(&node, made->name, strlen(made->name), err);
    if (rc != HZ_OK)
        return rc;
    node->asked = true;
    node->made = made;
    return HZ_OK;
}

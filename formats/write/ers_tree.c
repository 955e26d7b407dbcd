#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/ers.h"
#include "formats/write/ers_part.h"

#define LEVELS 40

struct group {
    unsigned char *digests; /* owned; ascending, each once */
    size_t count;
};

struct w_ers_tree {
    bool wide;            /* SHA-512 */
    struct group *groups; /* owned */
    size_t count, room;
    unsigned char *levels[LEVELS]; /* owned; 0: of the groups */
    size_t sizes[LEVELS];
    size_t height;
};

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

int w_ers_tree_new(struct w_ers_tree **out, bool wide, struct hz_error *err)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return no_memory(err);
    (*out)->wide = wide;
    return w_digest_init(err);
}

static size_t size_of(const struct w_ers_tree *tree)
{
    return tree->wide ? W_DIGEST_512_SIZE : W_DIGEST_SIZE;
}

void w_ers_tree_free(struct w_ers_tree *tree)
{
    if (tree == NULL)
        return;
    for (size_t i = 0; i < tree->count; i++)
        free(tree->groups[i].digests);
    for (size_t i = 0; i < tree->height; i++)
        free(tree->levels[i]);
    free(tree->groups);
    free(tree);
}

static int compare_narrow(const void *a, const void *b)
{
    return memcmp(a, b, W_DIGEST_SIZE);
}

static int compare_wide(const void *a, const void *b)
{
    return memcmp(a, b, W_DIGEST_512_SIZE);
}

/* Each once, in order; how many are left. */
static size_t put_in_order(unsigned char *digests, size_t count, bool wide)
{
    size_t size = wide ? W_DIGEST_512_SIZE : W_DIGEST_SIZE, left = 0;

    qsort(digests, count, size, wide ? compare_wide : compare_narrow);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || memcmp(digests + (left - 1) * size, digests + i * size, size) != 0)
            memmove(digests + left++ * size, digests + i * size, size);
    return left;
}

int w_ers_tree_add(struct w_ers_tree *tree, const void *digests, size_t count, size_t *leaf, struct hz_error *err)
{
    struct group g = { .digests = calloc(count, size_of(tree)) };

    if (tree->count == tree->room) {
        size_t room = tree->room > 0 ? 2 * tree->room : 64;
        struct group *groups = reallocarray(tree->groups, room, sizeof *groups);
        if (groups == NULL) {
            free(g.digests);
            return no_memory(err);
        }
        tree->groups = groups;
        tree->room = room;
    }
    if (g.digests == NULL)
        return no_memory(err);
    memcpy(g.digests, digests, count * size_of(tree));
    g.count = put_in_order(g.digests, count, tree->wide);
    *leaf = tree->count;
    tree->groups[tree->count++] = g;
    return HZ_OK;
}

static int join(const struct w_ers_tree *tree, const unsigned char *a, const unsigned char *b, unsigned char *out,
                struct hz_error *err)
{
    unsigned char both[2 * W_DIGEST_512_SIZE];
    size_t size = size_of(tree);
    bool ascending = memcmp(a, b, size) <= 0;

    memcpy(both, ascending ? a : b, size);
    memcpy(both + size, ascending ? b : a, size);
    return w_ers_part_digest(tree->wide, both, 2 * size, out, err);
}

static int make_leaves(struct w_ers_tree *tree, struct hz_error *err)
{
    size_t size = size_of(tree);
    unsigned char *level = calloc(tree->count, size);
    int rc = level != NULL ? HZ_OK : no_memory(err);

    if (rc == HZ_OK)
        tree->levels[tree->height++] = level;
    tree->sizes[0] = tree->count;
    for (size_t i = 0; rc == HZ_OK && i < tree->count; i++) {
        const struct group *g = &tree->groups[i];
        if (g->count == 1)
            memcpy(level + i * size, g->digests, size);
        else
            rc = w_ers_part_digest(tree->wide, g->digests, g->count * size, level + i * size, err);
    }
    return rc;
}

int w_ers_tree_root(struct w_ers_tree *tree, unsigned char *root, struct hz_error *err)
{
    size_t size = size_of(tree);
    int rc = make_leaves(tree, err);

    while (rc == HZ_OK && tree->sizes[tree->height - 1] > 1) {
        const unsigned char *below = tree->levels[tree->height - 1];
        size_t n = tree->sizes[tree->height - 1], up = (n + 1) / 2;
        unsigned char *level = calloc(up, size);
        if (level == NULL)
            return no_memory(err);
        tree->sizes[tree->height] = up;
        tree->levels[tree->height++] = level;
        for (size_t i = 0; rc == HZ_OK && i < n / 2; i++)
            rc = join(tree, below + 2 * i * size, below + (2 * i + 1) * size, level + i * size, err);
        if (n % 2 == 1) /* it goes up alone */
            memcpy(level + (up - 1) * size, below + (n - 1) * size, size);
    }
    if (rc == HZ_OK)
        memcpy(root, tree->levels[tree->height - 1], size);
    return rc;
}

static void put_hash(struct buf *list, const unsigned char *hash, size_t size)
{
    w_ers_part_put(list, 0x04, hash, size);
}

int w_ers_tree_reduced(const struct w_ers_tree *tree, size_t leaf, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf lists = BUF_INIT(W_ERS_MAX);
    HZ_CLEANUP(buf_free) struct buf first = BUF_INIT(W_ERS_MAX);
    const struct group *g = &tree->groups[leaf];
    size_t size = size_of(tree);
    bool open = true; /* the first list is not written yet: a single digest has its sibling in it */

    if (g->count > 1) {
        for (size_t i = 0; i < g->count; i++)
            put_hash(&first, g->digests + i * size, size);
        w_ers_part_put(&lists, 0x30, first.data, first.len);
        open = false;
    }
    for (size_t level = 0, at = leaf; level + 1 < tree->height; level++, at /= 2) {
        const unsigned char *nodes = tree->levels[level], *other = nodes + (at ^ 1) * size;
        if ((at ^ 1) >= tree->sizes[level])
            continue;
        buf_reset(&first);
        if (open) {
            bool ascending = memcmp(g->digests, other, size) <= 0;
            put_hash(&first, ascending ? g->digests : other, size);
            put_hash(&first, ascending ? other : g->digests, size);
        } else {
            put_hash(&first, other, size);
        }
        open = false;
        w_ers_part_put(&lists, 0x30, first.data, first.len);
    }
    if (lists.len > 0)
        w_ers_part_put(out, 0xa2, lists.data, lists.len);
    if (buf_check(&lists, err) != HZ_OK)
        return lists.failed;
    return buf_check(out, err);
}

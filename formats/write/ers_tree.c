#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "formats/write/ers.h"
#include "formats/write/ers_part.h"

#define LEVELS 40

typedef unsigned char node[W_DIGEST_SIZE];

struct group {
    node *digests; /* owned; ascending, each once */
    size_t count;
};

struct w_ers_tree {
    struct group *groups; /* owned */
    size_t count, room;
    node *levels[LEVELS]; /* owned; 0: of the groups */
    size_t sizes[LEVELS];
    size_t height;
};

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

int w_ers_tree_new(struct w_ers_tree **out, struct hz_error *err)
{
    *out = calloc(1, sizeof **out);
    return *out != NULL ? w_digest_init(err) : no_memory(err);
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

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, W_DIGEST_SIZE);
}

int w_ers_tree_add(struct w_ers_tree *tree, const unsigned char (*digests)[W_DIGEST_SIZE], size_t count, size_t *leaf,
                   struct hz_error *err)
{
    struct group g = { .digests = calloc(count, sizeof(node)) };

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
    memcpy(g.digests, digests, count * sizeof(node));
    qsort(g.digests, count, sizeof(node), compare);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || memcmp(g.digests[g.count - 1], g.digests[i], sizeof(node)) != 0)
            memmove(g.digests[g.count++], g.digests[i], sizeof(node));
    *leaf = tree->count;
    tree->groups[tree->count++] = g;
    return HZ_OK;
}

static int join(const node a, const node b, node out, struct hz_error *err)
{
    unsigned char both[2 * W_DIGEST_SIZE];
    bool ascending = compare(a, b) <= 0;

    memcpy(both, ascending ? a : b, W_DIGEST_SIZE);
    memcpy(both + W_DIGEST_SIZE, ascending ? b : a, W_DIGEST_SIZE);
    return w_digest_of(both, sizeof both, out, err);
}

static int make_leaves(struct w_ers_tree *tree, struct hz_error *err)
{
    node *level = calloc(tree->count, sizeof *level);
    int rc = level != NULL ? HZ_OK : no_memory(err);

    if (rc == HZ_OK)
        tree->levels[tree->height++] = level;
    tree->sizes[0] = tree->count;
    for (size_t i = 0; rc == HZ_OK && i < tree->count; i++) {
        const struct group *g = &tree->groups[i];
        if (g->count == 1)
            memcpy(level[i], g->digests[0], sizeof *level);
        else
            rc = w_digest_of(g->digests, g->count * sizeof(node), level[i], err);
    }
    return rc;
}

int w_ers_tree_root(struct w_ers_tree *tree, unsigned char root[W_DIGEST_SIZE], struct hz_error *err)
{
    int rc = make_leaves(tree, err);

    while (rc == HZ_OK && tree->sizes[tree->height - 1] > 1) {
        const node *below = (const node *)tree->levels[tree->height - 1];
        size_t n = tree->sizes[tree->height - 1], up = (n + 1) / 2;
        node *level = calloc(up, sizeof *level);
        if (level == NULL)
            return no_memory(err);
        tree->sizes[tree->height] = up;
        tree->levels[tree->height++] = level;
        for (size_t i = 0; rc == HZ_OK && i < n / 2; i++)
            rc = join(below[2 * i], below[2 * i + 1], level[i], err);
        if (n % 2 == 1) /* it goes up alone */
            memcpy(level[up - 1], below[n - 1], sizeof(node));
    }
    if (rc == HZ_OK)
        memcpy(root, tree->levels[tree->height - 1][0], W_DIGEST_SIZE);
    return rc;
}

static void put_hash(struct buf *list, const node hash)
{
    static const unsigned char head[] = { 0x04, W_DIGEST_SIZE };

    buf_put(list, head, sizeof head);
    buf_put(list, hash, W_DIGEST_SIZE);
}

int w_ers_tree_reduced(const struct w_ers_tree *tree, size_t leaf, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf lists = BUF_INIT(W_ERS_MAX);
    HZ_CLEANUP(buf_free) struct buf first = BUF_INIT(W_ERS_MAX);
    const struct group *g = &tree->groups[leaf];
    bool open = true; /* the first list is not written yet: a single digest has its sibling in it */

    if (g->count > 1) {
        for (size_t i = 0; i < g->count; i++)
            put_hash(&first, g->digests[i]);
        w_ers_part_put(&lists, 0x30, first.data, first.len);
        open = false;
    }
    for (size_t level = 0, at = leaf; level + 1 < tree->height; level++, at /= 2) {
        const node *nodes = (const node *)tree->levels[level];
        size_t beside = at ^ 1;
        if (beside >= tree->sizes[level])
            continue;
        buf_reset(&first);
        if (open) {
            bool ascending = compare(g->digests[0], nodes[beside]) <= 0;
            put_hash(&first, ascending ? g->digests[0] : nodes[beside]);
            put_hash(&first, ascending ? nodes[beside] : g->digests[0]);
        } else {
            put_hash(&first, nodes[beside]);
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

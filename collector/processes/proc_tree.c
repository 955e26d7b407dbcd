#include "collector/processes/proc_tree.h"

#include <stdlib.h>

#include "base/lang.h"

struct child {
    uint32_t parent;
    size_t no; /* in the table */
};

struct level {
    size_t next, end; /* in children */
};

struct tree {
    const struct proc_table *table;
    struct child *children; /* ascending by parent, then by number in the table, which is by pid */
    bool *done;
    struct level *levels;
    struct proc_branch *out;
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const struct child *x = a, *y = b;
    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    return x->no < y->no ? -1 : x->no > y->no;
}

static struct level children_of(const struct tree *t, uint32_t pid)
{
    size_t low = 0, high = t->table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->children[middle].parent < pid)
            low = middle + 1;
        else
            high = middle;
    }
    struct level l = { low, low };
    while (l.end < t->table->count && t->children[l.end].parent == pid)
        l.end++;
    return l;
}

static bool more_follow(const struct tree *t, struct level l)
{
    while (l.next < l.end && t->done[t->children[l.next].no])
        l.next++;
    return l.next < l.end;
}

static void put(struct tree *t, size_t no, unsigned depth, bool orphan)
{
    unsigned lines = 0;
    t->done[no] = true;
    for (unsigned i = 0; i < depth && i < PROC_TREE_DEEP; i++)
        lines |= more_follow(t, t->levels[i]) ? 1u << i : 0;
    t->out[t->count++] =
        (struct proc_branch) { .p = t->table->list[no], .no = no, .depth = depth, .lines = lines, .orphan = orphan };
}

/* Everything below one process; levels has room for all, since each is entered once. */
static void put_below(struct tree *t, size_t no, bool orphan)
{
    unsigned depth = 0;
    put(t, no, 0, orphan);
    t->levels[depth++] = children_of(t, t->table->list[no]->pid);
    while (depth > 0) {
        struct level *l = &t->levels[depth - 1];
        while (l->next < l->end && t->done[t->children[l->next].no])
            l->next++;
        if (l->next == l->end) {
            depth--;
            continue;
        }
        size_t child = t->children[l->next++].no;
        put(t, child, depth, false);
        t->levels[depth++] = children_of(t, t->table->list[child]->pid);
    }
}

static uint32_t parent_of(const struct proc *p)
{
    return p->state == PROC_SEEN ? p->stat.ppid : 0;
}

static bool has_parent(const struct proc_table *t, const struct proc *p)
{
    return parent_of(p) != 0 && proc_table_find(t, parent_of(p)) != NULL;
}

static void order(struct tree *t)
{
    const struct proc_table *table = t->table;
    for (size_t i = 0; i < table->count; i++)
        t->children[i] = (struct child) { parent_of(table->list[i]), i };
    if (table->count > 1)
        qsort(t->children, table->count, sizeof *t->children, compare);
    for (size_t i = 0; i < table->count; i++) {
        if (!has_parent(table, table->list[i]))
            put_below(t, i, parent_of(table->list[i]) != 0);
    }
    for (size_t i = 0; i < table->count; i++) { /* what is left is a loop */
        if (!t->done[i])
            put_below(t, i, true);
    }
}

int proc_tree_order(const struct proc_table *t, struct proc_branch **out, struct hz_error *err)
{
    struct tree tree = { .table = t };
    tree.children = calloc(t->count + 1, sizeof *tree.children);
    tree.done = calloc(t->count + 1, sizeof *tree.done);
    tree.levels = calloc(t->count + 1, sizeof *tree.levels);
    tree.out = calloc(t->count + 1, sizeof *tree.out);
    bool room = tree.children != NULL && tree.done != NULL && tree.levels != NULL && tree.out != NULL;
    if (room)
        order(&tree);
    free(tree.children);
    free(tree.done);
    free(tree.levels);
    if (!room) {
        free(tree.out);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    *out = tree.out;
    return HZ_OK;
}

#include "collector/profiles/quota.h"

#include <string.h>

#include "base/lang.h"

void quota_begin(struct quota *q, const struct collect_options *o)
{
    *q = (struct quota) { .max_file_size = o->profiles.max_file_size, .total = o->profiles.total };
    atomic_init(&q->used, 0);
}

static bool typed(const struct collect_options *o, const char *source)
{
    for (size_t i = 0; i < o->typed_source_count; i++)
        if (strcmp(o->typed_sources[i], source) == 0)
            return true;
    return strcmp(source, "recent-files") == 0 && o->recent_content_named;
}

void quota_source(struct quota *q, const struct collect_options *o, const char *source, const struct tree_node *tree)
{
    q->tree = typed(o, source) ? NULL : tree;
}

/* Named itself, or below something that is. */
static bool is_named(const struct tree_node *tree, struct w_bytes origin)
{
    const struct tree_node *node = tree;
    const char *path = origin.data;
    for (size_t at = 0; node != NULL;) {
        if (node->asked && node->named)
            return true;
        while (at < origin.len && path[at] == '/')
            at++;
        if (at == origin.len)
            return false;
        const char *slash = memchr(path + at, '/', origin.len - at);
        size_t len = slash == NULL ? origin.len - at : (size_t)(slash - (path + at));
        size_t child = tree_find(node, path + at, len);
        node = child == TREE_NONE ? NULL : node->children[child];
        at += len;
    }
    return false;
}

const char *quota_admit(struct quota *q, struct w_bytes origin, uint64_t size, bool *failure)
{
    if ((q->max_file_size == 0 && q->total == 0) || q->tree == NULL || is_named(q->tree, origin))
        return NULL;
    *failure = false;
    if (q->max_file_size > 0 && size > q->max_file_size)
        return N_("larger than the profile takes");
    uint64_t used = atomic_load(&q->used);
    *failure = true;
    if (q->total > 0 && (used > q->total || size > q->total - used))
        return N_("more in all than the profile takes");
    atomic_store(&q->used, used + size);
    return NULL;
}

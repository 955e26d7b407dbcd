#include "custody/project_node.h"

#include <string.h>

#include "base/lang.h"

static int find(struct store *s, unsigned level, uint64_t position, unsigned char out[W_DIGEST_SIZE],
                struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;
    const void *hash;
    size_t len = 0;
    bool row;
    int rc;

    query_open(&q, s,
               level == 0 ? "SELECT leaf FROM entry WHERE sequence = ?1"
                          : "SELECT hash FROM node WHERE position = ?1 AND level = ?2");
    query_int(&q, 1, position);
    if (level > 0)
        query_int(&q, 2, level);
    rc = query_row(&q, &row, err);
    if (rc != HZ_OK)
        return rc;
    hash = row ? query_get_blob(&q, 0, &len) : NULL;
    if (hash == NULL || len != W_DIGEST_SIZE)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: a part of the tree is missing; run hozen custody audit"), s->path);
    memcpy(out, hash, W_DIGEST_SIZE);
    return HZ_OK;
}

static int tree_node(void *context, unsigned level, uint64_t position, unsigned char out[W_DIGEST_SIZE],
                     struct hz_error *err)
{
    return find(context, level, position, out, err);
}

struct w_proof_tree project_tree(struct store *s)
{
    return (struct w_proof_tree) { tree_node, s };
}

static int insert(struct store *s, unsigned level, uint64_t position, const unsigned char hash[W_DIGEST_SIZE],
                  uint64_t sequence, struct hz_error *err)
{
    HZ_CLEANUP(query_close) struct query q;

    query_open(&q, s, "INSERT INTO node VALUES (?1, ?2, ?3, ?4)");
    query_int(&q, 1, level);
    query_int(&q, 2, position);
    query_blob(&q, 3, hash, W_DIGEST_SIZE);
    query_int(&q, 4, sequence);
    return query_run(&q, err);
}

int project_node(struct store *s, uint64_t sequence, const unsigned char leaf[W_DIGEST_SIZE], const unsigned char *left,
                 struct hz_error *err)
{
    unsigned char hash[W_DIGEST_SIZE], sibling[W_DIGEST_SIZE];
    uint64_t position = sequence;
    int rc = HZ_OK;

    memcpy(hash, leaf, sizeof hash);
    for (unsigned level = 0; rc == HZ_OK && (position & 1) != 0; level++, position >>= 1) {
        if (level > 0)
            rc = find(s, level, position - 1, sibling, err);
        else
            memcpy(sibling, left, sizeof sibling);
        if (rc == HZ_OK)
            rc = w_proof_join(sibling, hash, hash, err);
        if (rc == HZ_OK)
            rc = insert(s, level + 1, position >> 1, hash, sequence, err);
    }
    return rc;
}

#include <string.h>

#include "formats/read/ers_part.h"

#define SEQUENCE 0x30
#define INTEGER 0x02
#define OCTETS 0x04
#define OBJECT 0x06
#define NOTHING 0x05
#define DIGEST 0xa0 /* [0] and [2] of an ArchiveTimeStamp, implicit */
#define TREE 0xa2
#define ALGORITHMS 4 /* listed, at most */

bool r_ers_part_take(struct r_ers_span *from, unsigned char tag, struct r_ers_span *content, struct r_ers_span *whole)
{
    size_t head = 2, len, i;

    if (from->len < 2 || from->at[0] != tag)
        return false;
    len = from->at[1];
    if (len >= 0x80) {
        size_t bytes = len & 0x7f;
        if (bytes == 0 || bytes > 3 || from->len < 2 + bytes || from->at[2] == 0)
            return false;
        for (len = i = 0; i < bytes; i++)
            len = len << 8 | from->at[2 + i];
        if (len < 0x80)
            return false;
        head += bytes;
    }
    if (from->len - head < len)
        return false;
    if (content)
        *content = (struct r_ers_span) { from->at + head, len };
    if (whole)
        *whole = (struct r_ers_span) { from->at, head + len };
    from->at += head + len;
    from->len -= head + len;
    return true;
}

/* OID and no parameters, or NULL. */
static bool read_algorithm(struct r_ers_span body, bool *wide)
{
    static const unsigned char base[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 };
    struct r_ers_span oid, nothing;

    if (!r_ers_part_take(&body, OBJECT, &oid, NULL) || oid.len != sizeof base + 1 ||
        memcmp(oid.at, base, sizeof base) != 0 || (oid.at[sizeof base] != 1 && oid.at[sizeof base] != 3))
        return false;
    *wide = oid.at[sizeof base] == 3;
    if (body.len == 0)
        return true;
    return r_ers_part_take(&body, NOTHING, &nothing, NULL) && nothing.len == 0 && body.len == 0;
}

static bool read_algorithms(struct r_ers_span list, struct r_ers_part_record *out)
{
    size_t n = 0;

    for (; list.len > 0; n++) {
        struct r_ers_span one;
        bool wide;
        if (n == ALGORITHMS || !r_ers_part_take(&list, SEQUENCE, &one, NULL) || !read_algorithm(one, &wide))
            return false;
        out->wide_listed = out->wide_listed || wide;
        out->narrow_listed = out->narrow_listed || !wide;
    }
    return n > 0;
}

static bool read_stamp(struct r_ers_span body, unsigned chain, struct r_ers_part_stamp *out)
{
    struct r_ers_span digest;

    *out = (struct r_ers_part_stamp) { .chain = chain };
    out->states = r_ers_part_take(&body, DIGEST, &digest, NULL);
    if (out->states && !read_algorithm(digest, &out->wide))
        return false;
    out->reduced = r_ers_part_take(&body, TREE, &out->tree, NULL);
    return r_ers_part_take(&body, SEQUENCE, NULL, &out->token) && body.len == 0;
}

static enum r_ers_why read_chains(struct r_ers_part_record *out)
{
    struct r_ers_span left = out->chains, chain;

    for (unsigned n = 0; left.len > 0; n++) {
        if (!r_ers_part_take(&left, SEQUENCE, &chain, NULL) || chain.len == 0)
            return R_ERS_FORM;
        for (struct r_ers_span one; chain.len > 0; out->count++) {
            if (out->count == R_ERS_STAMPS)
                return R_ERS_LARGE;
            if (!r_ers_part_take(&chain, SEQUENCE, &one, NULL) || !read_stamp(one, n, &out->stamps[out->count]))
                return R_ERS_FORM;
        }
        out->ends[n] = left.at;
    }
    return out->count > 0 ? R_ERS_GOOD : R_ERS_FORM;
}

enum r_ers_why r_ers_part_parse(const void *bytes, size_t len, struct r_ers_part_record *out)
{
    struct r_ers_span all = { bytes, len }, body, version, algorithms;

    memset(out, 0, sizeof *out);
    if (len > R_ERS_MAX)
        return R_ERS_LARGE;
    if (!r_ers_part_take(&all, SEQUENCE, &body, NULL) || all.len != 0 ||
        !r_ers_part_take(&body, INTEGER, &version, NULL) || version.len != 1 || version.at[0] != 1 ||
        !r_ers_part_take(&body, SEQUENCE, &algorithms, NULL) || !read_algorithms(algorithms, out) ||
        !r_ers_part_take(&body, SEQUENCE, &out->chains, NULL) || body.len != 0)
        return R_ERS_FORM;
    return read_chains(out);
}

struct list {
    const unsigned char *hashes[R_ERS_HASHES + 1]; /* and the one of the list before */
    size_t count;
};

static bool read_list(struct r_ers_span from, size_t size, struct list *out)
{
    struct r_ers_span one;

    for (out->count = 0; from.len > 0; out->count++) {
        if (out->count == R_ERS_HASHES || !r_ers_part_take(&from, OCTETS, &one, NULL) || one.len != size)
            return false;
        out->hashes[out->count] = one.at;
    }
    return out->count > 0;
}

/* One digest over all of them in ascending order. */
static void join(struct list *list, bool wide, unsigned char *out)
{
    size_t size = wide ? R_SHA512_SIZE : R_SHA256_SIZE;
    unsigned char all[(R_ERS_HASHES + 1) * R_SHA512_SIZE];

    for (size_t i = 1; i < list->count; i++)
        for (size_t k = i; k > 0 && memcmp(list->hashes[k - 1], list->hashes[k], size) > 0; k--) {
            const unsigned char *swap = list->hashes[k];
            list->hashes[k] = list->hashes[k - 1];
            list->hashes[k - 1] = swap;
        }
    for (size_t i = 0; i < list->count; i++)
        memcpy(all + i * size, list->hashes[i], size);
    r_ers_part_digest(wide, all, list->count * size, out);
}

void r_ers_part_digest(bool wide, const void *bytes, size_t len, unsigned char *out)
{
    if (wide)
        r_hash_sha512(out, bytes, len);
    else
        r_hash_sha256(out, bytes, len);
}

bool r_ers_part_root(struct r_ers_span tree, bool wide, const unsigned char (*wanted)[R_SHA512_SIZE], bool *found,
                     size_t count, unsigned char root[R_SHA512_SIZE])
{
    size_t size = wide ? R_SHA512_SIZE : R_SHA256_SIZE, n = 0;
    unsigned char node[R_SHA512_SIZE];
    struct r_ers_span one;
    struct list list;

    for (; tree.len > 0; n++) {
        if (n == R_ERS_LISTS || !r_ers_part_take(&tree, SEQUENCE, &one, NULL) || !read_list(one, size, &list))
            return false;
        for (size_t i = 0; n == 0 && i < count; i++)
            for (size_t k = 0; k < list.count && !found[i]; k++)
                found[i] = memcmp(list.hashes[k], wanted[i], size) == 0;
        if (n > 0)
            list.hashes[list.count++] = node;
        if (list.count == 1) /* the digest of a single file is its own node */
            memcpy(root, list.hashes[0], size);
        else
            join(&list, wide, root);
        memcpy(node, root, size);
    }
    return n > 0;
}

#include "custody/archive_record.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

void archive_record_free(struct archive_records *r)
{
    for (size_t i = 0; i < r->count; i++) {
        buf_free(&r->list[i].found);
        buf_free(&r->list[i].made);
        free(r->list[i].wides);
    }
    free(r->list);
    memset(r, 0, sizeof *r);
}

static int add_digest(struct archive_record *r, const char *hex, struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];

    if (text_unhex(digest, sizeof digest, hex, strlen(hex)) != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: its digest is none"), r->copies->item);
    for (size_t i = 0; i < r->digest_count; i++)
        if (memcmp(r->digests[i], digest, sizeof digest) == 0)
            return HZ_OK;
    if (r->digest_count == R_ERS_OBJECTS)
        return hz_error_set(err, HZ_E_LIMIT, _("%s: more than %d files lie beside its copies"), r->copies->item,
                            R_ERS_OBJECTS - 1);
    memcpy(r->digests[r->digest_count++], digest, sizeof digest);
    return HZ_OK;
}

/* The first copy of this item and digest begins a group; the others are in it. */
static bool is_in(const struct archive_record *r, const struct archive_copy *c)
{
    return strcmp(r->copies->item, c->item) == 0 && strcmp(r->copies->sha256, c->sha256) == 0;
}

static int take_copy(struct archive_records *out, const struct archive_copy *c, struct hz_error *err)
{
    struct archive_record *r = out->count > 0 ? &out->list[out->count - 1] : NULL;
    int rc = HZ_OK;

    if (r == NULL || !is_in(r, c)) {
        r = &out->list[out->count++];
        memset(r, 0, sizeof *r);
        r->copies = c;
        buf_init(&r->found, W_ERS_MAX);
        buf_init(&r->made, W_ERS_MAX);
        rc = add_digest(r, c->sha256, err);
    }
    r->copy_count = (size_t)(c - r->copies) + 1;
    for (size_t i = 0; rc == HZ_OK && i < c->beside_count; i++)
        if (c->beside[i].record)
            r->named = true;
        else
            rc = add_digest(r, c->beside[i].sha256, err);
    return rc;
}

int archive_record_group(struct archive_records *out, const struct archive_held *held, struct hz_error *err)
{
    int rc = HZ_OK;

    out->list = calloc(held->count + 1, sizeof *out->list);
    if (out->list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; rc == HZ_OK && i < held->count; i++)
        if (held->list[i].file != NULL)
            rc = take_copy(out, &held->list[i], err);
    return rc;
}

static const unsigned char unknown[W_DIGEST_512_SIZE]; /* no SHA-512 of a file that could be read */

int archive_record_judge(const struct archive_record *r, const struct buf *bytes, const struct r_timestamp_roots *roots,
                         struct r_ers *out, struct hz_error *err)
{
    struct r_ers_object objects[R_ERS_OBJECTS];
    const bool wide = r->wides != NULL && memcmp(r->wides[0], unknown, sizeof unknown) != 0;
    struct r_ers_order order = { objects, r->digest_count, wide, roots, stamp_now() };

    memset(objects, 0, sizeof objects);
    for (size_t i = 0; i < r->digest_count; i++)
        memcpy(objects[i].sha256, r->digests[i], W_DIGEST_SIZE);
    for (size_t i = 0; r->wides != NULL && i < r->digest_count; i++)
        memcpy(objects[i].sha512, r->wides[i], W_DIGEST_512_SIZE);
    return r_ers_check(bytes->len > 0 ? bytes->data : (const unsigned char *)"", bytes->len, &order, out, err);
}

int archive_record_named(const struct buf *bytes, const char *sha256, struct buf *out)
{
    char digest[W_DIGEST_HEX];
    struct hz_error ignored = { 0 };
    int rc;

    buf_put(out, bytes->data, bytes->len);
    for (rc = out->failed; rc == HZ_OK;) {
        struct buf before = BUF_INIT(W_ERS_MAX);
        rc = w_digest_hex_of(out->data, out->len, digest, &ignored);
        if (rc == HZ_OK && strcmp(digest, sha256) == 0)
            return HZ_OK;
        if (rc == HZ_OK)
            rc = w_ers_before(out, &before, &ignored);
        buf_free(out);
        *out = before;
    }
    return rc;
}

/* The record that the ledger says to lie beside one of these copies, in these bytes; of several the longest. */
static int take_named(const struct archive_record *r, const struct buf *bytes, struct buf *out)
{
    for (size_t i = 0; i < r->copy_count; i++)
        for (size_t k = 0; k < r->copies[i].beside_count; k++) {
            HZ_CLEANUP(buf_free) struct buf one = BUF_INIT(W_ERS_MAX);
            if (!r->copies[i].beside[k].record ||
                archive_record_named(bytes, r->copies[i].beside[k].sha256, &one) != HZ_OK || one.len <= out->len)
                continue;
            buf_reset(out);
            buf_put(out, one.data, one.len);
        }
    return out->len > 0 ? HZ_OK : HZ_E_NOTFOUND;
}

static int worth(const struct r_ers *said)
{
    return said->status == R_ERS_PROVEN ? 2 : said->status == R_ERS_LAPSED ? 0 : 1;
}

/* From when on it proves, or else says to. */
static struct stamp begin_of(const struct r_ers *said)
{
    return said->stamps[said->status == R_ERS_PROVEN ? said->since : 0].token.time;
}

/* Whoever can write to one medium can make a record that looks older than the true one. */
static bool is_better(const struct archive_record *r, const struct r_ers *said, bool recorded)
{
    int earlier = stamp_compare(begin_of(said), begin_of(&r->said));
    int later = stamp_compare(said->stamps[said->count - 1].token.time, r->said.stamps[r->said.count - 1].token.time);

    if (recorded != r->recorded)
        return recorded;
    if (worth(said) != worth(&r->said))
        return worth(said) > worth(&r->said);
    return earlier != 0 ? earlier < 0 : later > 0;
}

static enum archive_record_use use_of(const struct r_ers *said)
{
    if (said->why == R_ERS_WIDE)
        return ARCHIVE_RECORD_WIDE;
    if (said->why == R_ERS_CRASH || said->count == R_ERS_STAMPS)
        return ARCHIVE_RECORD_FULL;
    return said->status == R_ERS_INVALID ? ARCHIVE_RECORD_VOID : ARCHIVE_RECORD_GOOD;
}

int archive_record_offer(struct archive_record *r, const struct buf *bytes, const struct r_timestamp_roots *roots,
                         enum archive_record_use *use, bool *recorded, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf named = BUF_INIT(W_ERS_MAX);
    struct r_ers said;
    int rc;

    *recorded = r->named && take_named(r, bytes, &named) == HZ_OK;
    bytes = *recorded ? &named : bytes;
    rc = archive_record_judge(r, bytes, roots, &said, err);
    if (rc != HZ_OK)
        return rc;
    *use = use_of(&said);
    if (*use != ARCHIVE_RECORD_GOOD || (r->found.len > 0 && !is_better(r, &said, *recorded)))
        return HZ_OK;
    r->said = said;
    r->recorded = *recorded;
    buf_reset(&r->found);
    buf_put(&r->found, bytes->data, bytes->len);
    return buf_check(&r->found, err);
}

static bool proves_more(const struct r_ers *said, const struct r_ers *than)
{
    return said->status == R_ERS_PROVEN &&
           (than->status != R_ERS_PROVEN || stamp_compare(begin_of(said), begin_of(than)) < 0);
}

int archive_record_settle(struct archive_record *r, const struct r_timestamp_roots *roots, size_t *cut,
                          struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf state = BUF_INIT(W_ERS_MAX);
    const size_t count = r->said.count;
    int rc = HZ_OK;

    *cut = 0;
    if (r->found.len == 0 || (r->said.status == R_ERS_PROVEN && r->said.since == 0))
        return HZ_OK;
    buf_put(&state, r->found.data, r->found.len);
    for (size_t left = count - 1; rc == HZ_OK && left > 0; left--) {
        struct buf before = BUF_INIT(W_ERS_MAX);
        struct r_ers said;
        rc = w_ers_before(&state, &before, err);
        buf_free(&state);
        state = before;
        if (rc == HZ_OK && r->said.stamps[left - 1].token.status == R_TIMESTAMP_PROVEN)
            rc = archive_record_judge(r, &state, roots, &said, err);
        else
            continue;
        if (rc != HZ_OK || !proves_more(&said, &r->said))
            continue;
        r->said = said;
        *cut = count - left;
        buf_reset(&r->found);
        buf_put(&r->found, state.data, state.len);
        rc = buf_check(&r->found, err);
    }
    return rc;
}

bool archive_record_is_wide(const struct archive_record *r)
{
    return r->found.len > 0 && r->said.stamps[r->said.count - 1].wide;
}

struct leaf {
    unsigned char digest[W_DIGEST_512_SIZE];
    size_t number;
};

/* What a new chain of SHA-512 is about: all of it, or of what its record covers so far. */
static int add_group(struct w_ers_tree *tree, struct archive_record *r, struct hz_error *err)
{
    unsigned char digests[R_ERS_OBJECTS][W_DIGEST_512_SIZE];
    size_t count = 0;
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < r->digest_count; i++) {
        if (memcmp(r->wides[i], unknown, sizeof unknown) == 0 || (r->found.len > 0 && !r->said.covers[i]))
            continue;
        if (r->found.len > 0)
            rc = w_ers_object(&r->found, r->wides[i], digests[count], err);
        else
            memcpy(digests[count], r->wides[i], W_DIGEST_512_SIZE);
        count++;
    }
    return rc == HZ_OK ? w_ers_tree_add(tree, digests, count, &r->leaf, err) : rc;
}

static int add_leaf(struct w_ers_tree *tree, bool wide, struct archive_record *r, struct leaf *known,
                    size_t *known_count, struct hz_error *err)
{
    struct leaf last = { .number = 0 };
    int rc;

    if (wide && !archive_record_is_wide(r))
        return add_group(tree, r, err);
    if (r->found.len == 0)
        return w_ers_tree_add(tree, r->digests, r->digest_count, &r->leaf, err);
    rc = w_ers_last(&r->found, wide, last.digest, err);
    for (size_t i = 0; rc == HZ_OK && i < *known_count; i++)
        if (memcmp(known[i].digest, last.digest, sizeof last.digest) == 0) {
            r->leaf = known[i].number;
            return HZ_OK;
        }
    if (rc == HZ_OK)
        rc = w_ers_tree_add(tree, last.digest, 1, &r->leaf, err);
    last.number = r->leaf;
    known[(*known_count)++] = last;
    return rc;
}

static void release(struct leaf **known)
{
    free(*known);
}

int archive_record_tree(struct archive_records *r, struct w_ers_tree *tree, bool wide,
                        unsigned char root[W_DIGEST_512_SIZE], struct hz_error *err)
{
    HZ_CLEANUP(release) struct leaf *known = calloc(r->count + 1, sizeof *known);
    size_t known_count = 0, reached = 0;
    int rc = known != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));

    for (size_t i = 0; rc == HZ_OK && i < r->count; i++)
        if (r->list[i].reached) {
            reached++;
            rc = add_leaf(tree, wide, &r->list[i], known, &known_count, err);
        }
    if (rc == HZ_OK && reached == 0)
        return hz_error_set(
            err, HZ_E_NOTFOUND, "%s",
            _("no copy of the archive is there, or none with a record to go on with: nothing was stamped"));
    return rc == HZ_OK ? w_ers_tree_root(tree, root, err) : rc;
}

static int make_one(struct archive_record *r, const struct w_ers_tree *tree, bool wide, const unsigned char *token,
                    size_t token_len, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reduced = BUF_INIT(W_ERS_MAX);
    int rc = w_ers_tree_reduced(tree, r->leaf, &reduced, err);

    if (rc != HZ_OK)
        return rc;
    if (r->found.len == 0)
        return w_ers_begin(wide, &reduced, token, token_len, &r->made, err);
    return wide && !archive_record_is_wide(r) ? w_ers_rechain(&r->found, &reduced, token, token_len, &r->made, err)
                                              : w_ers_renew(&r->found, wide, &reduced, token, token_len, &r->made, err);
}

int archive_record_make(struct archive_records *r, const struct w_ers_tree *tree, bool wide, const struct buf *answer,
                        const struct r_timestamp_roots *roots, struct hz_error *err)
{
    const unsigned char *token;
    size_t len;
    int rc = w_ers_token(answer->data, answer->len, &token, &len, err);

    for (size_t i = 0; rc == HZ_OK && i < r->count; i++) {
        struct archive_record *one = &r->list[i];
        struct r_ers said;
        if (!one->reached)
            continue;
        rc = make_one(one, tree, wide, token, len, err);
        if (rc == HZ_OK)
            rc = archive_record_judge(one, &one->made, roots, &said, err);
        if (rc == HZ_OK && said.status != R_ERS_PROVEN)
            rc = hz_error_set(err, HZ_E_INVALID, _("%s: the new evidence record would not hold: %s"), one->copies->item,
                              _(r_ers_sentence(said.why)));
        if (rc != HZ_OK)
            return rc;
    }
    return rc;
}

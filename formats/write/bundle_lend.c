#include "base/lang.h"
#include "formats/write/bundle_state.h"
#include "formats/write/tarhead.h"

int w_bundle_lend(struct w_bundle *b, const void *bytes, size_t len, struct w_loan *loan, struct hz_error *err)
{
    bool first = b->state == W_BUNDLE_BETWEEN;
    int rc = first ? w_bundle_check_room(b, 0, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = w_bundle_enter(b, first ? W_BUNDLE_BETWEEN : W_BUNDLE_LENT, err);
    if (rc != HZ_OK)
        return rc;
    b->lent += len;
    return w_bundle_leave(b, W_BUNDLE_LENT, w_stream_lend(b->members.stream, bytes, len, loan, err), err);
}

static int check_lent(struct w_bundle *b, const struct w_ready *r, struct hz_error *err)
{
    const char *name = w_members_name(&b->members, r->path, err);
    if (name == NULL)
        return b->members.path.failed;
    if (b->lent != w_tarhead_length(name, r->size) + r->size + w_tarhead_padding(r->size))
        return hz_error_set(err, HZ_E_FORMAT, _("%s: %llu bytes are not what such a file takes"), r->path,
                            (unsigned long long)b->lent);
    return HZ_OK;
}

static int put_ready(struct w_bundle *b, const struct w_ready *r, struct hz_error *err)
{
    struct w_sources_row *source = NULL;
    int rc = w_sources_next(&b->sources, r->source, r->path, err);
    if (rc == HZ_OK)
        rc = check_lent(b, r, err);
    if (rc == HZ_OK)
        rc = w_sources_row(&b->sources, r->source, &source, err);
    if (rc == HZ_OK)
        rc = w_manifest_put(&b->manifest, r->path, r->sha256, r->sha512, err);
    if (rc == HZ_OK)
        rc = w_catalog_put(&b->catalog, &b->members, r->line, r->line_len, r->leaf, err);
    if (rc != HZ_OK)
        return rc;
    w_sources_count(&b->sources, source, (struct w_counts) { .collected = 1 });
    b->bytes += r->size;
    b->lent = 0;
    return HZ_OK;
}

int w_bundle_ready(struct w_bundle *b, const struct w_ready *r, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_LENT, err);
    return rc == HZ_OK ? w_bundle_leave(b, W_BUNDLE_BETWEEN, put_ready(b, r, err), err) : rc;
}

uint64_t w_bundle_mtime(const struct w_bundle *b)
{
    return b->members.mtime;
}

/* How large the bundle is, and is going to be. */
#include "formats/write/bundle_state.h"
#include "formats/write/finish.h"

/* Rows but those of the catalog's segment at work: they only become more. */
static uint64_t rest_of(const struct w_bundle *b)
{
    return b->objects.total + b->absent.total + b->actions.total + w_manifest_bytes(&b->manifest);
}

/* At least so many bytes of the file at work: its header and padding are lent with it. */
static uint64_t begun(const struct w_bundle *b)
{
    const uint64_t around = 4096;
    return b->state == W_BUNDLE_IN_FILE ? b->given : b->lent > around ? b->lent - around : 0;
}

void w_bundle_progress(const struct w_bundle *b, struct w_bundle_progress *out)
{
    uint64_t rest = rest_of(b), segment = b->catalog.spool.total;
    bool same = b->settled.segments == b->catalog.segments;
    w_stream_progress(b->members.stream, &out->written, &out->in_flight);
    out->payload = b->bytes + begun(b);
    out->rows = rest + segment;
    out->rows_rest = rest - b->settled.rest + (same ? segment - b->settled.segment : segment);
    out->rows_out = b->settled.rest_out + (same ? b->settled.segment_out : 0) + out->rows_rest;
}

static int written_by(struct w_members *m, uint64_t *bytes, struct hz_error *err)
{
    uint64_t in_flight = 0;
    int rc = w_stream_settle(m->stream, err);
    if (rc == HZ_OK)
        w_stream_progress(m->stream, bytes, &in_flight);
    return rc;
}

/* With the names and in the order of the end, so that pieces begin and end where they will. */
static int measure(struct w_bundle *b, struct w_members *m, struct hz_error *err)
{
    uint64_t segment = 0, all = 0;
    int rc = w_members_tag_copy(m, "meta/catalog-000000.jsonl", &b->catalog.spool, err);
    if (rc == HZ_OK)
        rc = written_by(m, &segment, err);
    if (rc == HZ_OK)
        rc = w_finish_rows(b, m, err);
    if (rc == HZ_OK)
        rc = w_manifest_write(&b->manifest, m, err);
    if (rc == HZ_OK)
        rc = written_by(m, &all, err);
    if (rc != HZ_OK)
        return rc;
    b->settled.segments = b->catalog.segments;
    b->settled.segment = b->catalog.spool.total;
    b->settled.segment_out = segment;
    b->settled.rest = rest_of(b);
    b->settled.rest_out = all - segment;
    return HZ_OK;
}

int w_bundle_settle(struct w_bundle *b, struct hz_error *err)
{
    return w_stream_settle(b->members.stream, err);
}

int w_bundle_measure(struct w_bundle *b, struct hz_error *err)
{
    const struct w_stream_config nowhere = { .fd = -1, .compress = b->compress, .threads = 1 };
    struct w_members m;
    int rc = w_members_open(&m, b->item, &nowhere, b->started, b->manifest.sha512, err);
    if (rc == HZ_OK)
        rc = measure(b, &m, err);
    w_members_close(&m);
    return rc;
}

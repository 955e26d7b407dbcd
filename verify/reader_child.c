#include <string.h>

#include "base/child.h"
#include "base/io_rw.h"
#include "base/jail.h"
#include "base/lang.h"
#include "verify/fact_feed.h"
#include "verify/reader.h"
#include "verify/reader_rows.h"

/* Far more than it needs: what a reader that was fooled cannot go beyond. */
#define MEMORY ((size_t)512 << 20)

struct child {
    const struct reader_job *job;
    uint64_t begin; /* where in the file the bundle begins, when can_seek */
    bool can_seek;
    struct r_pool *pool;
    struct wire_out wire;
    struct fact_feed facts;
};

static int child_read(void *context, void *bytes, size_t len, size_t *got, struct hz_error *err)
{
    const struct child *c = context;

    return io_read(c->job->fd, bytes, len, got, err);
}

static int child_seek(void *context, uint64_t offset, struct hz_error *err)
{
    const struct child *c = context;

    return io_seek(c->job->fd, c->begin + offset, err);
}

static bool on_leave(void *context, const char *path)
{
    const struct child *c = context;

    return c->job->leave(c->job->leave_context, path);
}

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct child *c = context;

    if (c->job->want_facts)
        fact_feed_begin(&c->facts, path);
    if (!c->job->want_data)
        return HZ_OK;
    wire_begin(&c->wire, WIRE_FILE);
    wire_string(&c->wire, path);
    wire_u64(&c->wire, size);
    return wire_end(&c->wire, err);
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct child *c = context;
    int code = c->job->want_facts ? fact_feed_put(&c->facts, bytes, len, err) : HZ_OK;

    if (code || !c->job->want_data)
        return code;
    wire_begin(&c->wire, WIRE_DATA);
    wire_bytes(&c->wire, bytes, len);
    return wire_end(&c->wire, err);
}

static int on_file_end(void *context, struct hz_error *err)
{
    struct child *c = context;
    int code = c->job->want_facts ? fact_feed_end(&c->facts, err) : HZ_OK;

    if (code || !c->job->want_data)
        return code;
    wire_begin(&c->wire, WIRE_FILE_END);
    return wire_end(&c->wire, err);
}

static int on_entry(void *context, const struct r_entry *e, struct hz_error *err)
{
    return reader_send_entry(&((struct child *)context)->wire, e, err);
}

static int on_record(void *context, const struct r_record *r, struct hz_error *err)
{
    struct child *c = context;

    if (r->kind == R_RECORD_ACTION)
        return c->job->want_whys ? reader_send_why(&c->wire, r, err) : HZ_OK;
    return c->job->want_rows ? reader_send_record(&c->wire, r, err) : HZ_OK;
}

/* At most ACCOUNT_TEXT_MAX bytes, ending before a NUL and at the end of a character */
static void put_text(struct wire_out *w, struct buf *text)
{
    char copy[ACCOUNT_TEXT_MAX + 1];
    size_t n = text->len < ACCOUNT_TEXT_MAX ? text->len : ACCOUNT_TEXT_MAX;

    while (n < text->len && n && (text->data[n] & 0xc0) == 0x80)
        n--;
    memcpy(copy, n ? text->data : (const unsigned char *)"", n);
    copy[n] = 0;
    wire_string(w, n ? copy : NULL);
}

static int on_acquisition(void *context, const struct r_acquisition *a, struct hz_error *err)
{
    struct child *c = context;
    struct buf text[] = { a->case_id, a->operator_name, a->hostname };
    size_t i;

    wire_begin(&c->wire, WIRE_ACQUISITION);
    for (i = 0; i < 3; i++)
        put_text(&c->wire, &text[i]);
    wire_stamp(&c->wire, a->started);
    wire_stamp(&c->wire, a->finished);
    wire_u32(&c->wire, a->complete);
    wire_u64(&c->wire, a->counts.asked);
    wire_u64(&c->wire, a->counts.collected);
    wire_u64(&c->wire, a->counts.recorded);
    wire_u64(&c->wire, a->counts.absent);
    wire_bytes(&c->wire, a->keys_expected, a->key_count * R_SHA256_SIZE);
    wire_u32(&c->wire, (uint32_t)a->bound_count);
    for (i = 0; i < a->bound_count; i++) {
        wire_u32(&c->wire, a->bounds[i].checkpoint);
        wire_bytes(&c->wire, a->bounds[i].bytes.data, a->bounds[i].bytes.len);
    }
    wire_bytes(&c->wire, a->record, a->record_len);
    return wire_end(&c->wire, err);
}

static int on_signature(void *context, const char *keyid, const void *bytes, size_t len, uint64_t offset,
                        struct hz_error *err)
{
    struct child *c = context;

    wire_begin(&c->wire, WIRE_SIGNATURE);
    wire_string(&c->wire, keyid);
    wire_u64(&c->wire, offset);
    wire_bytes(&c->wire, bytes, len);
    return wire_end(&c->wire, err);
}

static int on_part(void *context, const char *name, uint64_t mtime, const void *bytes, size_t len, struct hz_error *err)
{
    struct child *c = context;

    wire_begin(&c->wire, WIRE_PART);
    wire_string(&c->wire, name);
    wire_u64(&c->wire, mtime);
    wire_bytes(&c->wire, bytes, len);
    return wire_end(&c->wire, err);
}

/* A value of bag-info.txt; empty: not known */
static int put_value(struct wire_out *w, const struct r_bag_text *value, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ACCOUNT_TEXT_MAX);

    if (value && value->at && buf_put(&text, value->at, value->len))
        return buf_check(&text, err);
    put_text(w, &text);
    return HZ_OK;
}

static int on_disclosed(void *context, const struct r_disclosed *d, struct hz_error *err)
{
    const struct r_bag_text *values[] = { d->info ? &d->info->sender : NULL, d->info ? &d->info->contact : NULL,
                                          d->info ? &d->info->organisation : NULL };
    struct child *c = context;
    struct wire_out *w = &c->wire;
    int code = HZ_OK;
    size_t i;

    wire_begin(w, WIRE_DISCLOSED);
    wire_u32(w, d->entry != NULL);
    if (d->entry) {
        wire_bytes(w, d->entry->path.at, d->entry->path.len);
        wire_bytes(w, d->entry->origin.raw.data, d->entry->origin.known ? d->entry->origin.raw.len : 0);
        wire_string(w, r_catalog_status_word(d->entry->status));
        wire_bytes(w, d->entry->method.at, d->entry->method.len);
        wire_u64(w, d->entry->size);
        wire_u64(w, d->entry->real_size);
        wire_u64(w, d->index);
        wire_u64(w, d->count);
        wire_fixed(w, d->entry->sha256, R_SHA256_SIZE);
    }
    wire_u32(w, d->started != NULL);
    wire_stamp(w, d->started ? *d->started : (struct stamp) { 0 });
    for (i = 0; i < 3 && !code; i++)
        code = put_value(w, values[i], err);
    return code ? code : wire_end(w, err);
}

static int send_findings(struct child *c, enum wire_type type, const struct r_findings *findings, struct hz_error *err)
{
    int code = HZ_OK;
    size_t i;

    for (i = 0; i < findings->count && !code; i++) {
        const struct r_finding *f = &findings->list[i];

        wire_begin(&c->wire, type);
        wire_u32(&c->wire, f->code);
        wire_u32(&c->wire, f->why);
        wire_u64(&c->wire, f->offset);
        wire_u64(&c->wire, f->a);
        wire_u64(&c->wire, f->b);
        wire_string(&c->wire, f->path);
        wire_string(&c->wire, f->original);
        wire_string(&c->wire, f->after);
        wire_string(&c->wire, f->text);
        code = wire_end(&c->wire, err);
    }
    return code;
}

static void put_cut(struct wire_out *w, const struct r_bundle_cut *cut)
{
    wire_u64(w, cut->files);
    wire_u64(w, cut->filled);
    wire_u64(w, cut->zeros);
}

static int send_result(struct child *c, const struct r_bundle_result *r, struct hz_error *err)
{
    size_t i;

    wire_begin(&c->wire, WIRE_RESULT);
    wire_string(&c->wire, r->name);
    wire_u32(&c->wire, r->disclosure);
    wire_u32(&c->wire, r->complete);
    wire_u32(&c->wire, r->ended);
    wire_u32(&c->wire, r->has_content_id);
    wire_fixed(&c->wire, r->content_id, sizeof r->content_id);
    wire_fixed(&c->wire, r->signed_digest, sizeof r->signed_digest);
    wire_fixed(&c->wire, r->file_sha256, sizeof r->file_sha256);
    wire_u64(&c->wire, r->file_bytes);
    wire_u64(&c->wire, r->files);
    wire_u64(&c->wire, r->bytes);
    for (i = 0; i < R_RECORDS_ABSENCE_COUNT; i++)
        wire_u64(&c->wire, r->absences[i]);
    put_cut(&c->wire, &r->limited);
    put_cut(&c->wire, &r->shrunk);
    wire_u64(&c->wire, r->unlocked_files);
    wire_u64(&c->wire, r->unlocked_databases);
    wire_u64(&c->wire, r->left);
    wire_u64(&c->wire, r->findings.dropped);
    return wire_end(&c->wire, err);
}

static int read_bundle(struct child *c, struct hz_error *err)
{
    const struct reader_job *job = c->job;
    bool data = job->want_data || job->want_facts;
    const struct r_bundle_sink sink = {
        .context = c,
        .file = data ? on_file : NULL,
        .data = data ? on_data : NULL,
        .file_end = data ? on_file_end : NULL,
        .entry = job->want_rows ? on_entry : NULL,
        .record = job->want_rows || job->want_whys ? on_record : NULL,
        .leave = job->leave ? on_leave : NULL,
        .seek = c->can_seek ? child_seek : NULL,
        .acquisition = on_acquisition,
        .signature = on_signature,
        .disclosed = on_disclosed,
        .disclose = job->disclose,
        .part = on_part,
    };
    struct r_bundle_result result;
    int code;

    r_bundle_result_init(&result);
    code = r_bundle_read(c->pool, child_read, c, &sink, &result, err);
    if (!code)
        code = send_findings(c, WIRE_FINDING, &result.findings, err);
    if (!code)
        code = send_findings(c, WIRE_NOTICE, &result.notices, err);
    if (!code)
        code = send_result(c, &result, err);
    r_bundle_result_free(&result);
    return code;
}

static int enter(struct child *c, struct hz_error *err)
{
    unsigned layers = 0;
    int code = r_hash_start(err);

    if (!code && c->job->jail)
        jail_bound_memory(MEMORY);
    if (!code && c->job->jail)
        jail_prepare(&layers); /* what a thread is not given at its birth, it never has */
    if (!code)
        code = r_pool_start(&c->pool, c->job->workers, err);
    if (!code && c->job->jail)
        code = jail_enter(&layers, err);
    if (code)
        return code;
    wire_begin(&c->wire, WIRE_JAIL);
    wire_u32(&c->wire, layers);
    code = wire_end(&c->wire, err);
    return code ? code : wire_flush(&c->wire, err);
}

int reader_serve(const struct reader_job *job, int write_end)
{
    struct child c = { .job = job };
    struct hz_error err = { .code = HZ_OK };
    int code;

    wire_open(&c.wire, write_end);
    fact_feed_open(&c.facts, &c.wire);
    c.can_seek = job->leave && io_tell(job->fd, &c.begin, NULL) == HZ_OK;
    code = enter(&c, &err);
    if (!code)
        code = read_bundle(&c, &err);
    if (code) {
        buf_reset(&c.wire.pending);
        wire_begin(&c.wire, WIRE_ERROR);
        wire_u32(&c.wire, (uint32_t)-code);
        wire_string(&c.wire, err.text);
        if (wire_end(&c.wire, &err))
            return child_unheard(err.sys_errno);
    }
    if (wire_flush(&c.wire, &err))
        code = child_unheard(err.sys_errno);
    else
        code = code ? HZ_EXIT_FAILED : HZ_EXIT_OK;
    fact_feed_close(&c.facts);
    wire_close(&c.wire);
    r_pool_stop(c.pool);
    return code;
}

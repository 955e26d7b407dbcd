#include "tests/fuzz/reading.h"

#include "formats/read/tar.h"

struct source {
    const uint8_t *at;
    size_t left, step, all;
};

static int give(void *context, void *bytes, size_t len, size_t *got, struct hz_error *err)
{
    struct source *s = context;
    (void)err;
    *got = s->left < len ? s->left : len;
    if (s->step > 0 && *got > s->step)
        *got = s->step;
    if (*got > 0)
        memcpy(bytes, s->at, *got);
    s->at += *got;
    s->left -= *got;
    return HZ_OK;
}

static int jump(void *context, uint64_t offset, struct hz_error *err)
{
    struct source *s = context;
    const uint8_t *begin = s->at + s->left - s->all;
    (void)err;
    size_t to = offset < s->all ? (size_t)offset : s->all;
    s->at = begin + to;
    s->left = s->all - to;
    return HZ_OK;
}

static void mix(struct reading *r)
{
    r->mark = (r->mark ^ r->pending) * UINT64_C(0x100000001b3);
    r->mark ^= r->mark >> 32;
    r->pending = r->pending_len = 0;
}

/* The same whatever comes at a time; eight bytes at once where they are there. */
static void mark(struct reading *r, const void *bytes, size_t len)
{
    const unsigned char *p = bytes;
    size_t i = 0;

    while (i < len) {
        if (r->pending_len == 0 && len - i >= sizeof r->pending) {
            memcpy(&r->pending, p + i, sizeof r->pending);
            i += sizeof r->pending;
            mix(r);
        } else {
            r->pending |= (uint64_t)p[i++] << 8 * r->pending_len++;
            if (r->pending_len == sizeof r->pending)
                mix(r);
        }
    }
}

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct reading *r = context;
    size_t source_len;
    (void)err;
    FUZZ_HOLDS(!r->in_file && r_name_is_payload(path, strlen(path), &source_len));
    r->in_file = true;
    r->files++;
    mark(r, path, strlen(path));
    mark(r, &size, sizeof size);
    return HZ_OK;
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct reading *r = context;
    (void)err;
    FUZZ_HOLDS(r->in_file);
    r->bytes += len;
    mark(r, bytes, len);
    return HZ_OK;
}

static int on_file_end(void *context, struct hz_error *err)
{
    struct reading *r = context;
    (void)err;
    FUZZ_HOLDS(r->in_file);
    r->in_file = false;
    return HZ_OK;
}

static int on_entry(void *context, const struct r_entry *e, struct hz_error *err)
{
    struct reading *r = context;
    (void)err;
    r->entries++;
    mark(r, e->path.at, e->path.len);
    mark(r, e->sha256, sizeof e->sha256);
    return HZ_OK;
}

static int on_record(void *context, const struct r_record *record, struct hz_error *err)
{
    struct reading *r = context;
    (void)err;
    r->records++;
    mark(r, record->word.at, record->word.len);
    return HZ_OK;
}

static int on_acquisition(void *context, const struct r_acquisition *a, struct hz_error *err)
{
    (void)err;
    mark(context, a->item.data, a->item.len);
    return HZ_OK;
}

static int on_signature(void *context, const char *keyid, const void *bytes, size_t len, uint64_t offset,
                        struct hz_error *err)
{
    struct reading *r = context;
    (void)err;
    FUZZ_HOLDS(strlen(keyid) == 64 && len <= R_BUNDLE_SIGNATURE_MAX);
    r->signatures++;
    mark(r, bytes, len);
    mark(r, &offset, sizeof offset);
    return HZ_OK;
}

static int on_disclosed(void *context, const struct r_disclosed *d, struct hz_error *err)
{
    struct reading *r = context;
    (void)err;
    FUZZ_HOLDS(d->entry == NULL || d->index < d->count);
    FUZZ_HOLDS(r->entries == (d->entry != NULL)); /* told already */
    mark(r, &d->index, sizeof d->index);
    return HZ_OK;
}

static void mark_findings(struct reading *r, const struct r_findings *f)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)16 << 20);
    for (size_t i = 0; i < f->count && i < 100; i++) {
        FUZZ_HOLDS(f->list[i].code < R_CODE_COUNT && f->list[i].why < R_WHY_COUNT);
        buf_puts(&text, r_finding_code(f->list[i].code));
        r_finding_detail(&text, LANG_EN, &f->list[i]);
    }
    mark(r, text.data, text.len);
    mark(r, &f->dropped, sizeof f->dropped);
}

/* One without threads, one with two, kept: to start them costs more than most bundles. */
static struct r_pool *pool_of(unsigned workers)
{
    static struct r_pool *pools[2];
    struct r_pool **pool = &pools[workers > 0];

    if (*pool == NULL)
        FUZZ_HOLDS(r_pool_start(pool, workers, FUZZ_ERR) == HZ_OK);
    return *pool;
}

static void read_by(const struct r_bundle_sink *sink, struct r_bundle_result *result, struct source source,
                    unsigned workers)
{
    struct r_bundle_sink ears = *sink;

    ears.seek = ears.leave != NULL ? jump : NULL;
    r_bundle_result_init(result);
    FUZZ_HOLDS(r_hash_start(FUZZ_ERR) == HZ_OK);
    FUZZ_HOLDS(r_bundle_read(pool_of(workers), give, &source, &ears, result, FUZZ_ERR) == HZ_OK);
}

void reading_with(const struct r_bundle_sink *sink, struct r_bundle_result *result, const uint8_t *bytes, size_t len,
                  size_t step)
{
    read_by(sink, result, (struct source) { bytes, len, step, len }, 0);
}

static void all_told(struct reading *r, struct source source, unsigned workers)
{
    struct r_bundle_sink sink = { .context = r,
                                  .file = on_file,
                                  .data = on_data,
                                  .file_end = on_file_end,
                                  .entry = on_entry,
                                  .record = on_record,
                                  .acquisition = on_acquisition,
                                  .signature = on_signature,
                                  .disclosed = on_disclosed };

    *r = (struct reading) { .mark = UINT64_C(0xcbf29ce484222325) };
    read_by(&sink, &r->result, source, workers);
    mark_findings(r, &r->result.findings);
    mark_findings(r, &r->result.notices);
    mix(r);
}

void reading_do(struct reading *r, const uint8_t *bytes, size_t len, size_t step)
{
    all_told(r, (struct source) { bytes, len, step, len }, 0);
}

void reading_by(struct reading *r, const uint8_t *bytes, size_t len, unsigned workers)
{
    all_told(r, (struct source) { bytes, len, 0, len }, workers);
}

void reading_free(struct reading *r)
{
    r_bundle_result_free(&r->result);
}

bool reading_is_whole(const struct reading *r)
{
    return r->result.findings.count == 0 && r->result.findings.dropped == 0 && r->result.ended && r->result.complete;
}

/* GNU tar's way: by the size in each header, whatever its name. */
static uint64_t payload_of(const uint8_t *bytes, size_t len, uint64_t *size)
{
    uint64_t files = 0;
    size_t at = 0;

    *size = 0;
    while (at + R_TAR_BLOCK <= len && !r_tar_is_zero(bytes + at, R_TAR_BLOCK)) {
        struct r_tar_head head;
        size_t padded = 0, n = R_TAR_BLOCK;
        if (r_tar_kind(bytes + at) == R_TAR_PAX && r_tar_pax_size(bytes + at, &padded))
            n = 2 * R_TAR_BLOCK + padded;
        FUZZ_HOLDS(at + n <= len && r_tar_decode(bytes + at, n, &head));
        const char *slash = strchr(head.name, '/');
        if (slash != NULL && strncmp(slash, "/data/", 6) == 0) {
            files++;
            *size += head.size;
        }
        at += n + (size_t)((head.size + R_TAR_BLOCK - 1) / R_TAR_BLOCK * R_TAR_BLOCK);
    }
    return files;
}

void reading_judge(const struct reading *r, const uint8_t *bytes, size_t len)
{
    uint64_t size;

    FUZZ_HOLDS(!r->result.findings.out_of_memory && r->result.file_bytes <= len);
    FUZZ_HOLDS(r->files == r->result.files || r->result.findings.count > 0);
    if (!reading_is_whole(r))
        return;
    FUZZ_HOLDS(r->result.file_bytes == len && r->result.has_content_id);
    FUZZ_HOLDS(r->entries == r->files && r->bytes == r->result.bytes && r->result.left == 0);
    if (r_tar_has_magic(bytes))
        FUZZ_HOLDS(payload_of(bytes, len, &size) == r->files && size == r->bytes);
}

#include "tests/unit/read/sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/io_rw.h"
#include "formats/read/tar.h"
#include "formats/read/trust.h"
#include "tests/unit/test.h"

#define LARGEST ((size_t)64 * 1024 * 1024)

static size_t padded(size_t n)
{
    return (n + 511) / 512 * 512;
}

void sample_index(struct sample *s)
{
    size_t at = 0, room = s->bytes.len / 512;

    s->members = calloc(room, sizeof *s->members);
    assert_non_null(s->members);

    while (!r_tar_is_zero(s->bytes.data + at, 512)) {
        struct sample_member *m = &s->members[s->count++];
        struct r_tar_head head;
        size_t differs;

        assert_in_range(s->count, 1, room);
        assert_true(r_tar_read(s->bytes.data + at, 512, &head, &differs));
        snprintf(m->path, sizeof m->path, "%s", strchr(head.name, '/') + 1);
        m->begin = at;
        m->content = at + 512;
        m->size = (size_t)head.size;
        at = m->content + padded(m->size);
    }
    s->end = at;
}

void sample_bytes(struct buf *out, const char *name)
{
    const char *source = getenv("HOZEN_SOURCE");
    struct hz_error err;
    char path[4096];

    snprintf(path, sizeof path, "%s/formats/spec/vectors/%s", source ? source : ".", name);
    if (io_read_file(path, out, &err))
        fail_msg("%s", err.text);
}

void sample_load(struct sample *s, const char *name)
{
    memset(s, 0, sizeof *s);
    buf_init(&s->bytes, LARGEST);
    sample_bytes(&s->bytes, name);
    sample_index(s);
    assert_in_range(s->count, 1, SAMPLE_MEMBERS);
}

void sample_free(struct sample *s)
{
    buf_free(&s->bytes);
    free(s->members);
    s->members = NULL;
}

struct sample_member *sample_find(struct sample *s, const char *path)
{
    size_t i;

    for (i = 0; i < s->count; i++)
        if (strcmp(s->members[i].path, path) == 0)
            return &s->members[i];
    fail_msg("no member %s", path);
    return NULL;
}

uint64_t sample_mtime(const struct sample *s)
{
    struct r_tar_head head;

    assert_true(r_tar_decode(s->bytes.data, 512, &head));
    return head.mtime;
}

struct memory {
    const unsigned char *at;
    size_t left, chunk;
    struct sample_run *run;
    struct r_sshsig sigs[R_BUNDLE_SIGNATURES];
};

static int from_memory(void *context, void *bytes, size_t len, size_t *got, struct hz_error *err)
{
    struct memory *m = context;

    (void)err;
    *got = m->left < len ? m->left : len;
    if (m->chunk && *got > m->chunk)
        *got = m->chunk;
    if (*got)
        memcpy(bytes, m->at, *got);
    m->at += *got;
    m->left -= *got;
    return HZ_OK;
}

static int on_signature(void *context, const char *keyid, const void *bytes, size_t len, uint64_t offset,
                        struct hz_error *err)
{
    struct memory *m = context;
    const char *wrong;
    struct r_sshsig *sig = &m->sigs[m->run->signatures];

    (void)offset;
    (void)err;
    if (r_sshsig_read(bytes, len, sig, &wrong) || strcmp(sig->key.keyid, keyid) != 0)
        sig->key.algorithm = R_PUBKEY_UNKNOWN;
    m->run->signatures++;
    return HZ_OK;
}

void sample_read(struct sample_run *run, const void *bytes, size_t len, size_t chunk)
{
    const char *workers = getenv("SAMPLE_WORKERS");

    sample_read_by(run, bytes, len, chunk, workers ? (unsigned)(workers[0] - '0') : 0);
}

void sample_read_by(struct sample_run *run, const void *bytes, size_t len, size_t chunk, unsigned workers)
{
    struct memory m = { .at = bytes, .left = len, .chunk = chunk, .run = run };
    const struct r_bundle_sink sink = { .context = &m, .signature = on_signature };
    struct r_pool *pool;
    size_t i;

    memset(run, 0, sizeof *run);
    r_bundle_result_init(&run->result);
    assert_int_equal(r_pool_start(&pool, workers, NULL), HZ_OK);
    run->code = r_bundle_read(pool, from_memory, &m, &sink, &run->result, &run->err);
    r_pool_stop(pool);
    if (run->result.findings.count)
        return; /* the signature cannot make it better */
    for (i = 0; i < run->signatures; i++)
        run->valid += r_trust_verify(&m.sigs[i], "hozen-bundle-v1", run->result.signed_digest, NULL) == HZ_OK;
}

void sample_run_free(struct sample_run *run)
{
    r_bundle_result_free(&run->result);
}

bool sample_is_whole(const struct sample_run *run)
{
    const struct r_bundle_result *r = &run->result;

    return !run->code && !r->findings.count && !r->findings.dropped && r->ended && r->complete && run->signatures &&
           run->valid == run->signatures;
}

const struct r_finding *sample_finding(const struct sample_run *run, enum r_code code)
{
    size_t i;

    for (i = 0; i < run->result.findings.count; i++)
        if (run->result.findings.list[i].code == code)
            return &run->result.findings.list[i];
    return NULL;
}

void sample_put_end(struct buf *out)
{
    size_t end = (out->len + 1024 + R_TAR_RECORD - 1) / R_TAR_RECORD * R_TAR_RECORD;

    assert_non_null(buf_grow(out, end - out->len));
}

void sample_assemble(const struct sample *s, const size_t *order, size_t count, struct buf *out)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const struct sample_member *m = &s->members[order[i]];
        assert_int_equal(buf_put(out, s->bytes.data + m->begin, 512 + padded(m->size)), HZ_OK);
    }
    sample_put_end(out);
}

void sample_put_member(struct buf *out, const char *name, const void *content, size_t len, uint64_t mtime)
{
    struct r_tar_head head = { .size = len, .mtime = mtime };
    unsigned char bytes[R_TAR_HEAD_MAX];
    size_t n;

    snprintf(head.name, sizeof head.name, "%s", name);
    n = r_tar_encode(&head, bytes);
    assert_int_not_equal(n, 0);
    buf_put(out, bytes, n);
    buf_put(out, content, len);
    if (len % 512)
        assert_non_null(buf_grow(out, 512 - len % 512));
}

void sample_signature(const char *name, struct r_keys *keys, struct r_sshsig *sig, unsigned char digest[R_SHA512_SIZE])
{
    struct sample s;
    const char *wrong;
    size_t i;

    sample_load(&s, name);
    memset(sig, 0, sizeof *sig);
    for (i = 0; i < s.count; i++) {
        const unsigned char *bytes = s.bytes.data + s.members[i].content;

        if (strncmp(s.members[i].path, "signatures/", 11) == 0)
            assert_int_equal(r_sshsig_read_by(keys, bytes, s.members[i].size, sig, &wrong), HZ_OK);
        if (strcmp(s.members[i].path, "tagmanifest-sha256.txt") == 0)
            r_hash_sha512(digest, bytes, s.members[i].size);
    }
    sample_free(&s);
}

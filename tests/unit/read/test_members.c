/* Members taken away, added, doubled, exchanged; files cut short or made longer: each is found, and the member named.
 */
#include <stdio.h>

#include "tests/unit/read/sample.h"
#include "tests/unit/test.h"

#define ROOM ((size_t)4 * 1024 * 1024)

/* true when a finding has the path as its member or as the member before it */
static bool names(const struct sample_run *run, const char *path)
{
    size_t i;

    for (i = 0; i < run->result.findings.count; i++) {
        const struct r_finding *f = &run->result.findings.list[i];
        if ((f->path && strcmp(f->path, path) == 0) ||
            (f->after && strchr(f->after, '/') && strcmp(strchr(f->after, '/') + 1, path) == 0))
            return true;
    }
    return false;
}

static void expect(const struct buf *bytes, enum r_code code, const char *path, const char *what)
{
    const struct r_finding *f;
    struct sample_run run;

    sample_read(&run, bytes->data, bytes->len, 0);
    f = sample_finding(&run, code);
    if (run.code || sample_is_whole(&run) || !f || (path && !names(&run, path)))
        fail_msg("%s of %s: %zu findings, %s of %s", what, path ? path : "-", run.result.findings.count,
                 run.result.findings.count ? r_finding_code(run.result.findings.list[0].code) : run.err.text,
                 run.result.findings.count && run.result.findings.list[0].path ? run.result.findings.list[0].path
                                                                               : "-");
    sample_run_free(&run);
}

static bool is_signature(const struct sample_member *m)
{
    return strncmp(m->path, "signatures/", 11) == 0;
}
static bool is_payload(const struct sample_member *m)
{
    return strncmp(m->path, "data/", 5) == 0;
}

static void everything(size_t *order, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        order[i] = i;
}

static void all_removed(const char *name)
{
    struct sample s;
    size_t i;

    sample_load(&s, name);
    for (i = 0; i < s.count; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
        size_t order[SAMPLE_MEMBERS];
        struct sample_run run;

        everything(order, s.count);
        memmove(order + i, order + i + 1, (s.count - i - 1) * sizeof *order);
        sample_assemble(&s, order, s.count - 1, &out);
        if (is_signature(&s.members[i])) { /* what a reader cannot know, the verdict says: signature-missing */
            sample_read(&run, out.data, out.len, 0);
            assert_false(sample_is_whole(&run));
            assert_int_equal(run.signatures, 0);
            sample_run_free(&run);
        } else {
            expect(&out, is_payload(&s.members[i]) ? R_PAYLOAD_MISSING : R_TAG_ALTERED, s.members[i].path, "removal");
        }
    }
    sample_free(&s);
}

static void test_removed(void **state)
{
    (void)state;
    all_removed("good/p256.tar");
    all_removed("good/sha512.tar");
}

/* Each member once more, behind itself and behind every other */
static void all_doubled(const char *name)
{
    struct sample s;
    size_t i, j;

    sample_load(&s, name);
    for (i = 0; i < s.count; i++)
        for (j = i; j < s.count; j++) {
            HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
            size_t order[SAMPLE_MEMBERS + 1];
            struct sample_run run;

            everything(order, s.count);
            memmove(order + j + 2, order + j + 1, (s.count - j - 1) * sizeof *order);
            order[j + 1] = i;
            sample_assemble(&s, order, s.count + 1, &out);
            sample_read(&run, out.data, out.len, 0);
            if (sample_is_whole(&run) || !names(&run, s.members[i].path))
                fail_msg("%s again behind %s: not named", s.members[i].path, s.members[j].path);
            if (j == i)
                assert_non_null(sample_finding(&run, R_MEMBER_DUPLICATE));
            sample_run_free(&run);
        }
    sample_free(&s);
}

static void test_doubled(void **state)
{
    (void)state;
    all_doubled("good/p256.tar");
    all_doubled("good/sha512.tar");
}

static void all_exchanged(const char *name)
{
    struct sample s;
    size_t i, j;

    sample_load(&s, name);
    for (i = 0; i < s.count; i++)
        for (j = i + 1; j < s.count; j++) {
            HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
            size_t order[SAMPLE_MEMBERS];
            struct sample_run run;

            everything(order, s.count);
            order[i] = j;
            order[j] = i;
            sample_assemble(&s, order, s.count, &out);
            sample_read(&run, out.data, out.len, 0);
            if (sample_is_whole(&run) || !(names(&run, s.members[i].path) || names(&run, s.members[j].path)))
                fail_msg("%s and %s exchanged: not named", s.members[i].path, s.members[j].path);
            sample_run_free(&run);
        }
    sample_free(&s);
}

static void test_exchanged(void **state)
{
    (void)state;
    all_exchanged("good/p256.tar");
    all_exchanged("good/sha512.tar");
}

/* The contents of two members exchanged, their headers with the sizes left right */
static void test_contents_exchanged(void **state)
{
    struct sample s;
    size_t i, j;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (i = 0; i < s.count; i++)
        for (j = 0; j < s.count; j++) {
            HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
            const struct sample_member *a = &s.members[i], *b = &s.members[j];
            char name[1100];
            struct sample_run run;
            size_t k;

            if (i == j ||
                (a->size == b->size && memcmp(s.bytes.data + a->content, s.bytes.data + b->content, a->size) == 0))
                continue;
            for (k = 0; k < s.count; k++) {
                const struct sample_member *from = k == i ? b : k == j ? a : &s.members[k];
                snprintf(name, sizeof name, "SAMPLE-1/%s", s.members[k].path);
                sample_put_member(&out, name, s.bytes.data + from->content, from->size, sample_mtime(&s));
            }
            sample_put_end(&out);
            sample_read(&run, out.data, out.len, 0);
            if (sample_is_whole(&run) ||
                (!names(&run, a->path) && !names(&run, b->path) && !is_signature(a) && !is_signature(b)))
                fail_msg("contents of %s and %s exchanged: not named", a->path, b->path);
            sample_run_free(&run);
        }
    sample_free(&s);
}

static void test_added(void **state)
{
    static const struct {
        const char *name;
        enum r_code code, other;
    } added[] = {
        { "SAMPLE-1/data/zz/file", R_PAYLOAD_UNLISTED, R_CONTAINER_MALFORMED },
        { "SAMPLE-1/data/files/zz", R_PAYLOAD_UNLISTED, R_CONTAINER_MALFORMED },
        { "SAMPLE-1/meta/more.json", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-1/fetch.txt", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-1/data", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-1/", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "OTHER/data/files/zz", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE/data/files/zz", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-12/data/files/zz", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "/etc/passwd", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-1/data/files/../x", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "../SAMPLE-1/data/files/zz", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-1/signatures/x.sshsig", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-1/manifest-sha512.txt", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-1/meta/catalog-000002.jsonl", R_TAG_ALTERED, R_TAG_ALTERED },
        { "SAMPLE-1/meta/catalog-000000.jsonl", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
        { "SAMPLE-1/meta/catalog-999999.jsonl", R_MEMBER_FORBIDDEN, R_MEMBER_FORBIDDEN },
    };
    struct sample s;
    size_t i, where;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (i = 0; i < sizeof added / sizeof added[0]; i++)
        for (where = 1; where <= s.count; where++) {
            HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
            size_t begin = where < s.count ? s.members[where].begin : s.end;
            struct sample_run run;

            buf_put(&out, s.bytes.data, begin);
            sample_put_member(&out, added[i].name, "x\n", 2, sample_mtime(&s));
            buf_put(&out, s.bytes.data + begin, s.end - begin);
            sample_put_end(&out);
            sample_read(&run, out.data, out.len, 0);
            if (sample_is_whole(&run) ||
                (!sample_finding(&run, added[i].code) && !sample_finding(&run, added[i].other)))
                fail_msg("%s at %zu: not found", added[i].name, where);
            sample_run_free(&run);
        }
    sample_free(&s);
}

static void test_cut(void **state)
{
    struct sample s;
    size_t len;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (len = 0; len < s.bytes.len; len += len % 512 == 0 ? 1 : len % 512 == 1 ? 255 : len % 512 == 256 ? 255 : 1) {
        struct sample_run run;

        sample_read(&run, s.bytes.data, len, 0);
        if (run.code || sample_is_whole(&run) || run.result.findings.count != 1 ||
            !run.result.complete == (len >= 512) ||
            run.result.findings.list[0].code != (len < 512 ? R_CONTAINER_UNSUPPORTED : R_CONTAINER_TRUNCATED))
            fail_msg("cut at %zu: not found", len);
        if (len >= 512)
            assert_int_equal(run.result.findings.list[0].offset, len);
        sample_run_free(&run);
    }
    sample_free(&s);
}

static void test_longer(void **state)
{
    static const size_t zeros[] = { 1, 511, 512, 1024, 10239, 10240, 20480 };
    struct sample s;
    size_t i;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);

        buf_put(&out, s.bytes.data, s.bytes.len);
        assert_non_null(buf_grow(&out, zeros[i]));
        expect(&out, R_CONTAINER_TRAILING_DATA, NULL, "zeros");
        out.data[s.bytes.len] = 'x';
        expect(&out, R_CONTAINER_TRAILING_DATA, NULL, "bytes");
    }
    {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);

        buf_put(&out, s.bytes.data, s.bytes.len);
        buf_put(&out, s.bytes.data, s.bytes.len);
        expect(&out, R_CONTAINER_TRAILING_DATA, NULL, "a second bundle");
    }
    sample_free(&s);
}

/* However the bytes arrive, the answer is the same */
static void test_pieces(void **state)
{
    static const size_t chunks[] = { 1, 2, 3, 7, 511, 512, 513, 4096 };
    struct sample s;
    size_t i;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        struct sample_run run;

        sample_read(&run, s.bytes.data, s.bytes.len, chunks[i]);
        assert_true(sample_is_whole(&run));
        assert_int_equal(run.result.file_bytes, s.bytes.len);
        sample_run_free(&run);
    }
    sample_free(&s);
}

static void test_not_a_bundle(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *format;
    } files[] = {
        { "", 0, NULL },
        { "x", 1, NULL },
        { "\x28\xb5\x2f\xfd", 4, "zstd" },
        { "\x1f\x8b\x08", 3, "gzip" },
        { "PK\x03\x04", 4, "zip" },
        { "age-encryption.org/v1\n", 22, "age" },
    };
    unsigned char block[2048];
    size_t i, pass;

    (void)state;
    for (i = 0; i < sizeof files / sizeof files[0]; i++)
        for (pass = 0; pass < 2; pass++) {
            struct sample_run run;
            const struct r_finding *f;

            memset(block, 'q', sizeof block);
            memcpy(block, files[i].bytes, files[i].len);
            sample_read(&run, block, pass ? sizeof block : files[i].len, 0);
            assert_int_equal(run.code, HZ_OK);
            assert_int_equal(run.result.findings.count, 1);
            f = run.result.findings.list;
            assert_int_equal(f->code, R_CONTAINER_UNSUPPORTED);
            assert_false(run.result.complete);
            if (files[i].format)
                assert_string_equal(f->text, files[i].format);
            else
                assert_null(f->text);
            sample_run_free(&run);
        }
}

/* Where even the first name is none, nothing behind it is read: neither what it has, nor what it lacks */
static void test_no_name(void **state)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(1 << 16);
    struct sample_run run;

    (void)state;
    sample_put_member(&bytes, "bagit.txt", "x", 1, 7);
    for (size_t len = bytes.len; len >= 512; len -= 512) {
        sample_read(&run, bytes.data, len, 0);
        assert_int_equal(run.code, HZ_OK);
        assert_int_equal(run.result.findings.count, 1);
        assert_int_equal(run.result.findings.list[0].code, R_MEMBER_FORBIDDEN);
        sample_run_free(&run);
    }
}

TEST_MAIN(cmocka_unit_test(test_no_name), cmocka_unit_test(test_removed), cmocka_unit_test(test_doubled),
          cmocka_unit_test(test_exchanged), cmocka_unit_test(test_contents_exchanged), cmocka_unit_test(test_added),
          cmocka_unit_test(test_cut), cmocka_unit_test(test_longer), cmocka_unit_test(test_pieces),
          cmocka_unit_test(test_not_a_bundle))

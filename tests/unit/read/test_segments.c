/* A bundle of three catalog segments, made by the writing side: what happens in one of them is told of that one. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "tests/hostile/making.h"
#include "tests/unit/read/sample.h"
#include "tests/unit/test.h"

#define FILES ((size_t)9000) /* with blind.txt: segments of 4096, 4096 and 809 lines */
#define ROOM ((size_t)64 * 1024 * 1024)

static struct sample whole;

static int make(void **state)
{
    const struct making m = { .files = FILES, .size = 5, .flat = true };
    struct hz_error err = { .code = HZ_OK };
    int code;

    (void)state;
    buf_init(&whole.bytes, ROOM);
    code = making_in_memory(&m, &whole.bytes, &err);
    if (code)
        print_message("%s\n", err.text);
    else
        sample_index(&whole);
    return code;
}

static int unmake(void **state)
{
    (void)state;
    sample_free(&whole);
    return 0;
}

/* Reads the bundle with its members in another order; order ends with SIZE_MAX */
static void read_in_order(const size_t *order, size_t count, struct sample_run *run)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);

    sample_assemble(&whole, order, count, &out);
    sample_read(run, out.data, out.len, 0);
    assert_int_equal(run->code, HZ_OK);
}

static size_t *all_members(size_t extra)
{
    size_t *order = calloc(whole.count + extra, sizeof *order), i;

    assert_non_null(order);
    for (i = 0; i < whole.count; i++)
        order[i] = i;
    return order;
}

static size_t place(const char *path)
{
    return (size_t)(sample_find(&whole, path) - whole.members);
}

static void only(const struct sample_run *run, enum r_code code, const char *path)
{
    const struct r_finding *f = run->result.findings.list;

    if (run->result.findings.count != 1 || f->code != code || !f->path || strcmp(f->path, path) != 0)
        fail_msg("%zu findings, the first %s of %s", run->result.findings.count,
                 run->result.findings.count ? r_finding_code(f->code) : "-",
                 run->result.findings.count && f->path ? f->path : "-");
}

static void test_whole(void **state)
{
    struct sample_run run;

    (void)state;
    sample_read(&run, whole.bytes.data, whole.bytes.len, 0);
    assert_true(sample_is_whole(&run));
    assert_int_equal(run.result.files, FILES + 1);
    sample_run_free(&run);
    assert_int_equal(place("meta/catalog-000002.jsonl") - place("meta/catalog-000001.jsonl"), 4097);
}

static void test_one_file_altered(void **state)
{
    static const char *const paths[] = { "data/files/f000001", "data/files/f004097", "data/files/f008999" };
    struct sample_run run;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        unsigned char *byte = whole.bytes.data + sample_find(&whole, paths[i])->content;

        *byte ^= 4;
        sample_read(&run, whole.bytes.data, whole.bytes.len, 0);
        only(&run, R_PAYLOAD_ALTERED, paths[i]);
        sample_run_free(&run);
        *byte ^= 4;
    }
}

static void test_one_file_removed(void **state)
{
    static const char *const paths[] = { "data/files/f000000", "data/files/f004094", "data/files/f004095",
                                         "data/files/f006000", "data/files/f008999" };
    struct sample_run run;
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++) {
        size_t *order = all_members(0), at = place(paths[i]);

        memmove(order + at, order + at + 1, (whole.count - at - 1) * sizeof *order);
        read_in_order(order, whole.count - 1, &run);
        only(&run, R_PAYLOAD_MISSING, paths[i]);
        sample_run_free(&run);
        free(order);
    }
}

static void test_segment_removed(void **state)
{
    static const char *const paths[] = { "meta/catalog-000001.jsonl", "meta/catalog-000002.jsonl",
                                         "meta/catalog-000003.jsonl" };
    struct sample_run run;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        size_t *order = all_members(0), at = place(paths[i]);

        memmove(order + at, order + at + 1, (whole.count - at - 1) * sizeof *order);
        read_in_order(order, whole.count - 1, &run);
        assert_non_null(sample_finding(&run, R_TAG_ALTERED));
        assert_string_equal(sample_finding(&run, R_TAG_ALTERED)->path, paths[i]);
        assert_in_range(run.result.findings.count, 1, 2); /* and the segment after it is out of its number */
        sample_run_free(&run);
        free(order);
    }
}

static void test_segments_exchanged(void **state)
{
    struct sample_run run;
    size_t *order = all_members(0);

    (void)state;
    order[place("meta/catalog-000001.jsonl")] = place("meta/catalog-000002.jsonl");
    order[place("meta/catalog-000002.jsonl")] = place("meta/catalog-000001.jsonl");
    read_in_order(order, whole.count, &run);
    assert_int_equal(run.result.findings.count, 2);
    assert_int_equal(run.result.findings.list[0].code, R_MEMBER_FORBIDDEN);
    assert_string_equal(run.result.findings.list[0].path, "meta/catalog-000002.jsonl");
    assert_int_equal(run.result.findings.list[1].code, R_MEMBER_FORBIDDEN);
    assert_string_equal(run.result.findings.list[1].path, "meta/catalog-000001.jsonl");
    sample_run_free(&run);
    free(order);
}

static void test_segment_altered(void **state)
{
    unsigned char *byte = whole.bytes.data + sample_find(&whole, "meta/catalog-000002.jsonl")->content + 5000;
    struct sample_run run;

    (void)state;
    *byte ^= 1;
    sample_read(&run, whole.bytes.data, whole.bytes.len, 0);
    only(&run, R_TAG_ALTERED, "meta/catalog-000002.jsonl");
    sample_run_free(&run);
    *byte ^= 1;
}

static void test_file_added(void **state)
{
    static const char *const before[] = { "data/files/f000007", "data/files/f004095", "meta/catalog-000002.jsonl",
                                          "meta/catalog-000003.jsonl" };
    static const char *const added[] = { "data/files/f000006x", "data/files/f004094x", "data/files/f008190x",
                                         "data/files/f008999x" };
    struct sample_run run;
    char name[64];
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
        size_t at = sample_find(&whole, before[i])->begin;

        snprintf(name, sizeof name, "SAMPLE-1/%s", added[i]);
        buf_put(&out, whole.bytes.data, at);
        sample_put_member(&out, name, "x", 1, sample_mtime(&whole));
        buf_put(&out, whole.bytes.data + at, whole.end - at);
        sample_put_end(&out);
        sample_read(&run, out.data, out.len, 0);
        only(&run, R_PAYLOAD_UNLISTED, added[i]);
        sample_run_free(&run);
    }
}

/* Ten thousand findings are kept, the rest is counted */
static void test_many_findings(void **state)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
    size_t at = sample_find(&whole, "meta/catalog-000003.jsonl")->begin, i;
    struct sample_run run;
    char name[64];

    (void)state;
    buf_put(&out, whole.bytes.data, at);
    for (i = 0; i < 12000; i++) {
        snprintf(name, sizeof name, "SAMPLE-1/other/f%06zu", i);
        sample_put_member(&out, name, "", 0, sample_mtime(&whole));
    }
    buf_put(&out, whole.bytes.data + at, whole.end - at);
    sample_put_end(&out);
    sample_read(&run, out.data, out.len, 0);
    assert_int_equal(run.result.findings.count, R_FINDING_KEPT);
    assert_int_equal(run.result.findings.dropped, 2000);
    sample_run_free(&run);
}

/* --- the same files and lines, cut into segments of other sizes, with a tagmanifest that says so
 * ---------------------- */

#define TAGMANIFEST "tagmanifest-sha256.txt"

static void put_tag_line(struct buf *out, const char *name, const void *bytes, size_t len)
{
    unsigned char digest[R_SHA256_SIZE];
    char hex[R_SHA256_HEX];

    r_hash_sha256(digest, bytes, len);
    text_hex(hex, digest, sizeof digest);
    buf_printf(out, "%s  %s\n", hex, name);
}

static void put_named(struct buf *out, const char *path, const void *bytes, size_t len)
{
    char name[1100];

    snprintf(name, sizeof name, "SAMPLE-1/%s", path);
    sample_put_member(out, name, bytes, len, sample_mtime(&whole));
}

/* Appends members first..last as they are */
static void put_members(struct buf *out, size_t first, size_t last)
{
    for (; first <= last; first++) {
        const struct sample_member *m = &whole.members[first];
        put_named(out, m->path, whole.bytes.data + m->content, m->size);
    }
}

/* Lines of the tagmanifest from the one of a member to that of another */
static void put_tag_lines(struct buf *tags, size_t first, size_t last)
{
    for (; first <= last; first++) {
        const struct sample_member *m = &whole.members[first];
        put_tag_line(tags, m->path, whole.bytes.data + m->content, m->size);
    }
}

static void all_lines(struct buf *out)
{
    char path[32];
    int i;

    for (i = 1; i <= 3; i++) {
        const struct sample_member *m;

        snprintf(path, sizeof path, "meta/catalog-%06d.jsonl", i);
        m = sample_find(&whole, path);
        buf_put(out, whole.bytes.data + m->content, m->size);
    }
    assert_non_null(buf_text(out));
}

static void resegment(const size_t *sizes, size_t count, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf lines = BUF_INIT(ROOM), tags = BUF_INIT(ROOM);
    size_t i, n, file = 2, objects = place("meta/objects.jsonl"), last = place("manifest-sha256.txt");
    const char *line;
    char path[64];

    all_lines(&lines);
    line = (char *)lines.data;
    put_members(out, 0, 1);
    put_tag_lines(&tags, 0, 1);
    for (i = 0; i < count; i++) {
        const char *begin = line;

        for (n = 0; n < sizes[i]; n++, file++) {
            while (strncmp(whole.members[file].path, "data/", 5) != 0)
                file++;
            put_members(out, file, file);
            line = strchr(line, '\n') + 1;
        }
        snprintf(path, sizeof path, "meta/catalog-%06zu.jsonl", i + 1);
        put_named(out, path, begin, (size_t)(line - begin));
        put_tag_line(&tags, path, begin, (size_t)(line - begin));
    }
    assert_int_equal(*line, 0);
    put_members(out, objects, last);
    put_tag_lines(&tags, objects, last);
    put_named(out, TAGMANIFEST, tags.data, tags.len);
    put_members(out, last + 2, whole.count - 1);
    sample_put_end(out);
}

static void test_segment_sizes(void **state)
{
    static const struct {
        size_t sizes[4], count;
        const char *path; /* of the segment that is wrong; NULL: none */
    } cuts[] = {
        { { 4096, 4096, 809 }, 3, NULL },
        { { 4095, 4096, 810 }, 3, "meta/catalog-000001.jsonl" },
        { { 4097, 4096, 808 }, 3, "meta/catalog-000001.jsonl" },
        { { 4096, 4095, 810 }, 3, "meta/catalog-000002.jsonl" },
        { { 4096, 4905 }, 2, "meta/catalog-000002.jsonl" },
        { { 4096, 4096, 808, 1 }, 4, "meta/catalog-000003.jsonl" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
        struct sample_run run;

        resegment(cuts[i].sizes, cuts[i].count, &out);
        sample_read(&run, out.data, out.len, 0);
        if (cuts[i].path)
            only(&run, R_MANIFEST_MALFORMED, cuts[i].path);
        else
            assert_int_equal(run.result.findings.count, 0);
        sample_run_free(&run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_one_file_altered),
        cmocka_unit_test(test_one_file_removed),
        cmocka_unit_test(test_segment_removed),
        cmocka_unit_test(test_segments_exchanged),
        cmocka_unit_test(test_segment_altered),
        cmocka_unit_test(test_file_added),
        cmocka_unit_test(test_many_findings),
        cmocka_unit_test(test_segment_sizes),
    };

    return cmocka_run_group_tests(tests, make, unmake);
}

/* Bundles that hold more than this version knows, or more than it reads: a notice, a finding, and nothing hidden. */
#include "formats/read/state.h"
#include "tests/unit/read/edit.h"

#define EXTENDED(path, from, to)                                                                                       \
    {                                                                                                                  \
        { { path, { from, to } } }, R_NOTE_EXTENSION_KEYS, ""                                                          \
    }

/* Right all the same, and a notice: of what this version does not know, wherever it stands */
static void test_notices(void **state)
{
    static const struct {
        struct edit edits[4];
        enum r_code code;
        const char *text;
    } rows[] = {
        EXTENDED(CATALOG, "\"uid\":0}", "\"uid\":0,\"x-a\":1}"),
        EXTENDED("meta/objects.jsonl", "\"uid\":0}", "\"uid\":0,\"x-a\":1}"),
        EXTENDED("meta/absent.jsonl", "\"denied\"}", "\"denied\",\"x-a\":1}"),
        EXTENDED("meta/actions.jsonl", "\"/etc\"}", "\"/etc\",\"x-a\":1}"),
        EXTENDED("meta/format.json", "001Z\"}", "001Z\",\"x-a\":1}"),
        EXTENDED(ACQUISITION, "\"recorded\":\"1\"}", "\"recorded\":\"1\",\"x-a\":1}"),
        { { { CATALOG, { "\"generated\"", "\"telepathy\"" } } }, R_NOTE_UNKNOWN_METHOD, "telepathy" },
    };
    struct sample_run run;
    struct sample s;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
        rebuild(&s, rows[i].edits, &out);
        sample_read(&run, out.data, out.len, 0);
        assert_int_equal(run.result.notices.count, 1);
        assert_int_equal(run.result.notices.list[0].code, rows[i].code);
        assert_string_equal(run.result.notices.list[0].text, rows[i].text);
        sample_run_free(&run);
    }
    sample_read(&run, s.bytes.data, s.bytes.len, 0);
    assert_int_equal(run.result.notices.count, 0);
    sample_run_free(&run);
    sample_free(&s);
}

/* The bundle with a member of so many bytes x in place of its own, and a tagmanifest that says so */
static void read_sized(struct sample *s, const char *path, size_t size, struct sample_run *run)
{
    HZ_CLEANUP(buf_free)
    struct buf out = BUF_INIT(4 * ROOM), tagmanifest = BUF_INIT(ROOM), content = BUF_INIT(2 * ROOM);
    const struct sample_member *m = sample_find(s, TAGMANIFEST);
    bool tag = strncmp(path, "signatures/", 11) != 0 && strcmp(path, TAGMANIFEST) != 0;

    memset(buf_grow(&content, size), 'x', size);
    buf_put(&tagmanifest, s->bytes.data + m->content, m->size);
    assert_non_null(buf_text(&tagmanifest));
    if (tag)
        set_digest(&tagmanifest, path, &content);
    for (size_t i = 0; i < s->count; i++) {
        char name[1100];

        m = &s->members[i];
        snprintf(name, sizeof name, "SAMPLE-1/%s", m->path);
        if (strcmp(m->path, path) == 0)
            sample_put_member(&out, name, content.data, content.len, sample_mtime(s));
        else if (strcmp(m->path, TAGMANIFEST) == 0)
            sample_put_member(&out, name, tagmanifest.data, tagmanifest.len, sample_mtime(s));
        else
            sample_put_member(&out, name, s->bytes.data + m->content, m->size, sample_mtime(s));
    }
    sample_put_end(&out);
    sample_read(run, out.data, out.len, 0);
}

/* A file that is read as a whole is refused for its form up to its bound, and for its size beyond */
static void test_sizes(void **state)
{
    struct {
        const char *path;
        size_t bound;
    } rows[] = {
        { "bagit.txt", 4096 },
        { "meta/format.json", R_FORMAT_MAX },
        { ACQUISITION, R_ACQUISITION_MAX },
        { "meta/merkle-root.txt", 4096 },
        { "bag-info.txt", R_BAG_INFO_MAX },
        { TAGMANIFEST, R_TAGMANIFEST_MAX },
        { NULL, R_BUNDLE_SIGNATURE_MAX },
    };
    struct sample s;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (size_t i = 0; i < s.count; i++)
        if (strncmp(s.members[i].path, "signatures/", 11) == 0)
            rows[6].path = s.members[i].path;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t more = 0; more < 2; more++) {
            const struct r_finding *f;
            struct sample_run run;

            read_sized(&s, rows[i].path, rows[i].bound + more, &run);
            f = sample_finding(&run, R_LIMIT_EXCEEDED);
            if ((f != NULL) != (more == 1) || (f && (!text_equal(f->path, rows[i].path) || f->a != rows[i].bound + 1)))
                fail_msg("%s of %zu bytes", rows[i].path, rows[i].bound + more);
            assert_int_equal(run.signatures, i < 6 || more == 0);
            sample_run_free(&run);
        }
    sample_free(&s);
}

/* Files of so many sources that nobody knows, before the catalog */
static void read_foreign(struct sample *s, unsigned sources, struct sample_run *run)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
    char name[1100];

    for (size_t i = 0; i < s->count; i++) {
        const struct sample_member *m = &s->members[i];
        for (unsigned k = 0; k < 2 * sources && strcmp(m->path, CATALOG) == 0; k++) {
            snprintf(name, sizeof name, "SAMPLE-1/data/zoo%u/%u", k / 2, k % 2);
            sample_put_member(&out, name, "x", 1, sample_mtime(s));
        }
        snprintf(name, sizeof name, "SAMPLE-1/%s", m->path);
        sample_put_member(&out, name, s->bytes.data + m->content, m->size, sample_mtime(s));
    }
    sample_put_end(&out);
    sample_read(run, out.data, out.len, 0);
}

/* A notice for each source that is not known, up to a bound; a finding for each file */
static void test_unknown_sources(void **state)
{
    struct sample_run run;
    struct sample s;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (unsigned n = 1; n <= R_STATE_NOTICES + 2; n += R_STATE_NOTICES + 1) {
        read_foreign(&s, n, &run);
        assert_int_equal(run.result.notices.count, n == 1 ? 1 : R_STATE_NOTICES);
        assert_int_equal(run.result.notices.list[0].code, R_NOTE_UNKNOWN_SOURCE);
        assert_string_equal(run.result.notices.list[0].text, "zoo0");
        assert_int_equal(run.result.findings.count, 2 * n + (n > 1)); /* and one of too many sources */
        assert_int_equal(sample_finding(&run, R_LIMIT_EXCEEDED) != NULL, n > 1);
        assert_non_null(sample_finding(&run, R_PAYLOAD_UNLISTED));
        sample_run_free(&run);
    }
    sample_free(&s);
}

/* The lists of SHA-512, announced and not there: that is said, of each */
static void test_wide_lists(void **state)
{
    static const struct {
        const char *path;
        enum r_why why;
    } rows[] = { { "tagmanifest-sha512.txt", R_WHY_TAGMANIFEST512_MISSING },
                 { "manifest-sha512.txt", R_WHY_TAG_MISSING } };
    struct sample s;

    (void)state;
    sample_load(&s, "good/sha512.tar");
    for (size_t i = 0; i < 2; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
        size_t order[SAMPLE_MEMBERS], n = 0;
        struct sample_run run;

        for (size_t k = 0; k < s.count; k++)
            if (strcmp(s.members[k].path, rows[i].path) != 0)
                order[n++] = k;
        assert_int_equal(n, s.count - 1);
        sample_assemble(&s, order, n, &out);
        sample_read(&run, out.data, out.len, 0);
        assert_int_equal(run.result.findings.list[0].why, rows[i].why);
        assert_string_equal(run.result.findings.list[0].path, rows[i].path);
        sample_run_free(&run);
    }
    sample_free(&s);
}

/* The text with every 000001 become 000002 */
static void renumber(const struct sample *s, const struct sample_member *m, struct buf *out)
{
    buf_put(out, s->bytes.data + m->content, m->size);
    assert_non_null(buf_text(out));
    for (char *at = (char *)out->data; (at = strstr(at, "catalog-000001")) != NULL;)
        memcpy(at, "catalog-000002", 14);
}

/* The catalog begins with its second segment: what the list of SHA-512 should be cannot be told, nor that it is wrong
 */
static void test_wide_gap(void **state)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM), list = BUF_INIT(ROOM);
    bool missing = false;
    struct sample_run run;
    struct sample s;

    (void)state;
    sample_load(&s, "good/sha512.tar");
    renumber(&s, sample_find(&s, TAGMANIFEST), &list);
    for (size_t i = 0; i < s.count; i++) {
        const struct sample_member *m = &s.members[i];
        bool is_list = strcmp(m->path, TAGMANIFEST) == 0;
        char name[1100];
        snprintf(name, sizeof name, "SAMPLE-1/%s",
                 strcmp(m->path, CATALOG) == 0 ? "meta/catalog-000002.jsonl" : m->path);
        sample_put_member(&out, name, is_list ? list.data : s.bytes.data + m->content, is_list ? list.len : m->size,
                          sample_mtime(&s));
    }
    sample_put_end(&out);
    sample_read(&run, out.data, out.len, 0);
    for (size_t i = 0; i < run.result.findings.count; i++) {
        missing = missing || strcmp(run.result.findings.list[i].path, CATALOG) == 0;
        assert_string_not_equal(run.result.findings.list[i].path, "tagmanifest-sha512.txt");
    }
    assert_true(missing);
    sample_run_free(&run);
    sample_free(&s);
}

/* A file that comes again behind all others is said to, and counts for nothing else */
static void test_again(void **state)
{
    struct sample s;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (size_t i = 0; i < s.count; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
        size_t order[SAMPLE_MEMBERS + 1], n = 0;
        struct sample_run run;

        if (strncmp(s.members[i].path, "data/", 5) != 0)
            continue;
        for (size_t k = 0; k < s.count; k++) {
            if (strcmp(s.members[k].path, CATALOG) == 0)
                order[n++] = i;
            order[n++] = k;
        }
        sample_assemble(&s, order, n, &out);
        sample_read(&run, out.data, out.len, 0);
        assert_int_equal(run.result.findings.count, 1);
        assert_int_equal(run.result.findings.list[0].code, R_MEMBER_DUPLICATE);
        assert_string_equal(run.result.findings.list[0].path, s.members[i].path);
        sample_run_free(&run);
    }
    sample_free(&s);
}

/* Whether a file or its line in the catalog was altered only the tagmanifest tells */
static void test_unsure(void **state)
{
    struct sample s;

    (void)state;
    sample_load(&s, "good/p256.tar");
    s.bytes.data[sample_find(&s, "data/files/etc/passwd")->content] ^= 1;
    for (size_t without = 0; without < 2; without++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
        size_t order[SAMPLE_MEMBERS], n = 0;
        const struct r_finding *f;
        struct sample_run run;

        for (size_t k = 0; k < s.count; k++)
            if (!without || strcmp(s.members[k].path, TAGMANIFEST) != 0)
                order[n++] = k;
        sample_assemble(&s, order, n, &out);
        sample_read(&run, out.data, out.len, 0);
        assert_int_equal(sample_finding(&run, R_PAYLOAD_ALTERED) != NULL, !without);
        f = sample_finding(&run, R_CATALOG_MISMATCH);
        assert_int_equal(f != NULL, without);
        if (f)
            assert_int_equal(f->why, R_WHY_DIGEST_UNSURE);
        sample_run_free(&run);
    }
    sample_free(&s);
}

TEST_MAIN(cmocka_unit_test(test_unsure), cmocka_unit_test(test_again), cmocka_unit_test(test_wide_lists),
          cmocka_unit_test(test_wide_gap), cmocka_unit_test(test_notices), cmocka_unit_test(test_unknown_sources),
          cmocka_unit_test(test_sizes))

/* Records that are right by themselves, and listed by the tagmanifest, but contradict each other: each contradiction is
 * found, and only it. */
#include "base/text.h"
#include "tests/unit/read/edit.h"

#define MANIFEST "manifest-sha256.txt"

struct expected {
    struct edit edits[4];
    enum r_code code;
    const char *path;
    enum r_why why;
    size_t count; /* findings */
};

static void check(struct sample *s, const struct expected *e)
{
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
    const struct r_findings *list;
    struct sample_run run;
    size_t i;
    bool found = false;

    rebuild(s, e->edits, &out);
    sample_read(&run, out.data, out.len, 0);
    assert_int_equal(run.code, HZ_OK);
    list = &run.result.findings;
    for (i = 0; i < list->count; i++)
        found = found || (list->list[i].code == e->code && list->list[i].why == e->why &&
                          text_equal(list->list[i].path, e->path));
    if (!found || list->count != e->count) {
        for (i = 0; i < list->count; i++)
            print_message("%s %s (%d)\n", r_finding_code(list->list[i].code), list->list[i].path,
                          (int)list->list[i].why);
        fail_msg("%s for %s", e->edits[0].change.to, e->edits[0].change.from);
    }
    sample_run_free(&run);
}

#define INFO(from, to, count)                                                                                          \
    {                                                                                                                  \
        { { "bag-info.txt", { from, to } } }, R_CATALOG_MISMATCH, "bag-info.txt", R_WHY_FIELD, count                   \
    }
#define RECORD(from, to, why)                                                                                          \
    {                                                                                                                  \
        { { ACQUISITION, { from, to } } }, R_CATALOG_MISMATCH, ACQUISITION, why, 1                                     \
    }
#define SYSTEM                                                                                                         \
    "{\"counts\":{\"absent\":\"0\",\"asked\":\"1\",\"collected\":\"1\",\"recorded\":\"0\"},\"name\":\"system\","       \
    "\"status\":\"complete\"}"
#define OTHERS(n)                                                                                                      \
    "{\"counts\":{\"absent\":\"0\",\"asked\":\"0\",\"collected\":\"0\",\"recorded\":\"0\"},\"name\":\"" n              \
    "\",\"status\":\"complete\"}"
#define FILES_BEGIN                                                                                                    \
    "{\"counts\":{\"absent\":\"1\",\"asked\":\"4\",\"collected\":\"2\",\"recorded\":\"1\"},\"name\":\"files\""

static const struct expected contradictions[] = {
    INFO("SAMPLE-1", "SAMPLE-2", 1),
    INFO("2016-03-01", "2016-03-02", 1),
    INFO("118.4", "119.4", 1),
    INFO("118.4", "118.5", 1),
    INFO("Sato Hanako", "Tanaka Ken", 1),
    INFO("INC-2016-001", "INC-2016-002", 1),
    INFO("Contact-Name", "Source-Organization: CSIRT\nContact-Name", 1),
    RECORD("\"item\":\"SAMPLE-1\"", "\"item\":\"SAMPLE-2\"", R_WHY_FIELD),
    RECORD("\"started\":\"2016", "\"started\":\"2017", R_WHY_FIELD),
    RECORD("{\"absent\":\"1\",\"asked\":\"6\"", "{\"absent\":\"1\",\"asked\":\"7\"", R_WHY_COUNTS),
    RECORD("{\"absent\":\"1\",\"asked\":\"6\",\"coll", "{\"absent\":\"2\",\"asked\":\"7\",\"coll", R_WHY_COUNTS),
    RECORD("\"asked\":\"6\",\"collected\":\"4\"", "\"asked\":\"7\",\"collected\":\"5\"", R_WHY_COUNTS),
    RECORD("\"asked\":\"6\",\"collected\":\"4\",\"recorded\":\"1\"",
           "\"asked\":\"7\",\"collected\":\"4\",\"recorded\":\"2\"", R_WHY_COUNTS),
    RECORD("\"absent\":\"1\",\"asked\":\"4\"", "\"absent\":\"1\",\"asked\":\"5\"", R_WHY_SOURCE_COUNTS),
    RECORD("\"absent\":\"1\",\"asked\":\"4\"", "\"absent\":\"0\",\"asked\":\"3\"", R_WHY_SOURCE_COUNTS),
    RECORD("\"asked\":\"4\",\"collected\":\"2\"", "\"asked\":\"3\",\"collected\":\"1\"", R_WHY_SOURCE_COUNTS),
    { { { ACQUISITION, { "\"name\":\"files\"", "\"name\":\"filez\"" } } },
      R_CATALOG_MISMATCH,
      ACQUISITION,
      R_WHY_SOURCES,
      4 },
    RECORD("[" SYSTEM ",", "[" SYSTEM "," SYSTEM ",", R_WHY_SOURCES),
    RECORD("[" SYSTEM ",", "[" OTHERS("blind") "," SYSTEM ",", R_WHY_SOURCE_COUNTS),
    { { { ACQUISITION, { "[" SYSTEM ",", "[" } },
        { ACQUISITION,
          { "\"name\":\"files\",\"status\":\"complete\"}", "\"name\":\"files\",\"status\":\"complete\"}," SYSTEM } } },
      R_CATALOG_MISMATCH,
      ACQUISITION,
      R_WHY_SOURCES,
      1 },
    /* a source that only a line of absent, or of objects, names */
    { { { "meta/absent.jsonl", { "\"source\":\"files\"", "\"source\":\"ghost\"" } },
        { ACQUISITION, { "\"absent\":\"1\",\"asked\":\"4\"", "\"absent\":\"0\",\"asked\":\"3\"" } } },
      R_CATALOG_MISMATCH,
      ACQUISITION,
      R_WHY_SOURCES,
      1 },
    { { { "meta/objects.jsonl", { "\"source\":\"files\"", "\"source\":\"ghost\"" } },
        { ACQUISITION,
          { "\"asked\":\"4\",\"collected\":\"2\",\"recorded\":\"1\"",
            "\"asked\":\"3\",\"collected\":\"2\",\"recorded\":\"0\"" } } },
      R_CATALOG_MISMATCH,
      ACQUISITION,
      R_WHY_SOURCES,
      1 },
    { { { "meta/format.json", { "01T09:00:00", "01T09:00:01" } } },
      R_CONTAINER_MALFORMED,
      "meta/format.json",
      R_WHY_MTIME,
      2 },
    { { { "meta/merkle-root.txt", { "4\n", "5\n" } } },
      R_MERKLE_MISMATCH,
      "meta/merkle-root.txt",
      R_WHY_MERKLE_COUNT,
      1 },
    { { { "meta/merkle-root.txt", { "\n7", "\n8" } } },
      R_MERKLE_MISMATCH,
      "meta/merkle-root.txt",
      R_WHY_MERKLE_ROOT,
      1 },
    { { { MANIFEST, { "ca3d163b", "ca3d163c" } } }, R_CATALOG_MISMATCH, MANIFEST, R_WHY_MANIFEST_LINE, 1 },
    { { { MANIFEST, { "etc/hosts", "etc/hostt" } } }, R_CATALOG_MISMATCH, MANIFEST, R_WHY_MANIFEST_LINE, 1 },
    { { { MANIFEST,
          { "79492b90d473e2387338ef1518dfbceb9e3392ae5740235a6696621e42218efa  data/files/etc/passwd\n", "" } } },
      R_CATALOG_MISMATCH,
      MANIFEST,
      R_WHY_MANIFEST_COUNT,
      1 },
    { { { MANIFEST, { "ca3d163b", "Ca3d163b" } } }, R_MANIFEST_MALFORMED, MANIFEST, R_WHY_LINE, 1 },
    { { { "bagit.txt", { "1.0", "1.1" } } }, R_MANIFEST_MALFORMED, "bagit.txt", R_WHY_FIXED_TEXT, 1 },
    { { { "meta/VERIFY.en.txt", { "How", "Who" } } }, R_MANIFEST_MALFORMED, "meta/VERIFY.en.txt", R_WHY_FIXED_TEXT, 1 },
    { { { "meta/VERIFY.ja.txt", { "BagIt", "BagIT" } } },
      R_MANIFEST_MALFORMED,
      "meta/VERIFY.ja.txt",
      R_WHY_FIXED_TEXT,
      1 },
    { { { "meta/objects.jsonl", { "objects/1", "objects/2" } } },
      R_MANIFEST_MALFORMED,
      "meta/objects.jsonl",
      R_WHY_LINE,
      1 },
    { { { "meta/actions.jsonl", { "\"walk\"", "\"\"" } } }, R_MANIFEST_MALFORMED, "meta/actions.jsonl", R_WHY_LINE, 1 },
    { { { "meta/absent.jsonl", { "\"denied\"}\n", "\"denied\"}" } } },
      R_MANIFEST_MALFORMED,
      "meta/absent.jsonl",
      R_WHY_LAST_LINE,
      1 },
    { { { CATALOG, { "\"source\":\"blind\"", "\"source\":\"x\"" } } }, R_MANIFEST_MALFORMED, CATALOG, R_WHY_LINE, 1 },
    /* the catalog itself is another one: the file, the tree and the manifest say so */
    { { { CATALOG, { "ca3d163b", "ca3d163c" } } }, R_PAYLOAD_ALTERED, "data/system/identity.json", R_WHY_DIGEST, 3 },
    { { { CATALOG, { "\"size\":\"3\"", "\"size\":\"4\"" } } },
      R_CATALOG_MISMATCH,
      "data/system/identity.json",
      R_WHY_SIZE,
      3 },
    { { { CATALOG, { "\"generated\"", "\"procfs\"" } } },
      R_MERKLE_MISMATCH,
      "meta/merkle-root.txt",
      R_WHY_MERKLE_ROOT,
      1 },
};

static void test_contradictions(void **state)
{
    struct sample s;
    size_t i;

    (void)state;
    sample_load(&s, "good/p256.tar");
    for (i = 0; i < sizeof contradictions / sizeof contradictions[0]; i++)
        check(&s, &contradictions[i]);
    sample_free(&s);
}

/* What a rebuilt bundle says when nothing was edited: only the signature could tell */
static void test_nothing_edited(void **state)
{
    static const struct edit none[4] = { { NULL, { NULL, NULL } } };
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM);
    struct sample_run run;
    struct sample s;

    (void)state;
    sample_load(&s, "good/p256.tar");
    rebuild(&s, none, &out);
    assert_true(out.len == s.bytes.len && memcmp(out.data, s.bytes.data, out.len) == 0);
    sample_read(&run, out.data, out.len, 0);
    assert_true(sample_is_whole(&run));
    sample_run_free(&run);
    sample_free(&s);
}

/* A tagmanifest that lists something else explains nothing away: what is wrong is told, of the tag file or of the list
 */
static void test_tagmanifest(void **state)
{
    static const struct expected lists[] = {
        { { { TAGMANIFEST, { "bagit.txt", "bagit.tx" } } },
          R_MANIFEST_MALFORMED,
          TAGMANIFEST,
          R_WHY_TAGMANIFEST_ORDER,
          1 },
        { { { TAGMANIFEST, { "  meta/absent", " meta/absent" } } },
          R_MANIFEST_MALFORMED,
          TAGMANIFEST,
          R_WHY_TAGMANIFEST_ORDER,
          1 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(ROOM), text = BUF_INIT(ROOM), changed = BUF_INIT(ROOM);
        struct sample s;
        struct sample_run run;
        size_t k;

        sample_load(&s, "good/p256.tar");
        for (k = 0; k < s.count; k++) {
            char name[1100];

            snprintf(name, sizeof name, "SAMPLE-1/%s", s.members[k].path);
            buf_reset(&text);
            buf_put(&text, s.bytes.data + s.members[k].content, s.members[k].size);
            if (strcmp(s.members[k].path, TAGMANIFEST) == 0) {
                apply(buf_text(&text), &lists[i].edits[0].change, &changed);
                sample_put_member(&out, name, changed.data, changed.len, sample_mtime(&s));
            } else {
                sample_put_member(&out, name, text.data, text.len, sample_mtime(&s));
            }
        }
        sample_put_end(&out);
        sample_read(&run, out.data, out.len, 0);
        assert_int_equal(run.result.findings.count, lists[i].count);
        assert_int_equal(run.result.findings.list[0].code, lists[i].code);
        assert_string_equal(run.result.findings.list[0].path, lists[i].path);
        sample_run_free(&run);
        sample_free(&s);
    }
}

TEST_MAIN(cmocka_unit_test(test_nothing_edited), cmocka_unit_test(test_contradictions),
          cmocka_unit_test(test_tagmanifest))

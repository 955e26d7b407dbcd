/* acquisition.json and format.json: right ones, and each thing that makes one wrong. */
#include "formats/read/acquisition.h"

#include "formats/read/format.h"

#include "tests/unit/read/change.h"

static int read_format(const char *text, size_t len)
{
    struct r_format format;
    const char *wrong;
    size_t at;

    return r_format_read(text, len, &format, &wrong, &at);
}

static void test_format(void **state)
{
    static const char good[] =
        "{\"digests\":[\"sha256\"]," SALT ",\"schema\":\"hozen-bundle/1\",\"started\":\"" TIME "\"}\n";
    static const char both[] =
        "{\"digests\":[\"sha256\",\"sha512\"]," SALT ",\"schema\":\"hozen-bundle/1\",\"started\":\"" TIME "\"}\n";
    static const struct change wrong[] = {
        { "}\n", "}" },
        { "}\n", "} \n" },
        { "\"started\":\"" TIME "\"", "\"startex\":1" },
        { SALT ",", "" },
        { TIME, "now" },
        { "\"hozen-bundle/1\"", "1" },
        { "[\"sha256\"]", "\"sha256\"" },
        { "[\"sha256\"]", "[1]" },
        { "\"schema\":\"hozen-bundle/1\",", "" },
        { "sha256", "sha\\u0032" },
    };
    static const struct change other[] = {
        { "bundle/1", "bundle/2" },
        { "[\"sha256\"]", "[]" },
        { "[\"sha256\"]", "[\"sha512\",\"sha256\"]" },
        { "[\"sha256\"]", "[\"sha256\",\"sha512\",\"sha512\"]" },
        { "[\"sha256\"]", "[\"sha512\"]" },
        { "\"hozen-bundle/1\",\"started\":\"" TIME "\"", "\"x\",\"unknown\":1" },
    };

    (void)state;
    all_refused(read_format, good, wrong, sizeof wrong / sizeof wrong[0], HZ_E_FORMAT);
    all_refused(read_format, good, other, sizeof other / sizeof other[0], HZ_E_UNSUPPORTED);
    assert_int_equal(read_format(both, sizeof both - 1), HZ_OK);
    hack(read_format, good);
}

#define COUNTS "{\"absent\":\"0\",\"asked\":\"1\",\"collected\":\"1\",\"recorded\":\"0\"}"
#define MOMENT "{\"boottime\":\"5.000000000\",\"realtime\":\"" TIME "\"}"

static const char good_record[] =
    "{\"case\":\"C\",\"clock\":{\"end\":" MOMENT ",\"start\":" MOMENT "},\"counts\":" COUNTS ",\"finished\":\"" TIME
    "\",\"host\":{},\"item\":\"I\",\"keys_expected\":[\"" ZEROS64 "\"],\"mounts_not_crossed\":[\"/a\",\"/b\"],"
    "\"operator\":{\"name\":\"Sato Hanako\"},\"requested\":{\"cross_mounts\":false,"
    "\"environ\":true,\"host_tools\":true,\"paths\":[\"/etc\"],\"process_memory\":[1,2147483647],"
    "\"profiles\":[\"triage\"],\"root\":\"/mnt\",\"sources\":[\"network\"]}," SALT
    ",\"schema\":\"hozen-acquisition/1\",\"sources\":[{\"counts\":" COUNTS
    ",\"name\":\"files\",\"status\":\"complete\"}],\"started\":\"" TIME "\",\"status\":\"complete\","
    "\"tool\":{\"command_line\":[\"x\"],\"name\":\"t\",\"uid\":0,\"version\":\"1\"},\"witnesses\":[\"Tanaka "
    "Ken\"]}\n";

static int read_acquisition(const char *text, size_t len)
{
    struct r_acquisition a;
    const char *wrong;
    size_t at;
    int code;

    r_acquisition_init(&a);
    code = r_acquisition_read(text, len, &a, &wrong, &at);
    r_acquisition_free(&a);
    return code;
}

static void test_acquisition(void **state)
{
    static const struct change changes[] = {
        { "\"case\":\"C\",", "" },
        { "\"host\":{}", "\"host\":{\"name\":\"x\"}" },
        { "\"host\":{},", "" },
        { "acquisition/1", "acquisition/2" },
        { "[\"" ZEROS64 "\"]", "[\"" ZEROS64 "\",\"" ZEROS64 "\"]" },
        { "[\"" ZEROS64 "\"]", "[\"00\"]" },
        { "[\"/a\",\"/b\"]", "[\"/b\",\"/a\"]" },
        { "[\"/a\",\"/b\"]", "[\"/a\",\"/a\"]" },
        { "{\"name\":\"Sato Hanako\"}", "\"Sato Hanako\"" },
        { "false", "0" },
        { "[\"/etc\"]", "[1]" },
        { "[1,2147483647]", "[0]" },
        { "[1,2147483647]", "[2147483648]" },
        { "[1,2147483647]", "[\"1\"]" },
        { "[1,2147483647]", "1" },
        { "[\"triage\"]", "\"triage\"" },
        { "\"/mnt\"", "true" },
        { "[\"network\"]", "[2]" },
        { "\"environ\":true", "\"environ\":1" },
        { "\"host_tools\":true", "\"host_tools\":\"yes\"" },
        { "\"complete\",\"tool\"", "\"done\",\"tool\"" },
        { "\"uid\":0,", "" },
        { "\"absent\":\"0\",", "" },
        { "\"boottime\":\"5.000000000\",", "" },
        { "[\"Tanaka Ken\"]", "\"Tanaka Ken\"" },
        { "]}\n", "]}" },
        { "]}\n", "]}\n\n" },
        { "\"name\":\"files\"", "\"name\":\"Files\"" },
        { "[\"/a\",\"/b\"]", "[\"/a/b\",\"/a\"]" },
        { "[\"/a\",\"/b\"]", "[1]" },
        { "[\"/a\",\"/b\"]", "\"/a\"" },
        { "[\"" ZEROS64 "\"]", "[1]" },
        { "[\"" ZEROS64 "\"]", "\"" ZEROS64 "\"" },
        { "\"operator\"", "\"not_before\":[1],\"operator\"" },
        { "\"operator\"", "\"not_before\":\"x\",\"operator\"" },
        { "\"operator\"", "\"not_before\":[\"timestamp:\"],\"operator\"" },
        { "\"operator\"", "\"not_before\":[\"a\",\"checkpoint:AAA\"],\"operator\"" },
    };
    static const struct change deep = { "\"witnesses\":[\"Tanaka Ken\"]", "\"x-\":[[[[[[[[1]]]]]]]]" };

    (void)state;
    all_refused(read_acquisition, good_record, changes, sizeof changes / sizeof changes[0], HZ_E_FORMAT);
    all_refused(read_acquisition, good_record, &deep, 1, HZ_E_LIMIT);
    hack(read_acquisition, good_record);
}

/* The record with a list in place of `from`: `each` so many times, % being 0000, 0001, ... */
static int with_list(const char *from, const char *head, const char *each, unsigned count, const char *tail)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(1 << 18);
    const char *at = strstr(good_record, from);

    assert_non_null(at);
    buf_put(&text, good_record, (size_t)(at - good_record));
    buf_puts(&text, head);
    for (unsigned i = 0; i < count; i++) {
        buf_puts(&text, i > 0 ? "," : "");
        for (const char *p = each; *p; p++)
            if (*p == '%')
                buf_printf(&text, "%04u", i);
            else
                buf_putc(&text, *p);
    }
    buf_puts(&text, tail);
    buf_puts(&text, at + strlen(from));
    return read_acquisition(buf_text(&text), text.len);
}

#define SOURCE "{\"counts\":" COUNTS ",\"name\":\"f%\",\"status\":\"partial\"}"
#define DIGEST "\"%000000000000000000000000000000000000000000000000000000000000\""

/* Lists are as long as they may be, and one more */
static void test_limits(void **state)
{
    static const struct {
        const char *from, *head, *each, *tail;
        unsigned most;
        int beyond;
    } lists[] = {
        { "[{\"counts\":" COUNTS ",\"name\":\"files\",\"status\":\"complete\"}]", "[", SOURCE, "]", 64, HZ_E_LIMIT },
        { "[\"" ZEROS64 "\"]", "[", DIGEST, "]", 256, HZ_E_LIMIT },
        { "\"operator\"", "\"not_before\":[", "\"%\"", "],\"operator\"", 16, HZ_E_FORMAT },
        { "\"operator\"", "\"not_before\":[", "\"checkpoint:AAA=\"", "],\"operator\"", 16, HZ_E_FORMAT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        assert_int_equal(with_list(lists[i].from, lists[i].head, lists[i].each, lists[i].most, lists[i].tail), HZ_OK);
        assert_int_equal(with_list(lists[i].from, lists[i].head, lists[i].each, lists[i].most + 1, lists[i].tail),
                         lists[i].beyond);
    }
}

/* What is told of a record is what stands in it */
static void test_told(void **state)
{
    static const struct change more = {
        "\"operator\":{\"name\":\"Sato Hanako\"}",
        "\"not_before\":[\"a text\",\"timestamp:AAEC\",\"checkpoint:/w==\"],\"operator\":{\"name\":\"Sato Hanako\"},"
        "\"organisation\":\"CSIRT\""
    };
    static const struct change prefix = { "[\"/a\",\"/b\"]", "[\"/a\",\"/a/b\",\"/b\"]" };
    static const struct change partial = { "\"complete\",\"tool\"", "\"partial\",\"tool\"" };
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(LINE_ROOM);
    HZ_CLEANUP(r_acquisition_free) struct r_acquisition a;
    const char *wrong;
    size_t at;

    (void)state;
    apply(good_record, &prefix, &text); /* a text that goes on where the one before ends */
    assert_int_equal(read_acquisition(buf_text(&text), text.len), HZ_OK);
    r_acquisition_init(&a);
    assert_int_equal(r_acquisition_read(good_record, strlen(good_record), &a, &wrong, &at), HZ_OK);
    assert_true(a.complete && !a.has_organisation && a.organisation.len == 0 && a.bound_count == 0 &&
                a.extensions == 0);
    assert_true(a.source_count == 1 && a.sources[0].complete && a.key_count == 1);
    assert_string_equal(a.sources[0].name, "files");
    assert_string_equal(buf_text(&a.operator_name), "Sato Hanako");
    r_acquisition_free(&a);
    apply(good_record, &partial, &text);
    r_acquisition_init(&a);
    assert_int_equal(r_acquisition_read(buf_text(&text), text.len, &a, &wrong, &at), HZ_OK);
    assert_false(a.complete);
    r_acquisition_free(&a);
    apply(good_record, &more, &text);
    r_acquisition_init(&a);
    assert_int_equal(r_acquisition_read(buf_text(&text), text.len, &a, &wrong, &at), HZ_OK);
    assert_true(a.has_organisation);
    assert_string_equal(buf_text(&a.organisation), "CSIRT");
    assert_int_equal(a.bound_count, 2);
    assert_true(!a.bounds[0].checkpoint && a.bounds[0].bytes.len == 3 && a.bounds[0].bytes.data[2] == 2);
    assert_true(a.bounds[1].checkpoint && a.bounds[1].bytes.len == 1 && a.bounds[1].bytes.data[0] == 0xff);
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_format), cmocka_unit_test(test_acquisition),
                                        cmocka_unit_test(test_limits), cmocka_unit_test(test_told) };

    return cmocka_run_group_tests(tests, start, NULL);
}

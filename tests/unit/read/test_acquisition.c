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
    static const char good[] =
        "{\"case\":\"C\",\"clock\":{\"end\":" MOMENT ",\"start\":" MOMENT "},\"counts\":" COUNTS ",\"finished\":\"" TIME
        "\",\"host\":{},\"item\":\"I\",\"keys_expected\":[\"" ZEROS64 "\"],\"mounts_not_crossed\":[\"/a\",\"/b\"],"
        "\"operator\":{\"name\":\"Sato Hanako\"},\"requested\":{\"cross_mounts\":false,"
        "\"environ\":true,\"host_tools\":true,\"paths\":[\"/etc\"],\"process_memory\":[1,2147483647],"
        "\"profiles\":[\"triage\"],\"root\":\"/mnt\",\"sources\":[\"network\"]}," SALT
        ",\"schema\":\"hozen-acquisition/1\",\"sources\":[{\"counts\":" COUNTS
        ",\"name\":\"files\",\"status\":\"complete\"}],\"started\":\"" TIME "\",\"status\":\"complete\","
        "\"tool\":{\"command_line\":[\"x\"],\"name\":\"t\",\"uid\":0,\"version\":\"1\"},\"witnesses\":[\"Tanaka "
        "Ken\"]}\n";
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
    };
    static const struct change deep = { "\"witnesses\":[\"Tanaka Ken\"]", "\"x-\":[[[[[[[[1]]]]]]]]" };

    (void)state;
    all_refused(read_acquisition, good, changes, sizeof changes / sizeof changes[0], HZ_E_FORMAT);
    all_refused(read_acquisition, good, &deep, 1, HZ_E_LIMIT);
    hack(read_acquisition, good);
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_format), cmocka_unit_test(test_acquisition) };

    return cmocka_run_group_tests(tests, start, NULL);
}

#include "collector/options.h"

#include "formats/write/name.h"
#include "tests/unit/test.h"

static void item(const char *hostname, int64_t seconds, const char *want)
{
    struct hz_error err;
    struct buf out = BUF_INIT(256);
    assert_int_equal(options_item(&out, hostname, (struct stamp) { .seconds = seconds }, &err), HZ_OK);
    assert_true(w_name_item_valid((const char *)out.data));
    if (want != NULL)
        assert_string_equal((const char *)out.data, want);
    buf_free(&out);
}

static void items_follow_their_grammar(void **state)
{
    (void)state;
    char longest[300];
    memset(longest, 'h', sizeof longest);
    longest[299] = '\0';
    item("web01", 0, "web01-19700101T000000Z");
    item("web 01/../x", 0, "web-01-..-x-19700101T000000Z");
    item(".-_web", 0, "web-19700101T000000Z");
    item(NULL, 0, "host-19700101T000000Z");
    item("---", 0, "host-19700101T000000Z");
    item("\xe3\x81\x82x", 0, "x-19700101T000000Z");
    item(longest, 0, NULL);
    item("web01", INT64_MAX / 2, NULL);
    item("web01", INT64_MIN / 2, NULL);
}

static struct collect_options good(void)
{
    return (struct collect_options) { .case_id = "C", .operator_name = "Sato Hanako" };
}

static void checks(void **state)
{
    (void)state;
    struct hz_error err;
    char longest[600];
    memset(longest, 'x', sizeof longest);
    struct collect_options o = good();
    assert_int_equal(options_check(&o, &err), HZ_OK);
    o.case_id = NULL;
    assert_int_equal(options_check(&o, &err), HZ_E_USAGE);
    o = good();
    o.reason = "two\nlines";
    assert_int_equal(options_check(&o, &err), HZ_E_USAGE);
    assert_non_null(strstr(err.text, "--reason"));
    longest[OPTIONS_TEXT_MAX] = '\0';
    o.reason = longest;
    assert_int_equal(options_check(&o, &err), HZ_OK);
    longest[OPTIONS_TEXT_MAX] = 'x';
    longest[OPTIONS_TEXT_MAX + 1] = '\0';
    assert_int_equal(options_check(&o, &err), HZ_E_USAGE);
    o = good();
    o.item = "a/b";
    assert_int_equal(options_check(&o, &err), HZ_E_USAGE);
    o = good();
    const char *paths[] = { "/etc", "" };
    o.paths = paths;
    o.path_count = 1;
    assert_int_equal(options_check(&o, &err), HZ_OK);
    o.path_count = 2;
    assert_int_equal(options_check(&o, &err), HZ_E_USAGE);
    const char *witnesses[] = { "a", " b" };
    o = good();
    o.witnesses = witnesses;
    o.witness_count = 2;
    assert_int_equal(options_check(&o, &err), HZ_E_USAGE);
}

static void bounds_the_command_line(void **state)
{
    (void)state;
    struct hz_error err;
    struct collect_options o = good();
    struct w_bytes words[2] = { { "x", OPTIONS_COMMAND_LINE_MAX - 3 }, { "y", 1 } };
    o.command_line = words;
    o.command_line_count = 2;
    assert_int_equal(options_check(&o, &err), HZ_OK);
    words[0].len++;
    assert_int_equal(options_check(&o, &err), HZ_E_USAGE);
}

static void refused(struct collect_options o, const char *option)
{
    struct hz_error err;
    assert_int_equal(options_check(&o, &err), HZ_E_USAGE);
    assert_non_null(strstr(err.text, option));
}

static void limits_and_names_make_sense(void **state)
{
    (void)state;
    struct hz_error err;
    static const char *const units[] = { "sshd.service", "user@1000.service", "dev-sda\\x2d1.device" };
    static const char *const bad_units[] = { "", "-x", "a*", "a b", "a/b", "\xc3\xa4" };
    static const char *const empty[] = { "" };
    struct collect_options o = good();
    o.units = units;
    o.unit_count = 3;
    o.max_size = OPTIONS_MAX_SIZE_MIN;
    o.max_file_size = OPTIONS_MAX_SIZE_MIN;
    o.has_since = true;
    o.since = stamp_add(stamp_now(), -1);
    assert_int_equal(options_check(&o, &err), HZ_OK);
    o.max_file_size++;
    refused(o, "--max-file-size");
    o.max_size = 0;
    assert_int_equal(options_check(&o, &err), HZ_OK);
    o.max_file_size = 0;
    o.max_size = OPTIONS_MAX_SIZE_MIN - 1;
    refused(o, "--max-size");
    o = good();
    o.has_since = true;
    o.since = stamp_add(stamp_now(), 100);
    refused(o, "--since");
    for (size_t i = 0; i < sizeof bad_units / sizeof bad_units[0]; i++) {
        o = good();
        o.units = &bad_units[i];
        o.unit_count = 1;
        refused(o, "--unit");
    }
    o = good();
    o.databases = empty;
    o.database_count = 1;
    refused(o, "--db");
    o = good();
    o.recent_roots = empty;
    o.recent_root_count = 1;
    refused(o, "--recent-root");
}

static void names_the_bundle(void **state)
{
    (void)state;
    static const char *const names[] = { "/d/i.tar", "/d/i.tar.gz", "/d/i.tar.zst" };
    struct hz_error err;
    struct collect_options o = good();
    o.out = "/d";
    o.item = "i";
    for (int c = W_COMPRESS_NONE; c <= W_COMPRESS_ZSTD; c++) {
        struct buf out = BUF_INIT(100);
        o.compress = (enum w_compress)c;
        o.to_stdout = false;
        assert_int_equal(options_bundle(&out, &o, &err), HZ_OK);
        assert_string_equal((const char *)out.data, names[c]);
        buf_reset(&out);
        o.to_stdout = true;
        assert_int_equal(options_bundle(&out, &o, &err), HZ_OK);
        assert_string_equal((const char *)out.data, "-");
        buf_free(&out);
    }
}

TEST_MAIN(cmocka_unit_test(items_follow_their_grammar), cmocka_unit_test(checks),
          cmocka_unit_test(bounds_the_command_line), cmocka_unit_test(limits_and_names_make_sense),
          cmocka_unit_test(names_the_bundle))

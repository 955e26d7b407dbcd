#include "formats/write/tags.h"

#include "tests/unit/test.h"

static struct hz_error err;

static struct w_tags_info sample(void)
{
    struct w_tags_info i = { .item = "INC-42", .operator_name = "Sato Hanako", .case_id = "INC-2026-042" };
    i.tool_name = "hozen-collect";
    i.tool_version = "1.2";
    i.started = (struct stamp) { 1795219200, 999999999 };
    i.octets = 18446744073709551615U;
    i.count = 7;
    return i;
}

static void bag_info(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    struct w_tags_info i = sample();
    assert_int_equal(w_tags_bag_info(&out, &i, &err), HZ_OK);
    assert_string_equal(buf_text(&out),
                        "External-Identifier: INC-42\nBagging-Date: 2026-11-21\n"
                        "Payload-Oxum: 18446744073709551615.7\nContact-Name: Sato Hanako\n"
                        "Internal-Sender-Identifier: INC-2026-042\nBag-Software-Agent: hozen-collect 1.2\n");
    i.organisation = "CSIRT";
    i.started.seconds = INT64_MAX;
    buf_reset(&out);
    assert_int_equal(w_tags_bag_info(&out, &i, &err), HZ_OK);
    assert_non_null(strstr(buf_text(&out), "\nBagging-Date: 0001-01-01\n"));
    assert_non_null(strstr(buf_text(&out), ".7\nSource-Organization: CSIRT\nContact-Name: "));
}

static void values_that_no_line_can_hold(void **state)
{
    (void)state;
    char full[502];
    memset(full, 'x', sizeof full);
    full[501] = '\0';
    const char *const bad[] = {
        "", " a", "a ", "a\nExternal-Identifier: other", "a\tb", "\x1b[2J", "a\xff", full, NULL
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
        struct w_tags_info info = sample();
        info.operator_name = bad[i];
        assert_int_equal(w_tags_bag_info(&out, &info, &err), HZ_E_USAGE);
        assert_non_null(strstr(err.text, "Contact-Name"));
        info = sample();
        info.case_id = bad[i];
        assert_int_equal(w_tags_bag_info(&out, &info, &err), HZ_E_USAGE);
        info = sample();
        info.organisation = bad[i];
        assert_int_equal(w_tags_bag_info(&out, &info, &err), bad[i] == NULL ? HZ_OK : HZ_E_USAGE);
    }
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    struct w_tags_info info = sample();
    full[500] = '\0';
    info.case_id = full;
    assert_int_equal(w_tags_bag_info(&out, &info, &err), HZ_OK);
}

static void format_and_bagit(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536), again = BUF_INIT(65536);
    assert_int_equal(w_tags_format(&out, (struct stamp) { 1, 2 }, false, &err), HZ_OK);
    assert_int_equal(w_tags_format(&again, (struct stamp) { 1, 2 }, false, &err), HZ_OK);
    const char *text = buf_text(&out), *salt = strstr(text, "\"salt\":\"");
    assert_non_null(salt);
    assert_memory_equal(text, "{\"digests\":[\"sha256\"],\"salt\":\"", 30);
    assert_string_equal(salt + 8 + 32,
                        "\",\"schema\":\"hozen-bundle/1\",\"started\":\"1970-01-01T00:00:01.000000002Z\"}\n");
    assert_int_equal(out.len, again.len);
    assert_memory_not_equal(out.data, again.data, out.len); /* the salt is fresh */
    buf_reset(&out);
    assert_int_equal(w_tags_bagit(&out, &err), HZ_OK);
    assert_string_equal(buf_text(&out), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
}

TEST_MAIN(cmocka_unit_test(bag_info), cmocka_unit_test(values_that_no_line_can_hold),
          cmocka_unit_test(format_and_bagit))

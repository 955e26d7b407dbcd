/* Findings: order, bounds, sentences. Linked with --wrap. */
#include "formats/read/finding.h"

#include <stdlib.h>

#include "base/text.h"
#include "tests/unit/test.h"

static void test_findings(void **state)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    HZ_CLEANUP(r_finding_free) struct r_findings list = { .list = NULL };
    struct r_finding f = { .code = R_CONTAINER_MALFORMED, .why = R_WHY_PADDING };
    size_t i;

    (void)state;
    for (i = 0; i < R_FINDING_KEPT + 5; i++) {
        f.offset = (i * 7919) % 1000;
        f.a = i;
        r_finding_add(&list, &f);
    }
    assert_true(list.count == R_FINDING_KEPT && list.dropped == 5);
    r_finding_sort(&list);
    for (i = 1; i < list.count; i++) {
        const struct r_finding *a = &list.list[i - 1], *b = &list.list[i];
        assert_true(a->offset < b->offset || (a->offset == b->offset && a->a < b->a));
    }
    f.offset = 77;
    r_finding_detail(&text, LANG_EN, &f);
    assert_string_equal(buf_text(&text), "at byte 77, after the beginning of the file: the padding is not zero");
}

/* Long names are cut at a character; many of them stay within eight megabytes */
static void test_long_findings(void **state)
{
    static char text[6000];
    HZ_CLEANUP(r_finding_free) struct r_findings list = { .list = NULL };
    struct r_finding f = { .code = R_PAYLOAD_MISSING, .path = text, .original = text };
    size_t i;

    (void)state;
    for (i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "\xe6\x97\xa5", 3);
    for (i = 0; i < R_FINDING_KEPT; i++)
        r_finding_add(&list, &f);
    assert_int_equal(list.count + list.dropped, R_FINDING_KEPT);
    assert_in_range(list.bytes, 7000000, 8388608);
    assert_int_equal(strlen(list.list[0].path), 3999);
    assert_true(text_is_utf8(list.list[0].path, 3999));
}

static bool no_memory;
void *__real_reallocarray(void *at, size_t count, size_t size);
void *__wrap_reallocarray(void *at, size_t count, size_t size);

void *__wrap_reallocarray(void *at, size_t count, size_t size)
{
    return no_memory ? NULL : __real_reallocarray(at, count, size);
}

/* A finding for which there is no memory is counted, and that it is missing is known. */
static void test_no_memory(void **state)
{
    HZ_CLEANUP(r_finding_free) struct r_findings list = { .list = NULL };
    const struct r_finding f = { .code = R_CONTAINER_MALFORMED, .why = R_WHY_PADDING, .path = "p" };
    size_t room;

    (void)state;
    do
        r_finding_add(&list, &f);
    while (list.count < list.capacity);
    assert_false(list.out_of_memory);
    room = list.count;
    no_memory = true;
    r_finding_add(&list, &f);
    no_memory = false;
    assert_int_equal(list.count, room);
    assert_int_equal(list.dropped, 1);
    assert_true(list.out_of_memory);
    r_finding_add(&list, &f);
    assert_int_equal(list.count, room + 1);
}

static void test_all_sentences(void **state)
{
    unsigned why, code;

    (void)state;
    for (why = 0; why < R_WHY_COUNT; why++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
        const struct r_finding f = { .why = (enum r_why)why, .text = "T", .after = "A" };

        r_finding_detail(&text, LANG_EN, &f);
        assert_non_null(buf_text(&text));
        assert_in_range(text.len, 10, 300);
        assert_null(memchr(text.data, '{', text.len));
        buf_reset(&text);
        r_finding_detail(&text, LANG_JA, &f);
        assert_null(memchr(text.data, '{', text.len));
    }
    for (code = 0; code < R_CODE_COUNT; code++)
        assert_non_null(r_finding_code((enum r_code)code));
    assert_int_equal(r_finding_class(R_LIMIT_EXCEEDED), R_CLASS_UNDETERMINED);
    assert_int_equal(r_finding_class(R_CONTAINER_UNSUPPORTED), R_CLASS_UNDETERMINED);
    assert_int_equal(r_finding_class(R_NOTE_TIME_UNPROVEN), R_CLASS_NOTICE);
    assert_int_equal(r_finding_class(R_SIGNER_REVOKED), R_CLASS_FAILED);
}

TEST_MAIN(cmocka_unit_test(test_no_memory), cmocka_unit_test(test_findings), cmocka_unit_test(test_long_findings),
          cmocka_unit_test(test_all_sentences))

#include "collector/persistence/pers_text.h"

#include "tests/unit/test.h"

static void lines_and_their_numbers(void **state)
{
    (void)state;
    struct span rest = span_of("# x\n\n  one \r\ntwo"), line;
    unsigned number = 0;
    assert_true(span_entry(&rest, &line, &number));
    assert_true(span_is(line, "one"));
    assert_int_equal(number, 3);
    assert_true(span_entry(&rest, &line, &number));
    assert_true(span_is(line, "two"));
    assert_int_equal(number, 4);
    assert_false(span_entry(&rest, &line, &number));
    rest = span_of("");
    assert_false(span_line(&rest, &line));
    rest = SPAN_NONE;
    assert_false(span_line(&rest, &line));
    rest = span_of("\n");
    assert_true(span_line(&rest, &line));
    assert_int_equal(line.len, 0);
    assert_false(span_line(&rest, &line));
}

static void joined_lines(void **state)
{
    (void)state;
    struct span rest = span_of("a \\\n  b\\\nc\nd\\"), line;
    unsigned number = 0, last = 0;
    assert_true(span_entry_joined(&rest, &line, &number, &last));
    assert_true(span_is(line, "a \\\n  b\\\nc"));
    assert_int_equal(number, 1);
    assert_int_equal(last, 3);
    assert_true(span_entry_joined(&rest, &line, &number, &last));
    assert_true(span_is(line, "d\\"));
    assert_int_equal(number, 4);
    assert_false(span_entry_joined(&rest, &line, &number, &last));
}

static void words_and_fields(void **state)
{
    (void)state;
    struct span rest = span_of(" a\t bc  "), word;
    assert_true(span_word(&rest, &word));
    assert_true(span_is(word, "a"));
    assert_true(span_word(&rest, &word));
    assert_true(span_is(word, "bc"));
    assert_false(span_word(&rest, &word));
    rest = span_of("k=v=w");
    assert_true(span_until(&rest, '=', &word));
    assert_true(span_is(word, "k"));
    assert_true(span_is(rest, "v=w"));
    rest = span_of("none");
    assert_false(span_until(&rest, '=', &word));
    assert_true(span_is(rest, "none"));
    rest = SPAN_NONE;
    assert_false(span_word(&rest, &word));
    assert_false(span_until(&rest, '=', &word));
}

static void comparisons(void **state)
{
    (void)state;
    assert_true(span_begins(span_of("abc"), "ab"));
    assert_false(span_begins(span_of("a"), "ab"));
    assert_true(span_ends(span_of("abc"), "bc"));
    assert_false(span_ends(span_of("c"), "bc"));
    assert_true(span_has(span_of("xabcx"), "abc"));
    assert_false(span_has(span_of(""), "abc"));
    assert_true(span_is_caseless(span_of("TrUe"), "true"));
    assert_false(span_is(SPAN_NONE, ""));
    assert_false(span_is_caseless(SPAN_NONE, ""));
    assert_false(span_begins(SPAN_NONE, ""));
    assert_int_equal(span_from(span_of("abc"), 9).len, 0);
}

static void numbers(void **state)
{
    (void)state;
    uint64_t n = 7;
    assert_true(span_number(span_of("18446744073709551615"), UINT64_MAX, &n));
    assert_true(n == UINT64_MAX);
    assert_false(span_number(span_of("18446744073709551616"), UINT64_MAX, &n));
    assert_false(span_number(span_of("256"), 255, &n));
    assert_false(span_number(span_of(""), 255, &n));
    assert_false(span_number(span_of("1x"), 255, &n));
    assert_false(span_number(span_of("-1"), 255, &n));
    assert_true(n == UINT64_MAX);
}

static void the_program_of_a_command(void **state)
{
    (void)state;
    static const struct {
        const char *command, *prefixes, *program;
    } samples[] = { { "cd /; x", "", NULL },
                    { "test -x /usr/sbin/anacron || true", "", "/usr/sbin/anacron" },
                    { "-@/opt/run --x", "-@", "/opt/run" },
                    { "\"/opt/a b\" c", "", "/opt/a" },
                    { "'/opt/run' c", "", "/opt/run" },
                    { "x >/dev/null 2>&1 /opt/y", "", "/opt/y" },
                    { "x /dev/null", "", NULL },
                    { "| /bin/core %p", "|", "/bin/core" },
                    { "/opt/run;/opt/other", "", "/opt/run" },
                    { "relative", "", NULL },
                    { "", "", NULL } };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct span program = span_program(span_of(samples[i].command), samples[i].prefixes);
        if (samples[i].program == NULL)
            assert_true(program.at == NULL || program.len == 1);
        else
            assert_true(span_is(program, samples[i].program));
    }
    assert_null(span_program(SPAN_NONE, "").at);
}

TEST_MAIN(cmocka_unit_test(lines_and_their_numbers), cmocka_unit_test(joined_lines), cmocka_unit_test(words_and_fields),
          cmocka_unit_test(comparisons), cmocka_unit_test(numbers), cmocka_unit_test(the_program_of_a_command))

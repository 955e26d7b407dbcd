#include "collector/facts.h"

#include <stdlib.h>

#include "base/io_open.h"
#include "tests/unit/test.h"

static void expect(const char *text, const char *value)
{
    char *got = facts_os_release(text, strlen(text), "NAME");
    if (value == NULL)
        assert_null(got);
    else
        assert_string_equal(got, value);
    free(got);
}

static void os_release(void **state)
{
    (void)state;
    expect("NAME=Debian\n", "Debian");
    expect("ID=x\nNAME=\"Debian GNU/Linux\"\n", "Debian GNU/Linux");
    expect("NAME='a \\ b'", "a \\ b");
    expect("NAME=\"a \\\"b\\\" \\$c\"", "a \"b\" $c");
    expect("PRETTY_NAME=x\n", NULL);
    expect("NAME\n", NULL);
    expect("NAME=", NULL);
    expect("NAME=\"\"", NULL);
    expect("NAME=\"", "\"");
    expect("NAME=\xff", NULL);
    expect("NAME=\x1b[31m", NULL);
    expect("NAME=first\nNAME=second\n", "first");
    expect("", NULL);
    char nul[] = "NAME=a\0b\n";
    assert_null(facts_os_release(nul, sizeof nul - 1, "NAME"));
}

/* Part by part, into one. */
static void gather(struct facts *f, int root)
{
    *f = (struct facts) { 0 };
    for (unsigned part = 0; part < FACTS_PARTS; part++) {
        struct facts one = { 0 };
        facts_gather(&one, root, (enum facts_part)part);
        facts_add(f, &one);
        assert_null(one.kernel);
        facts_free(&one);
    }
}

static void gathers_what_there_is(void **state)
{
    (void)state;
    struct hz_error err;
    struct facts f;
    int root = -1;
    assert_int_equal(io_open_directory("/", &root, &err), HZ_OK);
    gather(&f, root);
    assert_non_null(f.kernel);
    assert_non_null(f.architecture);
    assert_int_equal(strlen(f.boot_id), 36);
    facts_free(&f);
    assert_null(f.kernel);
    io_close(&root);
    assert_int_equal(io_open_directory("/proc/self/fdinfo", &root, &err), HZ_OK); /* a root with nothing in it */
    gather(&f, root);
    assert_null(f.boot_id);
    assert_null(f.machine_id);
    assert_null(f.operating_system);
    facts_free(&f);
    io_close(&root);
}

TEST_MAIN(cmocka_unit_test(os_release), cmocka_unit_test(gathers_what_there_is))

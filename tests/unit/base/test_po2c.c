#include <sys/stat.h>

#include "base/child.h"
#include "tests/unit/base/folder.h"

#define HEADER "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\n"

static int run(const char *po)
{
    const char *const argv[] = { PO2C, "in.po", "out.c", NULL };
    const char *const envp[] = { NULL };
    const struct child_spec spec = { .path = PO2C, .argv = argv, .envp = envp, .timeout_seconds = 20 };
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
    struct hz_error err;
    int status = -1;
    folder_write("in.po", po);
    remove("out.c");
    assert_int_equal(child_run(&spec, &out, &status, &err), HZ_OK);
    return status;
}

static void a_table_in_order(void **state)
{
    (void)state;
    assert_int_equal(run(HEADER "# note\n#: a.c:1\nmsgid \"zeta %s\"\nmsgstr \"\"\n\"Z \"\n\"\\\"%s\\\"\"\n"
                                "msgid \"alpha\\n\"\nmsgstr \"\xE3\x81\x82\\n\"\n"),
                     0);
    folder_expect("out.c", "/* Made by po2c; do not edit. */\n#include \"base/lang_table.h\"\n\n"
                           "const struct lang_entry lang_table[] = {\n"
                           "    { \"alpha\\012\",\n      \"\\343\\201\\202\\012\" },\n"
                           "    { \"zeta %s\",\n      \"Z \\042%s\\042\" },\n"
                           "    { 0, 0 } /* not counted: an array cannot be empty */\n};\n"
                           "const size_t lang_table_len = 2;\n");
}

static void fuzzy_empty_and_obsolete_are_left_out(void **state)
{
    (void)state;
    assert_int_equal(run(HEADER "#, fuzzy, c-format\nmsgid \"a\"\nmsgstr \"A\"\n\nmsgid \"b\"\nmsgstr \"\"\n\n"
                                "#~ msgid \"c\"\n#~ msgstr \"C\"\n\nmsgid \"d\"\nmsgstr \"D\"\n"),
                     0);
    char text[4096] = "";
    FILE *f = fopen("out.c", "r");
    assert_non_null(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    assert_non_null(strstr(text, "{ \"d\",\n      \"D\" }"));
    assert_non_null(strstr(text, "lang_table_len = 1;"));
}

static void conversions_may_change_places_by_number(void **state)
{
    (void)state;
    assert_int_equal(run(HEADER "msgid \"%s has %zu%%\"\nmsgstr \"%2$zu%% %1$s\"\n"), 0);
}

static void malformed_input_fails_and_writes_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "msgid \"a\"\nmsgstr \"A\"\n",
        "msgid \"\"\nmsgstr \"charset=EUC-JP\\n\"\n",
        HEADER "msgid \"a\"\n",
        HEADER "msgstr \"A\"\n",
        HEADER "msgid \"a\nmsgstr \"A\"\n",
        HEADER "msgid \"a\" x\nmsgstr \"A\"\n",
        HEADER "msgid a\nmsgstr \"A\"\n",
        HEADER "msgid \"a\"\nmsgstr \"A\\q\"\n",
        HEADER "msgid \"a\"\nmsgstr \"A\\\n",
        HEADER "msgid \"a\"\nmsgstr \"\xFF\"\n",
        HEADER "msgctxt \"x\"\nmsgid \"a\"\nmsgstr \"A\"\n",
        HEADER "msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[0] \"A\"\n",
        HEADER "msgid \"a\"\nmsgstr \"A\"\nmsgid \"a\"\nmsgstr \"B\"\n",
        HEADER "msgid \"a\"\nmsgstr \"A\"\nmsgstr \"B\"\n",
        HEADER "\"loose\"\n",
        HEADER "msgid \"a %s\"\nmsgstr \"A\"\n",
        HEADER "msgid \"a\"\nmsgstr \"A %s\"\n",
        HEADER "msgid \"a %d\"\nmsgstr \"A %s\"\n",
        HEADER "msgid \"a %d %s\"\nmsgstr \"A %s %d\"\n",
        HEADER "msgid \"a %s %s\"\nmsgstr \"A %1$s %1$s\"\n",
        HEADER "msgid \"a %s\"\nmsgstr \"A %2$s\"\n",
        HEADER "msgid \"a\\n\"\nmsgstr \"A\"\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct stat st;
        assert_int_equal(run(bad[i]), 1);
        assert_int_not_equal(stat("out.c", &st), 0);
    }
}

TEST_MAIN(FOLDER_TEST(a_table_in_order), FOLDER_TEST(fuzzy_empty_and_obsolete_are_left_out),
          FOLDER_TEST(conversions_may_change_places_by_number), FOLDER_TEST(malformed_input_fails_and_writes_nothing))

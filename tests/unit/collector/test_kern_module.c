/* Modules: lines of /proc/modules that are hostile, names of symbols, and views of a made-up host that do not agree. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/base/folder.h"
#include "tests/unit/test.h"

#include "base/io_open.h"
#include "collector/kernel/kern_listings.h"
#include "collector/kernel/kern_module.h"

static int parse(struct kern_module *out, const char *line)
{
    return kern_module_parse(out, line, strlen(line));
}

static void a_line_has_its_fields(void **state)
{
    (void)state;
    struct kern_module m;
    assert_int_equal(parse(&m, "ext4 1048576 2 mbcache,jbd2, Live 0xffffffffc0a00000 (OE)"), HZ_OK);
    assert_string_equal(m.name, "ext4");
    assert_int_equal(m.size, 1048576);
    assert_int_equal(m.references, 2);
    assert_string_equal(m.users, "mbcache,jbd2,");
    assert_string_equal(m.state, "Live");
    assert_true(m.address == 0xffffffffc0a00000u);
    assert_string_equal(m.taint, "OE");
    assert_int_equal(parse(&m, "fuse 0 - - Loading 0x0000000000000000"), HZ_OK);
    assert_int_equal(m.references, -1);
    assert_string_equal(m.users, "");
    assert_string_equal(m.taint, "");
}

static void a_long_list_of_users_ends_with_a_whole_name(void **state)
{
    (void)state;
    char line[4096] = "base 1 300 ";
    struct kern_module m;
    for (int i = 0; i < 300; i++)
        strcat(line, "abcdefg,");
    strcat(line, " Live 0x1");
    assert_int_equal(parse(&m, line), HZ_OK);
    assert_int_equal(strlen(m.users) % 8, 0);
    assert_true(strlen(m.users) > 400 && strlen(m.users) < sizeof m.users);
}

static void what_is_no_line_is_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        " ",
        "name",
        "name 1",
        "name 1 2",
        "name 1 2 -",
        "name 1 2 - Live",
        "name 1 2 - Live 12",
        "name 1 2 - Live 0x",
        "name 1 2 - Live 0x12345678901234567",
        "name 1 2 - Live 0x1g",
        "name -1 2 - Live 0x1",
        "name 01 2 - Live 0x1",
        "name 1 x - Live 0x1",
        "name 1 2 - Liveliveliveliveliv 0x1",
        "name 1 2 - Live 0x1 OE",
        "name 1 2 - Live 0x1 ()",
        "name 1 2 - Live 0x1 (ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ)",
        "name 99999999999999999999999 2 - Live 0x1",
        "a2345678901234567890123456789012345678901234567890123456789012345 1 2 - Live 0x1"
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct kern_module m;
        assert_int_equal(parse(&m, lines[i]), HZ_E_FORMAT);
    }
}

static void a_symbol_tells_its_module(void **state)
{
    (void)state;
    static const struct {
        const char *line, *name;
    } lines[] = { { "ffffffffc0a00000 t ext4_init\t[ext4]", "ext4" },
                  { "ffffffff81000000 T _text", NULL },
                  { "ffffffffc0a00000 t x\t[bpf]", NULL },
                  { "ffffffffc0a00000 t x\t[__builtin__ftrace]", NULL },
                  { "ffffffffc0a00000 t x[y]", NULL },
                  { "[]", NULL },
                  { "[x]", NULL },
                  { " []", NULL },
                  { "]", NULL },
                  { "", NULL } };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        size_t len = 0;
        const char *name = kern_module_of_symbol(lines[i].line, strlen(lines[i].line), &len);
        assert_int_equal(name == NULL, lines[i].name == NULL);
        if (name != NULL) {
            assert_int_equal(len, strlen(lines[i].name));
            assert_memory_equal(name, lines[i].name, len);
        }
    }
}

static void make_module(const char *name)
{
    char path[128];
    mkdir("sys", 0755);
    mkdir("sys/module", 0755);
    snprintf(path, sizeof path, "sys/module/%s", name);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "sys/module/%s/initstate", name);
    folder_write(path, "live\n");
    snprintf(path, sizeof path, "sys/module/%s/srcversion", name);
    folder_write(path, "0123ABCD\n");
}

static bool has(const struct buf *text, const char *part)
{
    return memmem(text->data, text->len, part, strlen(part)) != NULL;
}

static void views_that_differ_are_told(void **state)
{
    (void)state;
    struct sheet s;
    struct hz_error err;
    HZ_CLEANUP(io_close) int root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    mkdir("proc", 0755);
    folder_write("proc/modules", "good 100 1 user, Live 0xffffffffc0000000\nuser 200 0 - Live 0xffffffffc0100000 (E)\n"
                                 "going 50 0 - Unloading 0xffffffffc0200000\nbad line\n");
    folder_write("proc/kallsyms",
                 "ffffffff81000000 T _text\nffffffffc0000000 t a\t[good]\nffffffffc0300000 t b\t[ghost]\n");
    make_module("good");
    make_module("user");
    make_module("hidden");
    mkdir("sys/module/builtin", 0755);
    sheet_init(&s, "modules", "hozen-modules/1", "procfs");
    assert_int_equal(sheet_first(&s, &err), HZ_OK);
    assert_int_equal(kern_modules_make(root, &s, &err), HZ_OK);
    assert_true(has(&s.json, "{\"address\":\"0xffffffffc0000000\",\"name\":\"good\",\"references\":1,\"size\":\"100\","
                             "\"srcversion\":\"0123ABCD\",\"state\":\"Live\",\"used_by\":[\"user\"],"
                             "\"views\":[\"kallsyms\",\"proc\",\"sysfs\"]}\n"));
    assert_true(has(&s.json, "\"taint\":\"E\",\"taint_words\":[\"a module without a valid signature\"]"));
    assert_true(
        has(&s.json, "{\"name\":\"hidden\",\"srcversion\":\"0123ABCD\",\"state\":\"live\",\"views\":[\"sysfs\"]}\n"));
    assert_true(has(&s.json, "{\"name\":\"ghost\",\"views\":[\"kallsyms\"]}\n"));
    assert_false(has(&s.json, "builtin"));
    assert_true(has(&s.text, "<- only in /sys/module\n"));
    assert_int_equal(s.remark_count, 3); /* hidden, ghost; user without signature; going is on its way out */
    sheet_free(&s);
}

static void no_modules_is_no_failure(void **state)
{
    (void)state;
    struct kern_modules m = { 0 };
    struct hz_error err;
    unsigned asked = 7;
    HZ_CLEANUP(io_close) int root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(kern_module_views(root, &m, &asked, &err), HZ_OK);
    assert_int_equal(asked, 0);
    assert_int_equal(m.count, 0);
    kern_module_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_its_fields),
        cmocka_unit_test(a_long_list_of_users_ends_with_a_whole_name),
        cmocka_unit_test(what_is_no_line_is_refused),
        cmocka_unit_test(a_symbol_tells_its_module),
        cmocka_unit_test_setup_teardown(views_that_differ_are_told, folder_enter, folder_leave),
        cmocka_unit_test_setup_teardown(no_modules_is_no_failure, folder_enter, folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

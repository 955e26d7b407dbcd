#include "collector/zone.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/io_open.h"
#include "tests/unit/base/folder.h"

/* A file with nothing in it but the header and this behind it. */
static size_t file_with(char out[512], char version, const char *end)
{
    memset(out, 0, 512);
    memcpy(out, "TZif", 4);
    out[4] = version;
    memcpy(out + 44, end, strlen(end));
    return 44 + strlen(end);
}

static int rule_of(char version, const char *end, char rule[ZONE_RULE_MAX + 1])
{
    char file[512];
    return zone_rule(rule, file, file_with(file, version, end));
}

static void rules(void **state)
{
    (void)state;
    char rule[ZONE_RULE_MAX + 1];
    static const char *const bad[] = { "\n\n",     "JST-9\n",    "\nJST-9",     "\n/etc/x\n",
                                       "\n:JST\n", "\nJST -9\n", "\nJ\x80T-9\n" };
    assert_int_equal(rule_of('2', "\nJST-9\n", rule), 0);
    assert_string_equal(rule, "JST-9");
    assert_int_equal(rule_of('3', "\n<+0330>-3:30\n", rule), 0);
    assert_string_equal(rule, "<+0330>-3:30");
    assert_int_equal(rule_of('2', "\nEST5EDT,M3.2.0,M11.1.0/26\n", rule), 0);
    assert_int_equal(rule_of('\0', "\nJST-9\n", rule), -1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(rule_of('2', bad[i], rule), -1);
    assert_int_equal(rule_of('2', "\n../../x\n", rule), -1);
    assert_int_equal(zone_rule(rule, "TZif2", 5), -1);
}

static void settle(int root)
{
    char rule[ZONE_RULE_MAX + 1];
    zone_read(root, rule);
    zone_settle(rule);
}

static void settles(void **state)
{
    (void)state;
    struct hz_error err;
    struct tm local;
    time_t now = 1800000000;
    char file[512];
    int root = -1, fd;
    size_t len = file_with(file, '2', "\nJST-9\n");
    assert_int_equal(io_open_directory(".", &root, &err), HZ_OK);
    setenv("TZ", "NST3:30", 1);
    settle(root);
    assert_string_equal(getenv("TZ"), "UTC0");
    assert_int_equal(mkdir("etc", 0700), 0);
    fd = open("etc/localtime", O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, file, len), len);
    io_close(&fd);
    settle(root);
    assert_non_null(localtime_r(&now, &local));
    assert_int_equal(local.tm_gmtoff, 9 * 3600);
    assert_int_equal(unlink("etc/localtime"), 0);
    assert_int_equal(mkfifo("etc/localtime", 0600), 0);
    alarm(120);
    settle(root);
    assert_string_equal(getenv("TZ"), "UTC0");
    io_close(&root);
}

TEST_MAIN(cmocka_unit_test(rules), cmocka_unit_test_setup_teardown(settles, folder_enter, folder_leave))

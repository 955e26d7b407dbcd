/* Accounts and logins: lines of passwd and shadow, schemes of hashes, records of logins of any bytes, and their ends.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/test.h"

#include "collector/accounts/acc_index.h"
#include "collector/accounts/acc_login.h"
#include "collector/accounts/acc_span.h"
#include "collector/accounts/acc_user.h"

static struct w_bytes bytes(const char *text)
{
    return (struct w_bytes) { text, strlen(text) };
}

static void lines_of_passwd(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",        ":",     ":x:0:0::/:/", "a:x:-1:0::/:/", "a:x:0:::/:", "a:x:4294967296:0::/:/", "a:x:0x1:0::/:/",
        "+::::::", "a:x:0", "a:x:+-0:0",   "a:x:1 :0::/:/"
    };
    /* What fgetpwent(3) of glibc takes for a user with uid 0. */
    static const char *const lenient[] = { "a::0:0",    "a:x:00:0::/:/", "a:x: 0:+0:::",
                                           "a:x:-0:0:", " \ta::0:0:g",   "a:x:\v000:0::" };
    struct acc_user u;
    assert_int_equal(acc_user_parse(&u, bytes("sato:x:4294967295:100:G,e,c:/home/sato:/bin/sh:more")), HZ_OK);
    assert_true(acc_is(u.name, "sato"));
    assert_int_equal(u.uid, UINT32_MAX);
    assert_int_equal(u.gid, 100);
    assert_true(acc_is(u.gecos, "G,e,c"));
    assert_true(acc_is(u.home, "/home/sato"));
    assert_true(acc_is(u.shell, "/bin/sh:more"));
    assert_false(u.odd);
    for (size_t i = 0; i < sizeof lenient / sizeof lenient[0]; i++) {
        assert_int_equal(acc_user_parse(&u, bytes(lenient[i])), HZ_OK);
        assert_true(acc_is(u.name, "a"));
        assert_int_equal(u.uid, 0);
        assert_int_equal(u.odd, i != 1 && i != 2);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(acc_user_parse(&u, bytes(wrong[i])), HZ_E_FORMAT);
}

static void lines_of_shadow(void **state)
{
    (void)state;
    struct acc_shadow s;
    assert_int_equal(acc_shadow_parse(&s, bytes("a:!:19000:0:99999:7:14:20000:x")), HZ_OK);
    assert_true(s.has[0] && s.days[0] == 19000 && s.days[3] == 7 && s.days[4] == 14 && s.days[5] == 20000);
    assert_int_equal(acc_shadow_parse(&s, bytes("a:*")), HZ_OK);
    assert_false(s.has[0]);
    assert_int_equal(acc_shadow_parse(&s, bytes("a::x:-1:99999999999:::")), HZ_OK);
    assert_false(s.has[0] || s.has[1] || s.has[2]);
    assert_int_equal(acc_shadow_parse(&s, bytes("a")), HZ_E_FORMAT);
    assert_int_equal(acc_shadow_parse(&s, bytes(":x")), HZ_E_FORMAT);
}

static void what_stands_where(void **state)
{
    (void)state;
    static const char *const keys[] = { "b", "a", "b", "", "ab", "b" };
    struct acc_index x = { 0 };
    struct hz_error err;
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(acc_index_add(&x, bytes(keys[i]), i == 5 ? 7 : 0, i, &err), HZ_OK);
    acc_index_sort(&x);
    const struct acc_index_entry *e = acc_index_find(&x, bytes("b"), 0);
    assert_non_null(e);
    assert_int_equal(e->at, 0);
    e = acc_index_next(&x, e);
    assert_non_null(e);
    assert_int_equal(e->at, 2);
    assert_null(acc_index_next(&x, e));
    assert_int_equal(acc_index_find(&x, bytes("b"), 7)->at, 5);
    assert_int_equal(acc_index_find(&x, bytes(""), 0)->at, 3);
    assert_null(acc_index_find(&x, bytes("c"), 0));
    acc_index_free(&x);
    assert_null(acc_index_find(&x, bytes("a"), 0));
}

static void passwords_by_their_prefix(void **state)
{
    (void)state;
    static const struct {
        const char *field, *kind;
        bool locked, usable;
    } all[] = { { "", "empty", false, true },
                { "x", "shadow", false, false },
                { "*", "none", false, false },
                { "!", "none", true, false },
                { "!!", "none", true, false },
                { "!*", "none", true, false },
                { "$6$a$b", "sha512", false, true },
                { "!$6$a$b", "sha512", true, false },
                { "$y$j9T$a$b", "yescrypt", false, true },
                { "$2b$10$abc", "bcrypt", false, true },
                { "$1$a$b", "md5", false, true },
                { "$5$a$b", "sha256", false, true },
                { "$99$a", "unknown", false, true },
                { "ab01234567890", "des", false, true },
                { "_J9..rasm", "bsdi-des", false, true },
                { "plain", "none", false, false },
                { "*LK*", "none", false, false } };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        bool locked;
        assert_string_equal(acc_password(bytes(all[i].field), &locked), all[i].kind);
        assert_int_equal(locked, all[i].locked);
        assert_int_equal(acc_password_usable(bytes(all[i].field)), all[i].usable);
    }
    assert_true(acc_shell_usable(bytes("")));
    assert_true(acc_shell_usable(bytes("/bin/bash")));
    assert_false(acc_shell_usable(bytes("/usr/sbin/nologin")));
    assert_false(acc_shell_usable(bytes("false")));
}

static void both_layouts_of_a_login(void **state)
{
    (void)state;
    unsigned char r[ACC_LOGIN_SIZE_WIDE];
    struct acc_login l;
    memset(r, 0xFF, sizeof r);
    acc_login_parse(&l, r, ACC_LOGIN_SIZE);
    assert_int_equal(l.type, -1);
    assert_int_equal(l.line.len, 32);
    assert_int_equal(l.id.len, 4);
    assert_int_equal(l.user.len, 32);
    assert_int_equal(l.host.len, 256);
    assert_int_equal(l.time.seconds, -1);
    assert_int_equal(l.time.nanoseconds, 0);
    assert_true(l.has_address);
    assert_string_equal(l.address, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    assert_false(l.zeroed);
    assert_null(acc_login_kind(l.type));
    memset(r, 0, sizeof r);
    acc_login_parse(&l, r, ACC_LOGIN_SIZE_WIDE);
    assert_true(l.zeroed && !l.has_address);
    r[0] = 7;
    memcpy(r + 44, "sato", 4);
    r[344] = 1, r[348] = 1; /* 2^32 + 1 seconds */
    r[352] = 5;             /* microseconds */
    memcpy(r + 360, "\xC0\x00\x02\x07", 4);
    acc_login_parse(&l, r, ACC_LOGIN_SIZE_WIDE);
    assert_string_equal(acc_login_kind(l.type), "user");
    assert_true(acc_is(l.user, "sato"));
    assert_true(l.time.seconds == INT64_C(4294967297) && l.time.nanoseconds == 5000);
    assert_string_equal(l.address, "192.0.2.7");
    assert_int_equal(acc_login_size(384), 384);
    assert_int_equal(acc_login_size(800), 400);
    assert_int_equal(acc_login_size(9600), 384); /* of both */
    assert_int_equal(acc_login_size(385), 384);
    assert_int_equal(acc_login_size(0), 384);
}

static struct acc_login login(int16_t type, const char *line, const char *user, int64_t at)
{
    return (struct acc_login) { .type = type, .line = bytes(line), .user = bytes(user), .time = { .seconds = at } };
}

static void assert_end(struct acc_span *s, struct acc_login l, enum acc_span_end wanted, int64_t at)
{
    enum acc_span_end how;
    struct stamp end = { 0, 0 };
    struct hz_error err;
    assert_int_equal(acc_span_next(s, &l, &how, &end, &err), HZ_OK);
    assert_int_equal(how, wanted);
    if (wanted != ACC_SPAN_OPEN)
        assert_int_equal(end.seconds, at);
}

static void logins_end_as_last_says(void **state)
{
    (void)state;
    struct acc_span s = { 0 };
    assert_end(&s, login(ACC_LOGIN_USER, "pts/1", "b", 90), ACC_SPAN_OPEN, 0);
    assert_end(&s, login(ACC_LOGIN_USER, "pts/1", "a", 80), ACC_SPAN_LOGOUT, 90);
    assert_end(&s, login(ACC_LOGIN_BOOT, "~", "reboot", 70), ACC_SPAN_OPEN, 0);
    assert_end(&s, login(ACC_LOGIN_USER, "pts/1", "a", 60), ACC_SPAN_CRASH, 70);
    assert_end(&s, login(ACC_LOGIN_RUNLEVEL, "~", "shutdown", 50), ACC_SPAN_OPEN, 0);
    assert_end(&s, login(ACC_LOGIN_USER, "pts/2", "a", 40), ACC_SPAN_DOWN, 50);
    assert_end(&s, login(ACC_LOGIN_RUNLEVEL, "~", "runlevel", 35), ACC_SPAN_OPEN, 0);
    assert_end(&s, login(ACC_LOGIN_DEAD, "pts/3", "", 30), ACC_SPAN_DOWN, 50);
    assert_end(&s, login(ACC_LOGIN_USER, "pts/3", "a", 20), ACC_SPAN_LOGOUT, 30);
    acc_span_free(&s);
}

static void more_lines_than_are_known_at_a_time(void **state)
{
    (void)state;
    struct acc_span s = { 0 };
    for (int i = 0; i < 3 * ACC_SPAN_LINES; i++) {
        char line[32];
        snprintf(line, sizeof line, "%031d", i);
        assert_end(&s, login(ACC_LOGIN_DEAD, line, "", i), ACC_SPAN_OPEN, 0);
    }
    assert_int_equal(s.count, ACC_SPAN_LINES);
    acc_span_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_passwd),
        cmocka_unit_test(lines_of_shadow),
        cmocka_unit_test(what_stands_where),
        cmocka_unit_test(passwords_by_their_prefix),
        cmocka_unit_test(both_layouts_of_a_login),
        cmocka_unit_test(logins_end_as_last_says),
        cmocka_unit_test(more_lines_than_are_known_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

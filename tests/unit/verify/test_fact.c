#include "tests/unit/test.h"

#include <stdio.h>

#include "base/buf.h"
#include "verify/fact.h"
#include "verify/rows_filter.h"

static size_t listing(const char *leaf)
{
    char path[64];
    size_t found;

    snprintf(path, sizeof path, "data/%s.jsonl", leaf);
    found = fact_listing_find(path, strlen(path));
    assert_true(found < FACT_LISTINGS);
    return found;
}

static void expect(const char *leaf, const char *line, enum fact_kind kind, const char *name, const char *value)
{
    struct fact f;

    fact_init(&f);
    assert_int_equal(fact_line(listing(leaf), 2, line, strlen(line), &f), FACT_YES);
    assert_int_equal(f.kind, kind);
    assert_string_equal(buf_text(&f.name), name);
    assert_string_equal(buf_text(&f.value), value);
    fact_free(&f);
}

static enum fact_answer answer(const char *leaf, uint64_t number, const char *line)
{
    struct fact f;
    enum fact_answer a;

    fact_init(&f);
    a = fact_line(listing(leaf), number, line, strlen(line), &f);
    fact_free(&f);
    return a;
}

static void test_rows(void **state)
{
    (void)state;
    expect("accounts/users", "{\"gid\":0,\"line\":4,\"name\":\"a\\\"b\",\"name_b64\":\"YQ==\",\"uid\":0,\"x-new\":[1]}",
           FACT_ACCOUNTS, "a\"b", "{\"gid\":0,\"name\":\"a\\\"b\",\"name_b64\":\"YQ==\",\"uid\":0}");
    expect("kernel/modules", "{\"address\":\"0x1\",\"name\":\"m\",\"size\":\"5\"}", FACT_MODULES, "m",
           "{\"name\":\"m\",\"size\":\"5\"}");
    expect("persistence/autostart", "{\"command\":\"x\",\"kind\":\"at\",\"origin\":\"/var/spool/at/1\"}", FACT_CRON,
           "/var/spool/at/1 x", "{\"command\":\"x\",\"kind\":\"at\",\"origin\":\"/var/spool/at/1\"}");
    expect("persistence/autostart",
           "{\"directive\":\"ExecStart\",\"kind\":\"systemd\",\"mtime\":\"x\",\"origin\":\"/u\"}", FACT_UNITS,
           "/u ExecStart", "{\"directive\":\"ExecStart\",\"kind\":\"systemd\",\"origin\":\"/u\"}");
    expect("persistence/autostart", "{\"kind\":\"pam\",\"origin\":\"/p\"}", FACT_AUTOSTART, "pam /p",
           "{\"kind\":\"pam\",\"origin\":\"/p\"}");
}

static void test_first_line(void **state)
{
    (void)state;
    assert_int_equal(answer("kernel/modules", 1, "{\"salt\":\"0\",\"schema\":\"hozen-modules/1\"}"), FACT_NONE);
    assert_int_equal(answer("kernel/modules", 1, "{\"salt\":\"0\",\"schema\":\"hozen-modules/2\"}"), FACT_MALFORMED);
    assert_int_equal(answer("kernel/modules", 1, "{\"salt\":\"0\",\"schema\":\"hozen-bpf/1\"}"), FACT_MALFORMED);
    assert_int_equal(answer("kernel/modules", 1, "{\"salt\":\"0\"}"), FACT_MALFORMED);
}

static void test_malformed(void **state)
{
    static const char *const lines[] = { "",
                                         "x",
                                         "[]",
                                         "{}",
                                         "{\"name\":\"a\"",
                                         "{\"name\":\"a\"}x",
                                         "{\"name\":\"a\",\"name\":\"b\"}",
                                         "{\"size\":\"1\",\"name\":\"a\"}",
                                         "{\"name\":null}",
                                         "{\"name\":\"a\" }" };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_int_equal(answer("kernel/modules", 2, lines[i]), FACT_MALFORMED);
}

static void test_bounds(void **state)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);

    (void)state;
    buf_puts(&line, "{\"name\":\"");
    memset(buf_grow(&line, FACT_NAME_MAX), 'a', FACT_NAME_MAX);
    buf_puts(&line, "\"}");
    assert_int_equal(answer("kernel/modules", 2, buf_text(&line)), FACT_YES);
    line.len -= 2;
    buf_puts(&line, "a\"}");
    assert_int_equal(answer("kernel/modules", 2, buf_text(&line)), FACT_LONG);
    buf_reset(&line);
    buf_puts(&line, "{\"name\":\"m\",\"version\":\"");
    memset(buf_grow(&line, FACT_VALUE_MAX), 'a', FACT_VALUE_MAX);
    buf_puts(&line, "\"}");
    assert_int_equal(answer("kernel/modules", 2, buf_text(&line)), FACT_LONG);
    buf_reset(&line);
    buf_puts(&line, "{");
    for (int i = 0; i <= FACT_MEMBERS; i++)
        buf_printf(&line, "%s\"k%02d\":1", i ? "," : "", i);
    buf_puts(&line, "}");
    assert_int_equal(answer("kernel/modules", 2, buf_text(&line)), FACT_MALFORMED);
}

#define TCP "{\"kind\":\"tcp\",\"local\":{\"address\":\"::\",\"port\":22},"

static void test_sockets(void **state)
{
    (void)state;
    expect(
        "network/sockets",
        "{\"inode\":\"5\",\"kind\":\"tcp\",\"local\":{\"address\":\"::\",\"port\":22},\"owners\":[{\"exe\":\"/b\","
        "\"fds\":[3],\"name\":\"b\",\"pid\":9},{\"exe\":\"/a\",\"fds\":[3],\"pid\":11},{\"exe\":\"/b\",\"fds\":[4],"
        "\"name\":\"b\",\"pid\":12},{\"fds\":[1],\"pid\":1}],\"state\":\"LISTEN\",\"uid\":0}",
        FACT_LISTENERS, "tcp [::]:22",
        "{\"kind\":\"tcp\",\"local\":{\"address\":\"::\",\"port\":22},\"owners\":[{},{\"exe\":\"/a\"},{\"exe\":\"/b\","
        "\"name\":\"b\"}],\"uid\":0}");
    expect("network/sockets", "{\"kind\":\"vsock\",\"local\":{\"cid\":2,\"port\":1024},\"state\":\"LISTEN\"}",
           FACT_LISTENERS, "vsock 2:1024", "{\"kind\":\"vsock\",\"local\":{\"cid\":2,\"port\":1024}}");
    assert_int_equal(answer("network/sockets", 2, TCP "\"state\":\"ESTAB\"}"), FACT_NONE);
    assert_int_equal(answer("network/sockets", 2, TCP "\"state\":\"LISTEN\"}"), FACT_YES);
    assert_int_equal(answer("network/sockets", 2, "{\"kind\":\"unix\",\"state\":\"LISTEN\"}"), FACT_NONE);
    assert_int_equal(answer("network/sockets", 2, "{\"kind\":\"udp\",\"local\":{\"port\":53},\"state\":\"UNCONN\"}"),
                     FACT_YES);
    assert_int_equal(answer("network/sockets", 2, "{\"kind\":\"udp\",\"local\":{},\"state\":\"UNCONN\"}"), FACT_NONE);
    assert_int_equal(answer("network/sockets", 2,
                            "{\"kind\":\"udp\",\"local\":{\"port\":53},\"remote\":{\"port\":1},\"state\":\"UNCONN\"}"),
                     FACT_NONE);
    /* hostile forms of what is looked into */
    assert_int_equal(answer("network/sockets", 2, "{\"kind\":\"tcp\",\"local\":5,\"owners\":{},\"state\":\"LISTEN\"}"),
                     FACT_YES);
    assert_int_equal(answer("network/sockets", 2, "{\"kind\":\"tcp\",\"owners\":[1,[{}]],\"state\":\"LISTEN\"}"),
                     FACT_YES);
}

/* A listener held by so many programs, each of them by 70 processes */
static enum fact_answer held_by(int first, int step, const char *more, struct fact *f)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);

    buf_puts(&line, TCP "\"owners\":[");
    for (int i = first; i >= 0 && i <= 64; i += step)
        for (int pid = 1; pid <= 70; pid++)
            buf_printf(&line, "%s{\"exe\":\"/p%02d\",\"fds\":[3],\"pid\":%d}", i == first && pid == 1 ? "" : ",", i,
                       pid);
    buf_printf(&line, "]%s,\"state\":\"LISTEN\"}", more);
    return fact_line(listing("network/sockets"), 2, buf_text(&line), line.len, f);
}

static void test_many_owners(void **state)
{
    struct fact f;

    (void)state;
    fact_init(&f);
    assert_int_equal(held_by(63, -1, "", &f), FACT_YES);
    assert_non_null(strstr(buf_text(&f.value), "[{\"exe\":\"/p00\"},{\"exe\":\"/p01\"},"));
    assert_non_null(strstr(buf_text(&f.value), "},{\"exe\":\"/p63\"}]"));
    assert_int_equal(held_by(3, -1, ",\"owners_in_all\":9999", &f), FACT_CUT);
    assert_non_null(strstr(buf_text(&f.value), "},{\"exe\":\"/p03\"}]"));
    /* of more the same are taken, whatever order they come in */
    assert_int_equal(held_by(64, -1, "", &f), FACT_CUT);
    assert_non_null(strstr(buf_text(&f.value), "},{\"exe\":\"/p63\"}]"));
    assert_int_equal(held_by(0, 1, "", &f), FACT_CUT);
    assert_non_null(strstr(buf_text(&f.value), "[{\"exe\":\"/p00\"},"));
    assert_non_null(strstr(buf_text(&f.value), "},{\"exe\":\"/p63\"}]"));
    fact_free(&f);
}

static bool match(const char *pattern, const char *text)
{
    return rows_filter_match(pattern, text, strlen(text));
}

static void test_match(void **state)
{
    char text[4096];

    (void)state;
    assert_true(match("", "") && match("*", "") && match("**", "x") && match("a", "a") && match("?", "a"));
    assert_false(match("", "a") || match("?", "") || match("a", "b") || match("a", "ab") || match("ab", "a"));
    assert_true(match("*.log", "/var/log/a.log") && match("/var/*/a*", "/var/log/x/a.b") && match("*a*a", "aaa"));
    assert_false(match("*.log", "/var/log/a.log.1") || match("*aa*a", "aa") || match("/var", "/var/x"));
    assert_true(match("*ab*cd?", "xxabababccdcde") && match("a*b*c", "abbbcbc"));
    assert_true(rows_filter_match("a?b", "a\0b", 3));
    memset(text, 'a', sizeof text);
    assert_false(rows_filter_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text, sizeof text));
}

TEST_MAIN(cmocka_unit_test(test_rows), cmocka_unit_test(test_first_line), cmocka_unit_test(test_malformed),
          cmocka_unit_test(test_bounds), cmocka_unit_test(test_sockets), cmocka_unit_test(test_many_owners),
          cmocka_unit_test(test_match))

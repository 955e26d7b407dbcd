/* Lines of recent.jsonl and bodyfile.txt: times at the ends of what can be, names that want to be something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "collector/recent_text.h"

static struct recent_found found(const char *path, mode_t mode)
{
    struct recent_found f = { .origin = { path, strlen(path) }, .size = UINT64_MAX, .within = RECENT_MTIME };
    f.stat = (struct w_stat) { .known = true, .mode = mode, .uid = 4294967295u, .gid = 1, .links = 2, .inode = 3 };
    return f;
}

static void assert_body(const struct recent_found *f, const char *wanted)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);
    struct hz_error err;
    assert_int_equal(recent_text_body(&line, f, &err), HZ_OK);
    assert_string_equal(buf_text(&line), wanted);
}

static void assert_name(const char *path, const char *wanted)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);
    const struct recent_found f = found(path, S_IFREG);
    buf_printf(&line, "0|%s|3|r/r---------|4294967295|1|18446744073709551615|0|0|0|0\n", wanted);
    assert_body(&f, buf_text(&line));
}

static void names_stay_on_their_line_and_in_their_field(void **state)
{
    (void)state;
    assert_name("/plain name", "/plain name");
    assert_name("/a|b", "/a\\x7cb");
    assert_name("/%7c%0A", "/\\x257c\\x250A");
    assert_name("/back\\slash\\x0a", "/back\\x5cslash\\x5cx0a");
    assert_name("/\n\r\t\x7f", "/\\x0a\\x0d\\x09\\x7f");
    assert_name("/\xc2\x85", "/\\xc2\\x85");
    assert_name("/\xff\xc3(", "/\\xff\\xc3(");
    assert_name("/\xe2\x80\xae|\xe8\xa8\xbc", "/\\xe2\\x80\\xae\\x7c\xe8\xa8\xbc");
}

static void a_link_says_where_it_leads(void **state)
{
    (void)state;
    struct recent_found f = found("/l", S_IFLNK | 0777);
    f.target = (struct w_bytes) { "a|b", 3 };
    assert_body(&f, "0|/l -> a\\x7cb|3|l/lrwxrwxrwx|4294967295|1|18446744073709551615|0|0|0|0\n");
}

static void modes_are_written_as_fls_writes_them(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        const char *text;
    } modes[] = { { S_IFREG | 0644, "r/rrw-r--r--" },  { S_IFDIR | 01777, "d/drwxrwxrwt" },
                  { S_IFREG | 06755, "r/rrwsr-sr-x" }, { S_IFREG | 07000, "r/r--S--S--T" },
                  { S_IFIFO | 0123, "p/p--x-w--wx" },  { S_IFSOCK | 0700, "h/hrwx------" },
                  { S_IFCHR | 0, "c/c---------" },     { S_IFBLK | 0660, "b/brw-rw----" } };
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(4096);
        const struct recent_found f = found("/m", modes[i].mode);
        buf_printf(&line, "0|/m|3|%s|4294967295|1|18446744073709551615|0|0|0|0\n", modes[i].text);
        assert_body(&f, buf_text(&line));
    }
}

static void assert_time(int64_t seconds, uint32_t nanoseconds, const char *wanted)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(4096);
    struct recent_found f = found("/t", S_IFREG);
    f.stat.atime = f.stat.mtime = f.stat.ctime = f.stat.btime = (struct stamp) { seconds, nanoseconds };
    f.stat.has_btime = true;
    buf_printf(&line, "0|/t|3|r/r---------|4294967295|1|18446744073709551615|%s|%s|%s|%s\n", wanted, wanted, wanted,
               wanted);
    assert_body(&f, buf_text(&line));
}

static void times_are_seconds_with_a_fraction(void **state)
{
    (void)state;
    assert_time(0, 0, "0");
    assert_time(0, 1, "0.000000001");
    assert_time(1795227582, 287201849, "1795227582.287201849");
    assert_time(1795227582, 0, "1795227582");
    assert_time(-1, 0, "-1");
    assert_time(-1, 500000000, "-0.500000000");
    assert_time(-2, 1, "-1.999999999");
    assert_time(-62135596800, 0, "-62135596800");
    assert_time(-62135596801, 999999999, "0");
    assert_time(253402300799, 999999999, "253402300799.999999999");
    assert_time(253402300800, 0, "0");
    assert_time(INT64_MAX, 0, "0");
    assert_time(INT64_MIN, 0, "0");
}

static struct statx times(int64_t m, int64_t c, int64_t b, bool has_birth)
{
    struct statx st = { .stx_mask = has_birth ? STATX_BTIME : 0, .stx_mode = S_IFREG };
    st.stx_mtime.tv_sec = m;
    st.stx_ctime.tv_sec = c;
    st.stx_btime.tv_sec = b;
    return st;
}

static void the_window_has_both_its_ends(void **state)
{
    (void)state;
    const struct recent_window w = { .since = { 100, 0 }, .started = { 200, 0 } };
    static const struct {
        int64_t m, c, b;
        bool birth;
        unsigned within, future;
    } cases[] = {
        { 99, 99, 99, true, 0, 0 },
        { 100, 99, 99, true, RECENT_MTIME, 0 },
        { 99, 200, 99, true, RECENT_CTIME, 0 },
        { 99, 99, 150, true, RECENT_BTIME, 0 },
        { 99, 99, 150, false, 0, 0 },
        { 201, 99, 99, true, RECENT_MTIME, RECENT_MTIME },
        { INT64_MAX, 150, INT64_MIN, true, RECENT_MTIME | RECENT_CTIME, RECENT_MTIME },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct recent_found f = { .size = 0 };
        struct statx st = times(cases[i].m, cases[i].c, cases[i].b, cases[i].birth);
        assert_int_equal(recent_text_judge(&w, &st, &f), cases[i].within != 0);
        assert_int_equal(f.within, cases[i].within);
        assert_int_equal(f.future, cases[i].future);
    }
    struct statx st = times(99, 99, 99, true);
    st.stx_mtime.tv_nsec = 999999999;
    struct recent_found f = { .size = 0 };
    assert_false(recent_text_judge(&w, &st, &f));
}

static void json_is_canonical(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT((size_t)1 << 20);
    struct hz_error err;
    struct recent_found f = found("/\xff", S_IFCHR | 0620);
    f.future = RECENT_MTIME;
    f.within = RECENT_MTIME | RECENT_CTIME | RECENT_BTIME;
    f.stat.rdevice_major = 4;
    f.stat.rdevice_minor = 64;
    f.stat.btime = (struct stamp) { 253402300800, 5 };
    f.stat.has_btime = true;
    assert_int_equal(recent_text_json(&line, &f, &err), HZ_OK);
    assert_string_equal(
        buf_text(&line),
        "{\"atime\":\"1970-01-01T00:00:00.000000000Z\",\"btime\":\"@253402300800.000000005\","
        "\"ctime\":\"1970-01-01T00:00:00.000000000Z\",\"device\":\"0:0\",\"future\":[\"mtime\"],\"gid\":1,\"inode\":"
        "\"3\","
        "\"links\":2,\"mode\":\"0620\",\"mtime\":\"1970-01-01T00:00:00.000000000Z\",\"origin\":\"/\xef\xbf\xbd\","
        "\"origin_b64\":\"L/8=\",\"rdevice\":\"4:64\",\"size\":\"18446744073709551615\",\"type\":\"character-device\","
        "\"uid\":4294967295,\"within\":[\"btime\",\"ctime\",\"mtime\"]}\n");
}

static void assert_usual(const struct recent_found *f)
{
    HZ_CLEANUP(buf_free) struct buf one = BUF_INIT(10000), other = BUF_INIT(10000);
    struct hz_error err;
    assert_int_equal(recent_text_json(&one, f, &err), HZ_OK);
    assert_int_equal(recent_text_json_any(&other, f, &err), HZ_OK);
    assert_string_equal(buf_text(&one), buf_text(&other));
}

static void usual_lines_are_those_of_any(void **state)
{
    (void)state;
    static const char *const paths[] = { "/", "/a b/c", "/a\"b", "/a\\b", "/\xE8\xA8\xBC", "/\x7f", "/\x1f", "/\xff" };
    static const struct stamp times[] = { { 0, 0 }, { 1795178096, 123456789 }, { -62135596801, 5 }, { 951782399, 1 } };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0] * 4; i++) {
        struct recent_found f = found(paths[i / 4], i % 3 == 0 ? S_IFDIR | 01750 : S_IFREG | 0644);
        f.within = 1 + (unsigned)i % 7;
        f.stat.has_btime = true;
        f.stat.device_major = UINT32_MAX;
        f.stat.atime = times[i % 4];
        f.stat.btime = times[(i + 1) % 4];
        f.stat.ctime = times[(i + 2) % 4];
        f.stat.mtime = times[(i + 3) % 4];
        assert_usual(&f);
        f.stat.btime.seconds = f.stat.atime.seconds; /* a second that two have in common */
        f.stat.mtime.seconds = f.stat.ctime.seconds;
        assert_usual(&f);
    }
}

static void assert_again(const struct recent_found *f)
{
    HZ_CLEANUP(buf_free) struct buf lines = BUF_INIT(10000), kept = BUF_INIT(10000), again = BUF_INIT(10000);
    struct recent_found g;
    struct hz_error err;
    uint32_t body, json;
    assert_int_equal(recent_text_keep(&kept, f, &err), HZ_OK);
    assert_int_equal(recent_text_measure(&lines, f, &body, &json, &err), HZ_OK);
    recent_text_again(&g, (struct w_bytes) { kept.data, kept.len });
    g.origin = f->origin;
    assert_int_equal(recent_text_body(&again, &g, &err), HZ_OK);
    assert_int_equal(again.len, body);
    assert_int_equal(recent_text_json(&again, &g, &err), HZ_OK);
    assert_int_equal(again.len, body + json);
    assert_int_equal(lines.len, again.len);
    assert_memory_equal(lines.data, again.data, again.len);
}

static void what_is_kept_makes_the_same_lines(void **state)
{
    (void)state;
    struct recent_found f = found("/a\xff b", S_IFCHR | 06755);
    assert_again(&f);
    f.stat = (struct w_stat) { .known = true,
                               .mode = S_IFLNK | 0777,
                               .uid = 1,
                               .gid = 2,
                               .links = 3,
                               .inode = UINT64_MAX,
                               .device_major = 4,
                               .device_minor = 5,
                               .rdevice_major = 6,
                               .rdevice_minor = 7,
                               .atime = { -1, 1 },
                               .mtime = { 253402300799, 999999999 },
                               .ctime = { -62135596801, 2 },
                               .btime = { 1795178096, 3 },
                               .has_btime = true };
    f.target = (struct w_bytes) { "to\n", 3 };
    f.future = RECENT_MTIME | RECENT_BTIME;
    assert_again(&f);
    f.stat.mode = S_IFBLK;
    f.target = (struct w_bytes) { "", 0 };
    assert_again(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_stay_on_their_line_and_in_their_field),
        cmocka_unit_test(a_link_says_where_it_leads),
        cmocka_unit_test(modes_are_written_as_fls_writes_them),
        cmocka_unit_test(times_are_seconds_with_a_fraction),
        cmocka_unit_test(the_window_has_both_its_ends),
        cmocka_unit_test(json_is_canonical),
        cmocka_unit_test(usual_lines_are_those_of_any),
        cmocka_unit_test(what_is_kept_makes_the_same_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

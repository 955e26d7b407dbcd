#include "formats/write/records.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "formats/write/acquisition.h"
#include "formats/write/catalog.h"
#include "tests/unit/test.h"

static struct hz_error err;

/* The text with each salt's digits as S. */
static const char *without_salt(struct buf *text)
{
    char *p = (char *)text->data;
    assert_non_null(buf_text(text));
    p = strstr((char *)text->data, "\"salt\":\"");
    assert_non_null(p);
    p += 8;
    assert_int_equal(strspn(p, "0123456789abcdef"), 32);
    memmove(p + 1, p + 32, strlen(p + 32) + 1);
    *p = 'S';
    return (const char *)text->data;
}

static const struct w_stat full_stat = {
    .known = true,
    .mode = S_IFREG | 06755,
    .uid = 4294967295,
    .gid = 0,
    .links = 1,
    .inode = 18446744073709551615U,
    .device_major = 259,
    .device_minor = 2,
    .atime = { 0, 0 },
    .mtime = { 951782400, 123456789 },
    .ctime = { -62135596801, 0 },
};

static void catalog_line_of_a_host_file(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(W_CATALOG_LINE);
    struct w_file f = { "data/files/a=FF=22", "files", { "/a\xff\"", 4 }, "read", full_stat, { 1, 2 } };
    struct w_catalog_row row = { .file = &f, .status = W_SHRUNK, .size = 9, .sha256 = "ab", .real_size = 3 };
    row.real_sha256 = "cd";
    assert_int_equal(w_catalog_line(&out, &row, &err), HZ_OK);
    assert_string_equal(
        without_salt(&out),
        "{\"acquired_at\":\"1970-01-01T00:00:01.000000002Z\",\"atime\":\"1970-01-01T00:00:00.000000000Z\","
        "\"ctime\":\"@-62135596801.000000000\",\"device\":\"259:2\",\"gid\":0,\"inode\":\"18446744073709551615\","
        "\"links\":1,\"method\":\"read\",\"mode\":\"6755\",\"mtime\":\"2000-02-29T00:00:00.123456789Z\","
        "\"origin\":\"/a\xef\xbf\xbd\\\"\",\"origin_b64\":\"L2H/Ig==\",\"path\":\"data/files/a=FF=22\","
        "\"real_sha256\":\"cd\",\"real_size\":\"3\",\"salt\":\"S\",\"sha256\":\"ab\",\"size\":\"9\","
        "\"source\":\"files\",\"status\":\"shrunk\",\"uid\":4294967295}");
}

static void catalog_line_of_a_produced_file(void **state)
{
    (void)state;
    static const char *const names[] = { "collected", "changed", "grew", "shrunk", "limited" };
    for (enum w_file_status s = W_COLLECTED; s <= W_LIMITED; s++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(W_CATALOG_LINE);
        struct w_file f = { .path = "data/system/x", .source = "system", .method = "generated" };
        struct w_catalog_row row = { .file = &f, .status = s, .sha256 = "ab", .real_sha256 = "cd" };
        char expected[400];
        assert_int_equal(w_catalog_line(&out, &row, &err), HZ_OK);
        snprintf(expected, sizeof expected,
                 "{\"acquired_at\":\"1970-01-01T00:00:00.000000000Z\",\"method\":\"generated\","
                 "\"path\":\"data/system/x\",%s\"salt\":\"S\",\"sha256\":\"ab\",\"size\":\"0\",\"source\":\"system\","
                 "\"status\":\"%s\"}",
                 s >= W_SHRUNK ? "\"real_sha256\":\"cd\",\"real_size\":\"0\"," : "", names[s]);
        assert_string_equal(without_salt(&out), expected);
    }
}

/* 64 KiB of names and 192 KiB of values, the origin and escapes at their worst: the largest record that may come. */
static void largest_line_fits(void **state)
{
    (void)state;
    static unsigned char origin[32768], name[8], value[196608];
    static struct w_xattr xattrs[8192];
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(W_CATALOG_LINE);
    char path[901];
    memset(origin, 1, sizeof origin);
    memset(path, 'p', 900);
    path[900] = '\0';
    origin[0] = '/';
    origin[1] = 0xFF;
    for (size_t i = 0; i < 8192; i++)
        xattrs[i] = (struct w_xattr) { { name, 8 }, { value, 24 } };
    struct w_file f = { path, "files", { origin, sizeof origin }, "read", full_stat, { 1, 2 } };
    f.stat.xattrs = xattrs;
    f.stat.xattr_count = 8192;
    struct w_catalog_row row = { .file = &f, .sha256 = "ab" };
    assert_int_equal(w_catalog_line(&out, &row, &err), HZ_OK);
    assert_true(out.len < W_CATALOG_LINE);
}

static void objects(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    struct w_object o = { .source = "files", .origin = { "/l", 2 }, .target = { "x\xc3", 2 }, .stat = full_stat };
    o.stat.mode = S_IFLNK | 0777;
    assert_int_equal(w_records_object(&out, &o, &err), HZ_OK);
    assert_non_null(strstr(buf_text(&out), "\"origin\":\"/l\",\"source\":\"files\",\"target\":\"x\xef\xbf\xbd\","
                                           "\"target_b64\":\"eMM=\",\"type\":\"symlink\",\"uid\":4294967295}\n"));
    assert_null(strstr(buf_text(&out), "rdevice"));
    assert_null(strstr(buf_text(&out), "method"));
    buf_reset(&out);
    o.target.data = NULL;
    assert_int_equal(w_records_object(&out, &o, &err), HZ_E_FORMAT); /* a link without target */
    o.stat.mode = S_IFREG | 0644;
    assert_int_equal(w_records_object(&out, &o, &err), HZ_E_FORMAT); /* payload, not an object */
    o.stat.mode = S_IFCHR | 0600;
    o.stat.rdevice_major = 5;
    o.stat.rdevice_minor = 1;
    buf_reset(&out);
    assert_int_equal(w_records_object(&out, &o, &err), HZ_OK);
    assert_non_null(strstr(buf_text(&out), "\"rdevice\":\"5:1\",\"source\":\"files\",\"type\":\"character-device\""));
    o.stat.known = false;
    assert_int_equal(w_records_object(&out, &o, &err), HZ_E_FORMAT);
}

static void absences_and_actions(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    struct w_absent a = { .source = "files", .origin = { "/x", 2 }, .status = W_DENIED, .reason = "may not be read" };
    a.sys_errno = EACCES;
    assert_int_equal(w_records_absent(&out, &a, &err), HZ_OK);
    assert_string_equal(buf_text(&out), "{\"errno\":\"EACCES\",\"origin\":\"/x\",\"reason\":\"may not be read\","
                                        "\"source\":\"files\",\"status\":\"denied\"}\n");
    a.reason = NULL;
    assert_int_equal(w_records_absent(&out, &a, &err), HZ_E_FORMAT);
    struct w_action act = { .action = "walk", .target = "/\xff", .start = { { 1, 0 }, { 5, 7 } }, .failures = 2 };
    act.end = (struct w_moment) { { 2, 0 }, { 6, 0 } };
    buf_reset(&out);
    assert_int_equal(w_records_action(&out, &act, &err), HZ_OK);
    assert_string_equal(buf_text(&out),
                        "{\"action\":\"walk\",\"count\":\"0\",\"end\":\"1970-01-01T00:00:02.000000000Z\","
                        "\"end_boottime\":\"6.000000000\",\"failures\":\"2\","
                        "\"start\":\"1970-01-01T00:00:01.000000000Z\",\"start_boottime\":\"5.000000007\","
                        "\"target\":\"/\xef\xbf\xbd\"}\n");
    act.action = "Walk";
    assert_int_equal(w_records_action(&out, &act, &err), HZ_E_FORMAT);
    buf_reset(&out);
    assert_int_equal(w_records_first(&out, "hozen-absent/1", &err), HZ_OK);
    assert_string_equal(without_salt(&out), "{\"salt\":\"S\",\"schema\":\"hozen-absent/1\"}\n");
}

static struct w_acquisition smallest(void)
{
    struct w_acquisition a = { .case_id = "C", .operator_name = "O" };
    a.tool.name = "t";
    a.tool.version = "1";
    return a;
}

static const struct w_acquisition_bundle own = { "item", "k", { 3, 0 }, { 1, 2, 3 } };

static void smallest_acquisition(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    struct w_acquisition a = smallest();
    assert_int_equal(w_acquisition_text(&out, &a, &own, &err), HZ_OK);
#define EPOCH "\"1970-01-01T00:00:00.000000000Z\""
#define MOMENT "{\"boottime\":\"0.000000000\",\"realtime\":" EPOCH ",\"timezone_offset_minutes\":0}"
    assert_string_equal(without_salt(&out),
                        "{\"case\":\"C\",\"clock\":{\"end\":" MOMENT ",\"start\":" MOMENT "},"
                        "\"counts\":{\"absent\":\"3\",\"asked\":\"6\",\"collected\":\"1\",\"recorded\":\"2\"},"
                        "\"finished\":" EPOCH ",\"host\":{},\"item\":\"item\",\"keys_expected\":[\"k\"],"
                        "\"operator\":{\"name\":\"O\"},\"requested\":{\"cross_mounts\":false,\"paths\":[]},"
                        "\"salt\":\"S\",\"schema\":\"hozen-acquisition/1\",\"sources\":[],"
                        "\"started\":\"1970-01-01T00:00:03.000000000Z\",\"status\":\"partial\","
                        "\"tool\":{\"command_line\":[],\"name\":\"t\",\"uid\":0,\"version\":\"1\"}}\n");
    a.operator_name = NULL;
    assert_int_equal(w_acquisition_text(&out, &a, &own, &err), HZ_E_FORMAT);
}

static void offset_of_the_clock(void **state)
{
    (void)state;
    static const struct {
        struct stamp time, taken_at;
        const char *text;
    } cases[] = {
        { { 10, 0 }, { 10, 0 }, "\"0\"" },
        { { 10, 1 }, { 10, 0 }, "\"1\"" },
        { { 10, 0 }, { 10, 1 }, "\"-1\"" },
        { { 11, 5 }, { 10, 999999999 }, "\"6\"" },
        { { 12, 0 }, { 10, 1 }, "\"1999999999\"" },
        { { 10, 1 }, { 12, 0 }, "\"-1999999999\"" },
        { { INT64_MAX, 999999999 }, { INT64_MIN, 0 }, "\"18446744073709551615999999999\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
        struct w_acquisition a = smallest();
        char expected[80];
        a.reference.known = true;
        a.reference.time = cases[i].time;
        a.reference.taken_at = cases[i].taken_at;
        assert_int_equal(w_acquisition_text(&out, &a, &own, &err), HZ_OK);
        snprintf(expected, sizeof expected, "\"reference\":{\"offset_nanoseconds\":%s,\"taken_at\"", cases[i].text);
        if (strstr(buf_text(&out), expected) == NULL)
            fail_msg("%s not in %s", expected, buf_text(&out));
    }
}

static void everything_requested(void **state)
{
    (void)state;
    static const char *const databases[] = { "/var/lib/a.db" }, *const units[] = { "ssh.service", "cron\xff" };
    static const char *const roots[] = { "/", "/home" };
    static const char *const profiles[] = { "triage" }, *const sources[] = { "kernel", "network" };
    static const int processes[] = { 7, INT32_MAX };
    static const char expected[] =
        "\"requested\":{\"cross_mounts\":true,\"databases\":[\"/var/lib/a.db\"],\"environ\":true,\"host_tools\":true,"
        "\"limits\":{\"command_timeout_seconds\":\"60\",\"db_hold_milliseconds\":\"2000\","
        "\"max_file_size\":\"2\",\"max_rate\":\"3\",\"max_size\":\"18446744073709551615\",\"timeout_seconds\":\"1\"},"
        "\"paths\":[\"/etc\"],\"process_memory\":[7,2147483647],\"profiles\":[\"triage\"],"
        "\"recent\":{\"content\":true,\"roots\":[\"/\",\"/home\"],\"since\":" EPOCH "},\"root\":\"/mnt/i\","
        "\"since\":\"1970-01-01T00:00:01.000000002Z\",\"sources\":[\"kernel\",\"network\"],\"units\":[\"ssh.service\","
        "\"cron\xef\xbf\xbd\"]},";
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(65536);
    const struct w_bytes path = { "/etc", 4 };
    struct w_acquisition a = smallest();
    a.requested = (struct w_requested) { .paths = &path,
                                         .path_count = 1,
                                         .cross_mounts = true,
                                         .databases = databases,
                                         .profiles = profiles,
                                         .profile_count = 1,
                                         .sources = sources,
                                         .source_count = 2,
                                         .root = "/mnt/i",
                                         .environ = true,
                                         .host_tools = true,
                                         .processes = processes,
                                         .process_count = 2,
                                         .database_count = 1,
                                         .units = units,
                                         .unit_count = 2,
                                         .has_since = true,
                                         .since = { 1, 2 },
                                         .recent = { true, { 0, 0 }, roots, 2, true },
                                         .limits = { UINT64_MAX, 2, 3, 1, 60, 2000 } };
    assert_int_equal(w_acquisition_text(&out, &a, &own, &err), HZ_OK);
    if (strstr(buf_text(&out), expected) == NULL)
        fail_msg("%s not in %s", expected, buf_text(&out));
}

TEST_MAIN(cmocka_unit_test(catalog_line_of_a_host_file), cmocka_unit_test(catalog_line_of_a_produced_file),
          cmocka_unit_test(largest_line_fits), cmocka_unit_test(objects), cmocka_unit_test(absences_and_actions),
          cmocka_unit_test(smallest_acquisition), cmocka_unit_test(everything_requested),
          cmocka_unit_test(offset_of_the_clock))

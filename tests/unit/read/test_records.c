/* Lines of catalog and records: right ones, and each thing that makes one wrong. */
#include "formats/read/catalog.h"
#include "formats/read/records.h"
#include "tests/unit/read/change.h"

#define STAT_A "\"atime\":\"" TIME "\","
#define STAT_B "\"ctime\":\"" TIME "\",\"device\":\"8:1\",\"gid\":0,\"inode\":\"7\",\"links\":1,"
#define STAT_C "\"mode\":\"0644\",\"mtime\":\"" TIME "\","

#define ENTRY                                                                                                          \
    "{\"acquired_at\":\"" TIME "\"," STAT_A STAT_B "\"method\":\"read\"," STAT_C                                       \
    "\"origin\":\"/etc/hosts\",\"path\":\"data/files/etc/hosts\"," SALT ",\"sha256\":\"" ZEROS64                       \
    "\",\"size\":\"5\",\"source\":\"files\",\"status\":\"collected\",\"uid\":0}"

static int read_entry(const char *text, size_t len)
{
    struct r_entry e;
    const char *wrong;
    size_t at;
    int code;

    r_catalog_init(&e);
    code = r_catalog_line(text, len, &e, &wrong, &at);
    assert_int_equal(!code, !wrong);
    r_catalog_free(&e);
    return code;
}

static void test_entry(void **state)
{
    static const struct change changes[] = {
        { "\"acquired_at\":\"" TIME "\",", "" },
        { "12:34:56.000000001Z", "12:34:56Z" },
        { "12:34:56", "25:34:56" },
        { STAT_A, "" },
        { "\"device\":\"8:1\",", "" },
        { "8:1", "8" },
        { "8:1", "08:1" },
        { "\"gid\":0", "\"gid\":-1" },
        { "\"gid\":0", "\"gid\":\"0\"" },
        { "\"gid\":0", "\"gid\":4294967296" },
        { "\"inode\":\"7\"", "\"inode\":7" },
        { "\"inode\":\"7\"", "\"inode\":\"07\"" },
        { "\"inode\":\"7\"", "\"inode\":\"18446744073709551616\"" },
        { "\"method\":\"read\",", "" },
        { "\"read\"", "\"Read\"" },
        { "\"read\"", "\"\"" },
        { "0644", "644" },
        { "0644", "0648" },
        { "/etc/hosts", "/etc/host" },
        { "/etc/hosts", "etc/hosts" },
        { "/etc/hosts", "/etc/../hosts" },
        { "\"origin\":\"/etc/hosts\"", "\"origin_b64\":\"L2V0Yy9ob3N0cw==\"" },
        { "\"origin\":\"/etc/hosts\"", "\"origin\":\"/etc/hosts\",\"origin_b64\":\"L2V0Yy9ob3N0cw==\"" },
        { "\"origin\":\"/etc/hosts\",", "" },
        { "data/files/etc", "data/files//etc" },
        { "data/files/etc", "data/blind/etc" },
        { "\"source\":\"files\"", "\"source\":\"system\"" },
        { SALT ",", "" },
        { "ccddeeff", "ccddeefF" },
        { "ccddeeff", "ccddee" },
        { ZEROS64, "00" },
        { "\"size\":\"5\"", "\"size\":5" },
        { "\"size\":\"5\"", "\"size\":\"-5\"" },
        { "\"size\":\"5\",", "" },
        { "collected", "Collected" },
        { "collected", "limited" },
        { "collected", "vanished" },
        { "\"uid\":0", "\"uid\":0,\"z\":1" },
        { "\"uid\":0", "\"uid\":0,\"y-a\":1" },
        { "\"uid\":0}", "\"uid\":0} " },
        { "\"uid\":0", "\"uid\":0,\"uid\":0" },
        { "\"uid\":0", "\"uid\":null" },
        { "{\"ac", "{\"x\":1,\"ac" },
        { "\"uid\":0", "\"uid\":0,\"xattrs\":[]" },
        { "\"uid\":0", "\"uid\":0,\"xattrs_incomplete\":false" },
        { "\"uid\":0", "\"uid\":0,\"xattrs\":[{\"name_b64\":\"\",\"value_b64\":\"\"}]" },
        { "\"uid\":0", "\"uid\":0,\"xattrs\":[{\"name_b64\":\"YQ==\"}]" },
        { "\"uid\":0", "\"uid\":0,\"xattrs\":[{\"name_b64\":\"Yg==\",\"value_b64\":\"\"},{\"name_b64\":\"YQ==\","
                       "\"value_b64\":\"\"}]" },
        { "\"uid\":0", "\"uid\":0,\"xattrs\":[{\"name_b64\":\"YQ==\",\"value_b64\":\"\"},{\"name_b64\":\"YQ==\","
                       "\"value_b64\":\"\"}]" },
    };

    (void)state;
    all_refused(read_entry, ENTRY, changes, sizeof changes / sizeof changes[0], HZ_E_FORMAT);
    hack(read_entry, ENTRY);
}

static void test_entry_variants(void **state)
{
    static const struct change good[] = {
        { "\"uid\":0", "\"uid\":0,\"x-\":{\"a\":[1]}" },
        { "\"uid\":0", "\"uid\":0,\"xattrs\":[{\"name_b64\":\"YQ==\",\"value_b64\":\"\"},{\"name_b64\":\"YWE=\","
                       "\"value_b64\":\"AA==\"}]" },
        { "\"uid\":0", "\"uid\":0,\"xattrs_incomplete\":true" },
        { TIME "\",\"atime\":\"" TIME, "@-99999999999.000000000\",\"atime\":\"" TIME },
        { "\"collected\"", "\"changed\"" },
        { "etc/hosts\",\"salt", "etc/hosts=@0000000000000000\",\"salt" },
    };
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_ROOM);
    size_t i;

    (void)state;
    for (i = 0; i + 1 < sizeof good / sizeof good[0]; i++) {
        apply(ENTRY, &good[i], &line);
        if (read_entry((char *)line.data, line.len))
            fail_msg("refused: %s", good[i].to);
    }
    apply(ENTRY, &good[i], &line); /* a twin suffix with another digest */
    assert_int_equal(read_entry((char *)line.data, line.len), HZ_E_FORMAT);
}

#define SHRUNK                                                                                                         \
    "{\"acquired_at\":\"" TIME "\",\"method\":\"generated\",\"path\":\"data/system/x\",\"real_sha256\":\"" ZEROS64     \
    "\",\"real_size\":\"4\"," SALT ",\"sha256\":\"" ZEROS64                                                            \
    "\",\"size\":\"5\",\"source\":\"system\",\"status\":\"shrunk\"}"

static void test_shrunk(void **state)
{
    static const struct change changes[] = {
        { "shrunk", "collected" },
        { "\"real_size\":\"4\",", "" },
        { "\"real_size\":\"4\"", "\"real_size\":\"5\"" },
        { "\"real_size\":\"4\"", "\"real_size\":\"6\"" },
        { "\"real_sha256\":\"" ZEROS64 "\",", "" },
        { "data/system/x", "data/long/x" },
    };
    static const struct change limited = { "\"4\"," SALT ",\"sha256\":\"0", "\"5\"," SALT ",\"sha256\":\"0" };
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_ROOM), other = BUF_INIT(LINE_ROOM);

    (void)state;
    all_refused(read_entry, SHRUNK, changes, sizeof changes / sizeof changes[0], HZ_E_FORMAT);
    apply(SHRUNK, &limited, &line);
    apply(buf_text(&line), &(struct change) { "shrunk", "limited" }, &other);
    assert_int_equal(read_entry((char *)other.data, other.len), HZ_OK);
    apply(buf_text(&other), &(struct change) { "\"sha256\":\"0", "\"sha256\":\"1" }, &line);
    assert_int_equal(read_entry((char *)line.data, line.len), HZ_E_FORMAT); /* all was read, so the digests are one */
}

static int read_record(enum r_records_kind kind, const char *text, size_t len)
{
    struct r_record r;
    const char *wrong;
    size_t at;
    int code;

    r_records_init(&r);
    code = r_records_line(kind, text, len, &r, &wrong, &at);
    r_records_free(&r);
    return code;
}

static int read_object(const char *text, size_t len)
{
    return read_record(R_RECORD_OBJECT, text, len);
}
static int read_absent(const char *text, size_t len)
{
    return read_record(R_RECORD_ABSENT, text, len);
}
static int read_action(const char *text, size_t len)
{
    return read_record(R_RECORD_ACTION, text, len);
}

static void test_object(void **state)
{
    static const char good[] =
        "{\"acquired_at\":\"" TIME "\"," STAT_A STAT_B STAT_C
        "\"origin\":\"/etc/x\",\"source\":\"files\",\"target\":\"../y\",\"type\":\"symlink\",\"uid\":0}";
    static const struct change changes[] = {
        { "symlink", "directory" },
        { "symlink", "file" },
        { "\"origin\":\"/etc/x\",", "" },
        { "/etc/x", "x" },
        { "\"source\":\"files\",", "" },
        { "\"target\"", "\"rdevice\":\"1:2\",\"target\"" },
        { "\"target\":\"../y\"", "\"target\":\"../y\",\"target_b64\":\"Li4veQ==\"" },
        { "\"target\":\"../y\"", "\"target_b64\":\"Li4v/w==\"" },
        { "\"acquired_at\":\"" TIME "\",", "" },
        { STAT_C, "" },
        { "\"uid\":0}", "\"uid\":0} " },
        { "\"uid\":0}", "\"uid\":0}{}" },
    };
    static const char root[] =
        "{\"acquired_at\":\"" TIME "\",\"origin\":\"/\",\"source\":\"files\",\"type\":\"directory\"}";
    static const char device[] =
        "{\"acquired_at\":\"" TIME
        "\",\"origin\":\"/dev/x\",\"rdevice\":\"1:2\",\"source\":\"files\",\"type\":\"block-device\"}";
    static const char raw[] =
        "{\"acquired_at\":\"" TIME "\",\"origin\":\"/x\",\"source\":\"files\",\"target\":\"../\xef\xbf\xbd\","
        "\"target_b64\":\"Li4v/w==\",\"type\":\"symlink\"}";

    (void)state;
    all_refused(read_object, good, changes, sizeof changes / sizeof changes[0], HZ_E_FORMAT);
    assert_int_equal(read_object(root, sizeof root - 1) | read_object(device, sizeof device - 1) |
                         read_object(raw, sizeof raw - 1),
                     HZ_OK);
    hack(read_object, good);
}

static void test_absent(void **state)
{
    static const char good[] = "{\"errno\":\"EACCES\",\"origin\":\"/etc/"
                               "shadow\",\"reason\":\"open\",\"source\":\"files\",\"status\":\"denied\"}";
    static const struct change changes[] = {
        { "EACCES", "13" },
        { "EACCES", "eacces" },
        { "\"denied\"", "\"gone\"" },
        { "\"reason\":\"open\",", "" },
        { "\"source\":\"files\",", "" },
        { "/etc/shadow", "/etc/" },
        { "\"status\":\"denied\"", "\"status\":1" },
        { "\"denied\"}", "\"denied\"}x" },
        { "EACCES", "E" },
        { "EACCES", "E0000000000000000000000000000000x" },
        { "EACCES", "E00000000000000000000000000000000" },
    };
    static const char nowhere[] = "{\"reason\":\"\",\"source\":\"journal\",\"status\":\"unavailable\"}";

    (void)state;
    all_refused(read_absent, good, changes, sizeof changes / sizeof changes[0], HZ_E_FORMAT);
    assert_int_equal(read_absent(nowhere, sizeof nowhere - 1), HZ_OK);
    hack(read_absent, good);
}

static void test_action(void **state)
{
    static const char good[] =
        "{\"action\":\"walk\",\"count\":\"4\",\"end\":\"" TIME "\",\"end_boottime\":\"7.000000000\","
        "\"failures\":\"0\",\"start\":\"" TIME "\",\"start_boottime\":\"5.000000001\"}";
    static const struct change changes[] = {
        { "walk", "Walk" },
        { "\"count\":\"4\"", "\"count\":4" },
        { "7.000000000", "7.0" },
        { "7.000000000", "07.000000000" },
        { "7.000000000", ".000000000" },
        { "7.000000000", "7,000000000" },
        { "\"failures\":\"0\",", "" },
        { "5.000000001", TIME },
        { "5.000000001\"}", "5.000000001\"},{}" },
        { "5.000000001", "5.00000000x" },
        { "5.000000001", "5x000000001" },
        { "5.000000001", "9223372036854775808.000000001" },
    };
    const char *wrong;
    size_t at;

    (void)state;
    all_refused(read_action, good, changes, sizeof changes / sizeof changes[0], HZ_E_FORMAT);
    assert_int_equal(r_records_first(R_RECORD_OBJECT, "{" SALT ",\"schema\":\"hozen-objects/1\"}",
                                     strlen("{" SALT ",\"schema\":\"hozen-objects/1\"}"), &wrong, &at),
                     HZ_OK);
    assert_int_equal(r_records_first(R_RECORD_ABSENT, "{" SALT ",\"schema\":\"hozen-objects/1\"}",
                                     strlen("{" SALT ",\"schema\":\"hozen-objects/1\"}"), &wrong, &at),
                     HZ_E_FORMAT);
}

static int start(void **state)
{
    (void)state;
    return r_hash_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry),  cmocka_unit_test(test_entry_variants), cmocka_unit_test(test_shrunk),
        cmocka_unit_test(test_object), cmocka_unit_test(test_absent),         cmocka_unit_test(test_action),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}

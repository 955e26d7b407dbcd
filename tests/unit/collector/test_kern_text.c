/* Texts of the kernel: records of its log, mountinfo, fdinfo of BPF objects, lines that are too long. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"

#include "collector/kernel/kern_bpf_holder.h"
#include "collector/kernel/kern_lines.h"
#include "collector/kernel/kern_mount.h"
#include "collector/kernel/kern_record.h"

static int record(struct kern_record *out, const char *text)
{
    return kern_record_parse(out, text, strlen(text));
}

static void a_record_has_its_parts(void **state)
{
    (void)state;
    struct kern_record r;
    assert_int_equal(record(&r, "30,339,5140900,c,caller=T17;hello; world\n SUBSYSTEM=pci\n DEVICE=+pci:1\n"), HZ_OK);
    assert_int_equal(r.level, 6);
    assert_int_equal(r.facility, 3);
    assert_int_equal(r.sequence, 339);
    assert_int_equal(r.microseconds, 5140900);
    assert_true(r.continued);
    assert_memory_equal(r.caller, "T17", r.caller_len);
    assert_int_equal(r.text_len, 12);
    assert_memory_equal(r.text, "hello; world", 12);
    assert_int_equal(r.fields_len, 30);
    assert_int_equal(record(&r, "6,0,0,-;"), HZ_OK);
    assert_int_equal(r.text_len, 0);
    assert_int_equal(r.fields_len, 0);
    assert_false(r.continued);
    assert_int_equal(record(&r, "6,1,2;no flags"), HZ_OK);
}

static void what_is_no_record_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = { "",        ";",         "6;x",
                                         "6,1;x",   "x,1,2,-;x", "6,1,99999999999999999999,-;x",
                                         "6,1,2,-", "6,,2,-;x",  "4294967296,1,2,-;x" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct kern_record r;
        assert_int_equal(record(&r, texts[i]), HZ_E_FORMAT);
    }
}

static int mount(struct kern_mount *out, const char *text, char **kept)
{
    free(*kept);
    *kept = strdup(text);
    return kern_mount_parse(out, *kept, strlen(text));
}

static void assert_bytes(struct w_bytes got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    assert_memory_equal(got.data, wanted, got.len);
}

static void a_mount_is_decoded(void **state)
{
    (void)state;
    struct kern_mount m;
    char *kept = NULL;
    assert_int_equal(
        mount(&m, "36 35 98:0 /r\\040t /mnt/a\\012b rw,noatime shared:1 master:2 - ext4 /dev/\\134x rw,errors=continue",
              &kept),
        HZ_OK);
    assert_int_equal(m.id, 36);
    assert_int_equal(m.parent, 35);
    assert_bytes(m.device, "98:0");
    assert_bytes(m.root, "/r t");
    assert_bytes(m.point, "/mnt/a\nb");
    assert_bytes(m.options, "rw,noatime");
    assert_bytes(m.optional, "shared:1 master:2");
    assert_bytes(m.type, "ext4");
    assert_bytes(m.source, "/dev/\\x");
    assert_bytes(m.super_options, "rw,errors=continue");
    assert_int_equal(mount(&m, "1 2 0:1 / / rw - proc proc", &kept), HZ_OK);
    assert_bytes(m.optional, "");
    assert_bytes(m.super_options, "");
    assert_int_equal(mount(&m, "1 2 0:1 / /\\0 rw - a\\400\\09 b c", &kept), HZ_OK);
    assert_bytes(m.point, "/\\0");
    assert_bytes(m.type, "a\\400\\09");
    free(kept);
}

static void what_is_no_mount_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = { "",
                                         "1",
                                         "1 2",
                                         "1 2 0:1",
                                         "1 2 0:1 /",
                                         "1 2 0:1 / /",
                                         "1 2 0:1 / / rw",
                                         "1 2 0:1 / / rw -",
                                         "1 2 0:1 / / rw - t",
                                         "x 2 0:1 / / rw - t s o",
                                         "1 2 0:1 / / rw shared:1 t s o" };
    struct kern_mount m;
    char *kept = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(mount(&m, texts[i], &kept), HZ_E_FORMAT);
    free(kept);
}

static void an_option_is_found_whole(void **state)
{
    (void)state;
    const char *text = "rw,lowerdir2=no,lowerdir=/a:/b,upperdir=,index";
    const struct w_bytes options = { text, strlen(text) };
    struct w_bytes value;
    assert_true(kern_mount_option(options, "lowerdir", &value));
    assert_bytes(value, "/a:/b");
    assert_true(kern_mount_option(options, "upperdir", &value));
    assert_bytes(value, "");
    assert_true(kern_mount_option(options, "index", &value));
    assert_bytes(value, "");
    assert_false(kern_mount_option(options, "workdir", &value));
    assert_false(kern_mount_option(options, "lower", &value));
}

static void an_fdinfo_names_its_object(void **state)
{
    (void)state;
    enum io_bpf_kind kind;
    uint32_t id = 0;
    const char link[] = "pos:\t0\nlink_type:\tcgroup\nlink_id:\t7\nprog_tag:\tab\nprog_id:\t12\n";
    assert_true(kern_bpf_fdinfo(link, strlen(link), &kind, &id));
    assert_int_equal(kind, IO_BPF_LINK);
    assert_int_equal(id, 7);
    const char program[] = "flags:\t02\nprog_id:\t4294967295\n";
    assert_true(kern_bpf_fdinfo(program, strlen(program), &kind, &id));
    assert_int_equal(kind, IO_BPF_PROGRAM);
    assert_int_equal(id, UINT32_MAX);
    static const char *const others[] = {
        "", "pos:\t0\n", "xprog_id:\t1\n", "prog_id:\t\n", "map_id:\t4294967296\n", "link_id:\t-1\n"
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(kern_bpf_fdinfo(others[i], strlen(others[i]), &kind, &id));
}

static int count(void *context, const char *line, size_t len, struct hz_error *err)
{
    size_t *counts = context;
    (void)line;
    (void)err;
    counts[0]++;
    counts[1] += len;
    return HZ_OK;
}

static void lines_of_memory_end_where_it_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t lines, bytes;
    } texts[] = { { "", 0, 0 }, { "\n", 1, 0 }, { "a", 1, 1 }, { "a\n", 1, 1 }, { "a\n\nb", 3, 2 } };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t counts[2] = { 0, 0 };
        struct hz_error err;
        assert_int_equal(kern_lines_of(texts[i].text, strlen(texts[i].text), count, counts, &err), HZ_OK);
        assert_int_equal(counts[0], texts[i].lines);
        assert_int_equal(counts[1], texts[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_has_its_parts),
        cmocka_unit_test(what_is_no_record_is_refused),
        cmocka_unit_test(a_mount_is_decoded),
        cmocka_unit_test(what_is_no_mount_is_refused),
        cmocka_unit_test(an_option_is_found_whole),
        cmocka_unit_test(an_fdinfo_names_its_object),
        cmocka_unit_test(lines_of_memory_end_where_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

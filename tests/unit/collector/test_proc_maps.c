#include "collector/processes/proc_maps.h"

#include "collector/processes/proc_mounts.h"
#include "tests/unit/test.h"

static bool parse(const char *text, struct proc_map *out)
{
    size_t at = 0;
    return proc_maps_next(text, strlen(text), &at, out);
}

static void a_line(void **state)
{
    (void)state;
    struct proc_map m;
    assert_true(
        parse("7f46a2723000-7f46a2728000 r-xp 00001000 fe:02 4242                       /usr/lib/a b.so\n", &m));
    assert_int_equal(m.start, 0x7f46a2723000);
    assert_int_equal(m.end, 0x7f46a2728000);
    assert_string_equal(m.permissions, "r-xp");
    assert_int_equal(m.offset, 0x1000);
    assert_int_equal(m.device_major, 0xfe);
    assert_int_equal(m.device_minor, 2);
    assert_int_equal(m.inode, 4242);
    assert_int_equal(m.path.len, 15);
    assert_memory_equal(m.path.data, "/usr/lib/a b.so", 15);
    assert_true(parse("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]", &m));
    assert_true(parse("1000-2000 rw-p 00000000 00:00 0 \n", &m));
    assert_int_equal(m.path.len, 0);
    assert_true(parse("1000-2000 rw-p 00000000 00:00 0\n", &m));
}

static void what_is_no_line(void **state)
{
    (void)state;
    struct proc_map m;
    static const char *const texts[] = { "",
                                         "\n",
                                         "1000",
                                         "1000-",
                                         "1000-2000",
                                         "1000-2000 ",
                                         "1000-2000 r-x",
                                         "1000-2000 r-xp",
                                         "1000-2000 r-xp 0",
                                         "1000-2000 r-xp 0 0:0",
                                         "1000-2000 r-xp 0 0:0 ",
                                         "1000-2000 r-xp 0 0:0 12x /a",
                                         "2000-1000 r-xp 0 0:0 1 /a",
                                         "10000000000000000-2 r-xp 0 0:0 1 /a",
                                         "1000-2000 r-xp 0 100000000:0 1 /a",
                                         "1000-2000 r-xp 0 0:0 99999999999999999999999 /a",
                                         "1000-2000 r-xp 0 0:0 18446744073709551616 /a",
                                         "G000-2000 r-xp 0 0:0 1 /a" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(parse(texts[i], &m));
}

static void bad_lines_are_passed_over(void **state)
{
    (void)state;
    const char text[] = "nonsense\n1000-2000 r-xp 0 0:0 1 /a\n\n3000-4000 rw-p 0 0:0 2 /b";
    struct proc_map m;
    size_t at = 0;
    assert_true(proc_maps_next(text, sizeof text - 1, &at, &m));
    assert_int_equal(m.inode, 1);
    assert_true(proc_maps_next(text, sizeof text - 1, &at, &m));
    assert_int_equal(m.inode, 2);
    assert_false(proc_maps_next(text, sizeof text - 1, &at, &m));
}

static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum proc_map_kind kind;
    } all[] = { { "1-2 r-xp 0 8:1 7 /bin/sh", PROC_MAP_PLAIN },
                { "1-2 rw-p 0 0:0 0 [heap]", PROC_MAP_PLAIN },
                { "1-2 rwxp 0 0:0 0 [heap]", PROC_MAP_ANONYMOUS },
                { "1-2 rwxp 0 0:0 0 [stack]", PROC_MAP_ANONYMOUS },
                { "1-2 r-xp 0 0:0 0", PROC_MAP_ANONYMOUS },
                { "1-2 r-xp 0 0:0 0 [anon:jit]", PROC_MAP_ANONYMOUS },
                { "1-2 r-xp 0 0:0 0 [vdso]", PROC_MAP_PLAIN },
                { "1-2 --xp 0 0:0 0 [vsyscall]", PROC_MAP_PLAIN },
                { "1-2 rwxs 0 0:1 9 /dev/zero (deleted)", PROC_MAP_ANONYMOUS },
                { "1-2 rwxs 0 0:1 9 /SYSV00000000 (deleted)", PROC_MAP_ANONYMOUS },
                { "1-2 r-xs 0 0:1 9 /memfd:x (deleted)", PROC_MAP_MEMORY },
                { "1-2 rw-s 0 0:1 9 /memfd:x (deleted)", PROC_MAP_PLAIN },
                { "1-2 r-xp 0 8:1 7 /tmp/a.so (deleted)", PROC_MAP_DELETED },
                { "1-2 r--p 0 8:1 7 /tmp/a.so (deleted)", PROC_MAP_PLAIN },
                { "1-2 rwxp 0 8:1 7 /bin/sh", PROC_MAP_WRITABLE } };
    struct proc_map m;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_true(parse(all[i].line, &m));
        assert_int_equal(proc_maps_kind(&m), all[i].kind);
    }
}

static bool mount_of(const char *line, struct proc_mount *out)
{
    size_t at = 0;
    return proc_mounts_next(line, strlen(line), &at, out);
}

static void mounts(void **state)
{
    (void)state;
    struct proc_mount m;
    uint32_t pid = 0;
    bool below = true;
    assert_true(mount_of("61 60 254:0 /tmp/empty /proc/4711 rw,relatime shared:1 master:2 - ext4 /dev/vda rw\n", &m));
    assert_true(proc_mounts_over(&m, &pid, &below));
    assert_int_equal(pid, 4711);
    assert_false(below);
    assert_memory_equal(m.type.data, "ext4", 4);
    assert_memory_equal(m.source.data, "/dev/vda", 8);
    assert_true(mount_of("61 60 0:5 / /proc/4711/fd rw - tmpfs none rw", &m));
    assert_true(proc_mounts_over(&m, &pid, &below) && below);
    static const char *const others[] = { "1 2 0:5 / /proc rw - proc proc rw", "1 2 0:5 / /proc/sys rw - proc proc rw",
                                          "1 2 0:5 / /proc/ rw - proc proc rw", "1 2 0:5 / /proc/12x rw - proc proc rw",
                                          "1 2 0:5 / /mnt/proc/12 rw - proc proc rw" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_true(mount_of(others[i], &m));
        assert_false(proc_mounts_over(&m, &pid, &below));
        assert_false(proc_mounts_instead(&m));
    }
    assert_true(mount_of("1 2 0:5 / /proc rw - tmpfs proc rw", &m) && proc_mounts_instead(&m));
    static const char *const bad[] = { "", "1 2 0:5 / /proc/12 rw", "1 2 0:5 / /proc/12 rw -",
                                       "1 2 0:5 / /proc/12 rw - ext4", "1 2 0:5 - ext4 x y z" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(mount_of(bad[i], &m));
}

TEST_MAIN(cmocka_unit_test(a_line), cmocka_unit_test(what_is_no_line), cmocka_unit_test(bad_lines_are_passed_over),
          cmocka_unit_test(kinds), cmocka_unit_test(mounts))

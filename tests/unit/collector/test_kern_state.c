/* What was hung into a made-up kernel is observed, its settings are read without acting, and a sheet keeps its bounds.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/base/folder.h"
#include "tests/unit/test.h"

#include "base/io_open.h"
#include "collector/kernel/kern_listings.h"
#include "formats/write/fields.h"

/* name: below the folder; the folders on the way are made. */
static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s", name);
    for (char *slash = path; (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0755);
    }
    folder_write(path, text);
}

static bool has(const struct buf *text, const char *part)
{
    return memmem(text->data, text->len, part, strlen(part)) != NULL;
}

static void make(int (*maker)(int root, struct sheet *out, struct hz_error *err), struct sheet *s)
{
    struct hz_error err;
    HZ_CLEANUP(io_close) int root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    sheet_init(s, "state", "hozen-kernel-state/1", "procfs");
    assert_int_equal(sheet_first(s, &err), HZ_OK);
    assert_int_equal(maker(root, s, &err), HZ_OK);
}

static void an_ordinary_kernel_is_not_observed(void **state)
{
    (void)state;
    struct sheet s;
    put("proc/sys/kernel/tainted", "0\n");
    put("sys/kernel/kexec_loaded", "0\n");
    put("sys/kernel/uevent_helper", "\n");
    put("sys/kernel/tracing/kprobe_events", "");
    put("sys/kernel/tracing/current_tracer", "nop\n");
    put("sys/kernel/tracing/enabled_functions", "");
    put("proc/thread-self/mountinfo", "1 2 0:1 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n");
    put("proc/sys/fs/binfmt_misc/waiting", "enabled\ninterpreter /x\nflags: C\n");
    put("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    make(kern_state_make, &s);
    assert_int_equal(s.remark_count, 0);
    assert_true(has(&s.json, "{\"name\":\"lockdown\",\"path\":\"/sys/kernel/security/lockdown\","
                             "\"value\":\"none [integrity] confidentiality\"}\n"));
    assert_true(has(&s.json, "{\"name\":\"tainted\",\"path\":\"/proc/sys/kernel/tainted\",\"value\":\"0\"}\n"));
    assert_false(has(&s.json, "lsm"));
    assert_false(has(&s.json, "waiting"));
    sheet_free(&s);
}

static void what_was_hung_in_is_observed(void **state)
{
    (void)state;
    struct sheet s;
    put("proc/sys/kernel/tainted", "9223372036854779904\n"); /* bits 12 and 63 */
    put("sys/kernel/kexec_loaded", "1\n");
    put("sys/kernel/uevent_helper", "/tmp/x\n");
    put("sys/kernel/tracing/kprobe_events", "p:kprobes/hz tcp_connect\n");
    put("sys/kernel/tracing/uprobe_events", "p:uprobes/hz /bin/sh:0x1\n");
    put("sys/kernel/tracing/current_tracer", "function\n");
    put("sys/kernel/tracing/enabled_functions", "tcp4_seq_show (1) R I\n");
    put("sys/kernel/livepatch/fix/enabled", "1\n");
    put("proc/thread-self/mountinfo", "1 2 0:1 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw\n"
                                      "3 1 0:2 / /proc/sys/fs/binfmt_misc rw - binfmt_misc binfmt_misc rw\n");
    put("proc/sys/fs/binfmt_misc/qemu", "enabled\ninterpreter /usr/bin/qemu-C\nflags: POF\noffset 0\nmagic C0\n");
    put("proc/sys/fs/binfmt_misc/suid", "enabled\ninterpreter /tmp/x\nflags: OC\noffset 0\nmagic 7f\n");
    make(kern_state_make, &s);
    assert_int_equal(s.remark_count, 9);
    assert_true(has(&s.json, "\"path\":\"/proc/sys/fs/binfmt_misc/qemu\""));
    assert_true(has(&s.json,
                    "\"bits\":[{\"bit\":12,\"letter\":\"O\",\"words\":\"a module built outside the kernel's tree\"},"
                    "{\"bit\":63}]"));
    assert_true(
        has(&s.json, "{\"name\":\"livepatch\",\"path\":\"/sys/kernel/livepatch/fix/enabled\",\"value\":\"1\"}"));
    assert_true(has(&s.text, "kprobe_events               p:kprobes/hz tcp_connect\n"));
    sheet_free(&s);
}

static void settings_are_read_and_named(void **state)
{
    (void)state;
    struct sheet s;
    put("proc/sys/net/ipv4/conf/eth0.1/forwarding", "1\n");
    put("proc/sys/kernel/lines", "a\tb\nc \033\n");
    put("proc/sys/kernel/random/uuid", "x\n");
    put("proc/sys/net/ipv4/tcp_fastopen_key", "0-1-2-3\n");
    put("proc/sys/empty", "");
    put("proc/sys/vm/compact_memory", "never\n");
    assert_int_equal(chmod("proc/sys/vm/compact_memory", 0200), 0);
    make(kern_sysctl_make, &s);
    assert_true(has(&s.json, "{\"name\":\"net.ipv4.conf.eth0/1.forwarding\",\"value\":\"1\"}\n"));
    assert_true(has(&s.json, "{\"name\":\"empty\",\"value\":\"\"}\n"));
    assert_true(has(&s.text, "kernel.lines = a\tb\nkernel.lines = c \\x1b\n"));
    assert_false(has(&s.json, "0-1-2-3"));
    assert_false(has(&s.json, "never"));
    assert_true(has(&s.json, "{\"name\":\"kernel.random.uuid\",\"not_read\":\"reading it makes a new one\"}\n"));
    sheet_free(&s);
}

/* Rows that do not fit are left out whole, and the sheet says so. */
static void a_full_sheet_ends_with_a_whole_row(void **state)
{
    (void)state;
    struct sheet s;
    struct hz_error err;
    sheet_init(&s, "x", "hozen-x/1", "generated");
    s.json.limit = 4096;
    assert_int_equal(sheet_first(&s, &err), HZ_OK);
    for (int i = 0; i < 1000; i++) {
        struct json_out j;
        sheet_row(&s, &j);
        json_member_string(&j, "name", "a value that takes some room");
        assert_int_equal(sheet_row_end(&s, &j, &err), HZ_OK);
    }
    assert_true(s.limited);
    assert_true(s.json.len > 4000 && s.json.len <= 4096);
    assert_int_equal(s.json.data[s.json.len - 1], '\n');
    assert_int_equal(s.json.data[s.json.len - 2], '}');
    sheet_free(&s);
}

static void cells_are_inert_and_aligned(void **state)
{
    (void)state;
    HZ_CLEANUP(buf_free) struct buf out = BUF_INIT(1000);
    sheet_cell(&out, 4, "a\nb", 3);
    sheet_cell_text(&out, 3, NULL);
    sheet_cell_number(&out, 5, 42);
    sheet_cell_number(&out, 1, 1234);
    sheet_cell(&out, 0, "\xe8\xa8\xbc", 3);
    assert_string_equal(buf_text(&out), "a\\x0ab -      42 1234 \xe8\xa8\xbc");
}

TEST_MAIN(cmocka_unit_test_setup_teardown(an_ordinary_kernel_is_not_observed, folder_enter, folder_leave),
          cmocka_unit_test_setup_teardown(what_was_hung_in_is_observed, folder_enter, folder_leave),
          cmocka_unit_test_setup_teardown(settings_are_read_and_named, folder_enter, folder_leave),
          cmocka_unit_test(a_full_sheet_ends_with_a_whole_row), cmocka_unit_test(cells_are_inert_and_aligned))

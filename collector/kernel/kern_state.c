/* state.jsonl, state.txt: what the kernel was told to allow, and what was hung into it while it ran. */
#include <string.h>

#include "base/io_proc.h"
#include "base/num.h"
#include "collector/kernel/kern_lines.h"
#include "collector/kernel/kern_listings.h"
#include "collector/kernel/kern_mount.h"
#include "collector/kernel/kern_taint.h"
#include "formats/write/fields.h"

#define VALUE_MAX ((size_t)256 << 10)
#define BINFMT "proc/sys/fs/binfmt_misc"

struct fact {
    const char *name, *path;
    const char *code; /* observed where the value is not `usual`; NULL: never */
    const char *usual, *detail;
};

/* By name. A fact that this kernel does not know has no row. */
static const struct fact facts[] = {
    { "core_pattern", "proc/sys/kernel/core_pattern", NULL, NULL, NULL },
    { "ftrace_current_tracer", "sys/kernel/tracing/current_tracer", "kernel-tracing", "nop",
      "a tracer of ftrace is switched on" },
    { "ftrace_dynamic_events", "sys/kernel/tracing/dynamic_events", NULL, NULL, NULL },
    { "ftrace_enabled", "proc/sys/kernel/ftrace_enabled", NULL, NULL, NULL },
    { "ftrace_enabled_functions", "sys/kernel/tracing/enabled_functions", "kernel-hook", "",
      "functions of the kernel lead elsewhere through ftrace" },
    { "ftrace_events", "sys/kernel/tracing/set_event", NULL, NULL, NULL },
    { "kexec_crash_loaded", "sys/kernel/kexec_crash_loaded", NULL, NULL, NULL },
    { "kexec_loaded", "sys/kernel/kexec_loaded", "kexec-loaded", "0",
      "another kernel is loaded, to be started without the firmware" },
    { "kptr_restrict", "proc/sys/kernel/kptr_restrict", NULL, NULL, NULL },
    { "kprobe_events", "sys/kernel/tracing/kprobe_events", "kernel-probe", "", "kprobes were set through tracefs" },
    { "kprobes", "sys/kernel/debug/kprobes/list", NULL, NULL, NULL },
    { "lockdown", "sys/kernel/security/lockdown", NULL, NULL, NULL },
    { "lsm", "sys/kernel/security/lsm", NULL, NULL, NULL },
    { "modprobe", "proc/sys/kernel/modprobe", NULL, NULL, NULL },
    { "module_signatures_enforced", "sys/module/module/parameters/sig_enforce", NULL, NULL, NULL },
    { "modules_disabled", "proc/sys/kernel/modules_disabled", NULL, NULL, NULL },
    { "perf_event_paranoid", "proc/sys/kernel/perf_event_paranoid", NULL, NULL, NULL },
    { "selinux_enforce", "sys/fs/selinux/enforce", NULL, NULL, NULL },
    { "uevent_helper", "sys/kernel/uevent_helper", "uevent-helper", "",
      "the kernel starts a program at every event of a device" },
    { "unprivileged_bpf_disabled", "proc/sys/kernel/unprivileged_bpf_disabled", NULL, NULL, NULL },
    { "unprivileged_userns_clone", "proc/sys/kernel/unprivileged_userns_clone", NULL, NULL, NULL },
    { "uprobe_events", "sys/kernel/tracing/uprobe_events", "kernel-probe", "", "uprobes were set through tracefs" },
    { "yama_ptrace_scope", "proc/sys/kernel/yama/ptrace_scope", NULL, NULL, NULL },
};

static int put_line(void *context, const char *line, size_t len, struct hz_error *err)
{
    struct buf *out = context;
    (void)err;
    buf_puts(out, "    ");
    sheet_cell(out, 0, line, len);
    buf_putc(out, '\n');
    return HZ_OK;
}

static void put_text(struct buf *out, const char *name, const struct buf *value)
{
    struct hz_error ignored;
    bool lines = value->len > 0 && memchr(value->data, '\n', value->len) != NULL;
    sheet_cell_text(out, 27, name);
    if (!lines)
        sheet_cell(out, 0, value->data == NULL ? "" : (const char *)value->data, value->len);
    buf_putc(out, '\n');
    if (lines)
        kern_lines_of(value->data, value->len, put_line, out, &ignored);
}

static void trim(struct buf *value)
{
    while (value->len > 0 && (value->data[value->len - 1] == '\n' || value->data[value->len - 1] == '\0'))
        value->len--;
}

static int put_fact(struct sheet *s, const char *name, const char *path, const struct buf *value, bool cut,
                    struct hz_error *err)
{
    struct json_out j;
    sheet_row(s, &j);
    if (cut)
        json_member_bool(&j, "cut", true);
    w_fields_member_text(&j, "name", name);
    w_fields_member_text(&j, "path", path);
    w_fields_bytes(&j, "value", "value_b64",
                   (struct w_bytes) { value->len == 0 ? (void *)"" : value->data, value->len });
    put_text(&s->text, name, value);
    return sheet_row_end(s, &j, err);
}

static int read_fact(int root, struct sheet *s, const struct fact *f, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf value = BUF_INIT(VALUE_MAX);
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(256);
    struct hz_error why;
    bool cut = false;
    buf_printf(&path, "/%s", f->path);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    int rc = io_proc_read(root, f->path, VALUE_MAX, &value, &cut, &why);
    if (rc != HZ_OK)
        return why.code == HZ_E_NOTFOUND || value.len == 0 ? HZ_OK : sheet_missing(s, (char *)path.data, &why, err);
    trim(&value);
    rc = put_fact(s, f->name, (const char *)path.data, &value, cut, err);
    if (rc == HZ_OK && f->code != NULL && strcmp(value.len == 0 ? "" : buf_text(&value), f->usual) != 0)
        rc = sheet_observe(s, f->code, (struct w_bytes) { path.data, path.len }, f->detail, err);
    return rc;
}

static void put_bits(struct json_out *j, struct buf *words, uint64_t tainted)
{
    json_key(j, "bits");
    json_array(j);
    for (unsigned bit = 0; bit < 64; bit++) {
        const struct kern_taint *t = kern_taint_bit(bit);
        if ((tainted >> bit & 1) == 0)
            continue;
        json_object(j);
        json_member_int(j, "bit", bit);
        if (t != NULL) {
            const char letter[2] = { t->letter, '\0' };
            json_member_string(j, "letter", letter);
            json_member_string(j, "words", t->words);
            buf_printf(words, "%s%c: %s", words->len == 0 ? "" : "; ", t->letter, t->words);
        } else {
            buf_printf(words, "%sbit %u", words->len == 0 ? "" : "; ", bit);
        }
        json_object_end(j);
    }
    json_array_end(j);
}

static int put_tainted(int root, struct sheet *s, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf value = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf words = BUF_INIT(4096);
    static const char path[] = "/proc/sys/kernel/tainted";
    struct hz_error why;
    struct json_out j;
    uint64_t tainted = 0;
    if (io_proc_read(root, path + 1, 64, &value, NULL, &why) != HZ_OK)
        return sheet_missing(s, path, &why, err);
    trim(&value);
    if (num_parse_u64((const char *)value.data, value.len, UINT64_MAX, &tainted) != HZ_OK)
        return HZ_OK;
    sheet_row(s, &j);
    if (tainted != 0)
        put_bits(&j, &words, tainted);
    json_member_string(&j, "name", "tainted");
    json_member_string(&j, "path", path);
    json_member_decimal(&j, "value", tainted);
    sheet_cell_text(&s->text, 27, "tainted");
    buf_printf(&s->text, "%llu%s%s\n", (unsigned long long)tainted, tainted != 0 ? " = " : "",
               words.len == 0 ? "" : buf_text(&words));
    int rc = sheet_row_end(s, &j, err);
    if (rc == HZ_OK && tainted != 0)
        rc = sheet_observe(s, "tainted-kernel", (struct w_bytes) { path, sizeof path - 1 }, buf_text(&words), err);
    return rc;
}

struct extras { /* what has a file for each */
    int root;
    struct sheet *sheet;
};

static int put_patch(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct extras *p = context;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(1024);
    HZ_CLEANUP(buf_free) struct buf enabled = BUF_INIT(64);
    struct hz_error ignored;
    (void)type;
    buf_printf(&path, "/sys/kernel/livepatch/%s/enabled", name);
    const char *full = buf_text(&path);
    if (full == NULL || io_proc_read(p->root, full + 1, 32, &enabled, NULL, &ignored) != HZ_OK)
        return HZ_OK;
    trim(&enabled);
    int rc = put_fact(p->sheet, "livepatch", full, &enabled, false, err);
    return rc == HZ_OK ? sheet_observe(p->sheet, "livepatch-loaded", (struct w_bytes) { name, strlen(name) },
                                       "code of the kernel was replaced while it ran", err)
                       : rc;
}

/* Formats that the kernel gives to an interpreter. With the flag C that runs with the rights of the file. */
static int put_format(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct extras *p = context;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(1024);
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(8192);
    struct hz_error ignored;
    (void)type;
    if (strcmp(name, "register") == 0)
        return HZ_OK;
    buf_printf(&path, "/%s/%s", BINFMT, name);
    const char *full = buf_text(&path);
    if (full == NULL || io_proc_read(p->root, full + 1, 4096, &text, NULL, &ignored) != HZ_OK)
        return HZ_OK;
    trim(&text);
    int rc = put_fact(p->sheet, "binfmt_misc", full, &text, false, err);
    const char *flags = text.len == 0 ? NULL : memmem(text.data, text.len, "\nflags: ", 8);
    size_t left = flags == NULL ? 0 : text.len - (size_t)(flags + 8 - (const char *)text.data);
    const char *end = left == 0 ? NULL : memchr(flags + 8, '\n', left);
    left = end == NULL ? left : (size_t)(end - (flags + 8));
    if (rc == HZ_OK && left > 0 && memchr(flags + 8, 'C', left) != NULL)
        rc = sheet_observe(p->sheet, "binfmt-credentials", (struct w_bytes) { full, path.len },
                           "its interpreter runs with the rights of the file", err);
    return rc;
}

static int find_binfmt(void *context, const struct kern_mount *m, struct hz_error *err)
{
    bool *mounted = context;
    (void)err;
    if (m->point.len == sizeof BINFMT && memcmp((const char *)m->point.data + 1, BINFMT, sizeof BINFMT - 1) == 0)
        *mounted = m->type.len == 11 && memcmp(m->type.data, "binfmt_misc", 11) == 0;
    return HZ_OK;
}

/* Only where it is mounted already: going into a place that waits to be mounted would mount it. */
static int put_formats(struct extras *p, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf mountinfo = BUF_INIT(KERN_MOUNTINFO_MAX);
    struct hz_error why;
    bool mounted = false;
    if (io_proc_read(p->root, "proc/thread-self/mountinfo", KERN_MOUNTINFO_MAX, &mountinfo, NULL, &why) != HZ_OK)
        return sheet_passed(&why, err);
    int rc = kern_mount_list(&mountinfo, find_binfmt, &mounted, err);
    if (rc != HZ_OK || !mounted || io_proc_list(p->root, BINFMT, put_format, p, &why) == HZ_OK)
        return rc;
    return sheet_passed(&why, err);
}

int kern_state_make(int root, struct sheet *out, struct hz_error *err)
{
    struct extras extras = { root, out };
    struct hz_error why;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof facts / sizeof facts[0]; i++)
        rc = read_fact(root, out, &facts[i], err);
    if (rc == HZ_OK && io_proc_list(root, "sys/kernel/livepatch", put_patch, &extras, &why) != HZ_OK)
        rc = sheet_passed(&why, err);
    if (rc == HZ_OK)
        rc = put_formats(&extras, err);
    return rc == HZ_OK ? put_tainted(root, out, err) : rc;
}

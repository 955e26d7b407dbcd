/* bpf.jsonl, bpf.txt: BPF programs, maps and links, and the instructions of each program as the verifier left them. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_bpf.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "collector/kernel/kern_bpf_holder.h"
#include "collector/kernel/kern_bpf_link.h"
#include "collector/kernel/kern_bpf_names.h"
#include "collector/kernel/kern_listings.h"
#include "formats/write/fields.h"

#define OBJECTS_MAX 65536
#define MAPS_OF_PROGRAM 256
#define CODE_MAX ((uint32_t)1 << 20) /* of one program */
#define CODES_MAX ((size_t)16 << 20) /* of all */

struct listing {
    struct sheet *sheet;
    struct stamp boot; /* of the host's CLOCK_BOOTTIME */
    struct kern_bpf_holders holders;
    size_t code; /* bytes kept so far */
};

static void put_type(struct json_out *j, const char *name, uint32_t number)
{
    json_member_string(j, "type", name);
    json_member_int(j, "type_number", number);
}

static void put_name(struct json_out *j, const char *name, size_t room)
{
    size_t len = strnlen(name, room);
    if (len > 0)
        w_fields_bytes(j, "name", "name_b64", (struct w_bytes) { name, len });
}

static struct stamp behind(struct stamp t, uint64_t ns)
{
    ns += t.nanoseconds;
    t = stamp_add(t, (int64_t)(ns / 1000000000));
    t.nanoseconds = (uint32_t)(ns % 1000000000);
    return t;
}

/* The next word of a line, where *at is; false: no number. */
static bool take_number(const char **at, uint64_t *number, bool *below)
{
    *at += strspn(*at, " ");
    *below = **at == '-';
    *at += *below;
    size_t len = strspn(*at, "0123456789");
    bool good = num_parse_u64(*at, len, INT64_MAX, number) == HZ_OK;
    *at += len;
    return good;
}

/* When the host's CLOCK_BOOTTIME was 0: ours may be another one, of a time namespace. */
static struct stamp boot_of_host(int root)
{
    static const char name[] = "boottime";
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(256);
    struct hz_error ignored;
    struct stamp boot = stamp_boot();
    uint64_t seconds, ns;
    bool below, none;
    if (io_proc_read(root, "proc/self/timens_offsets", 256, &text, NULL, &ignored) != HZ_OK ||
        buf_text(&text) == NULL) /* before Linux 5.6 */
        return boot;
    const char *at = strstr((const char *)text.data, name);
    if (at == NULL)
        return boot;
    at += sizeof name - 1;
    if (!take_number(&at, &seconds, &below) || !take_number(&at, &ns, &none))
        return boot;
    return behind(stamp_add(boot, below ? -(int64_t)seconds : (int64_t)seconds), ns);
}

struct program {
    struct bpf_prog_info info;
    uint32_t maps[MAPS_OF_PROGRAM];
    unsigned char *code; /* owned */
    struct stamp loaded;
};

/* What it is, then once more with room for its maps and instructions, which the kernel gives to who may see them. */
static int ask_program(int fd, struct program *p, struct hz_error *err)
{
    struct bpf_prog_info sizes;
    memset(&sizes, 0, sizeof sizes);
    int rc = io_bpf_info(fd, &sizes, sizeof sizes, err);
    if (rc != HZ_OK)
        return rc;
    uint32_t len = sizes.xlated_prog_len <= CODE_MAX ? sizes.xlated_prog_len : 0;
    memset(&p->info, 0, sizeof p->info);
    p->info.nr_map_ids = sizes.nr_map_ids < MAPS_OF_PROGRAM ? sizes.nr_map_ids : MAPS_OF_PROGRAM;
    p->info.map_ids = (uintptr_t)p->maps;
    p->code = len == 0 ? NULL : calloc(1, len);
    if (len > 0 && p->code == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    p->info.xlated_prog_len = p->code == NULL ? 0 : len;
    p->info.xlated_prog_insns = (uintptr_t)p->code;
    rc = io_bpf_info(fd, &p->info, sizeof p->info, err);
    if (rc == HZ_OK && (p->info.xlated_prog_insns == 0 || p->info.xlated_prog_len > len)) {
        free(p->code);
        p->code = NULL;
    }
    return rc;
}

static int keep_code(struct listing *l, const struct program *p, char name[64], struct hz_error *err)
{
    uint32_t len = p->info.xlated_prog_len;
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(63);
    name[0] = '\0';
    if (p->code == NULL || len > CODES_MAX - l->code)
        return HZ_OK;
    buf_printf(&text, "bpf/program-%u.xlated", p->info.id);
    if (buf_text(&text) == NULL)
        return buf_check(&text, err);
    memcpy(name, text.data, text.len + 1);
    l->code += len;
    return sheet_extra(l->sheet, name, "generated", p->code, len, err);
}

static void put_map_ids(struct json_out *j, const struct program *p)
{
    json_key(j, "maps");
    json_array(j);
    for (uint32_t i = 0; i < p->info.nr_map_ids && i < MAPS_OF_PROGRAM; i++)
        json_int(j, p->maps[i]);
    json_array_end(j);
}

static int put_program_row(struct listing *l, const struct program *p, struct hz_error *err)
{
    char file[64], tag[2 * BPF_TAG_SIZE + 1];
    struct json_out j;
    const struct bpf_prog_info *i = &p->info;
    int rc = keep_code(l, p, file, err);
    if (rc != HZ_OK)
        return rc;
    text_hex(tag, i->tag, BPF_TAG_SIZE);
    sheet_row(l->sheet, &j);
    json_member_int(&j, "btf_id", i->btf_id);
    json_member_string(&j, "file", file[0] == '\0' ? NULL : file);
    json_member_bool(&j, "gpl_compatible", i->gpl_compatible != 0);
    kern_bpf_put_held(&j, &l->holders, IO_BPF_PROGRAM, i->id);
    json_member_int(&j, "id", i->id);
    if (i->ifindex != 0)
        json_member_int(&j, "interface", i->ifindex);
    json_member_int(&j, "jited_bytes", i->jited_prog_len);
    json_member_string(&j, "kind", "program");
    w_fields_time(&j, "loaded_at", p->loaded);
    put_map_ids(&j, p);
    put_name(&j, i->name, sizeof i->name);
    kern_bpf_put_pinned(&j, &l->holders, IO_BPF_PROGRAM, i->id);
    json_member_string(&j, "tag", tag);
    put_type(&j, kern_bpf_program_type(i->type), i->type);
    json_member_int(&j, "uid", i->created_by_uid);
    json_member_int(&j, "xlated_bytes", i->xlated_prog_len);
    return sheet_row_end(l->sheet, &j, err);
}

static void put_holder_text(struct listing *l, enum io_bpf_kind kind, uint32_t id)
{
    struct buf *out = &l->sheet->text;
    for (size_t i = 0; i < l->holders.count; i++) {
        const struct kern_bpf_holder *h = &l->holders.list[i];
        if (h->kind != kind || h->id != id)
            continue;
        if (h->path == NULL) {
            buf_printf(out, "        pid %d fd %d\n", h->pid, h->descriptor);
        } else {
            buf_puts(out, "        pinned ");
            sheet_cell(out, 0, h->path, strlen(h->path));
            buf_putc(out, '\n');
        }
    }
}

static void put_head_text(struct listing *l, uint32_t id, const char *kind, const char *type, const char *name,
                          size_t room)
{
    struct buf *out = &l->sheet->text;
    buf_printf(out, "%u: %s %s  name ", id, kind, type == NULL ? "?" : type);
    sheet_cell(out, 1, name, strnlen(name, room));
}

static int observe_program(struct listing *l, const struct bpf_prog_info *i, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf subject = BUF_INIT(64);
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(500);
    const struct kern_bpf_holder *h = kern_bpf_first(&l->holders, IO_BPF_PROGRAM, i->id);
    if (!kern_bpf_traces(i->type))
        return HZ_OK;
    buf_printf(&subject, "bpf program %u", i->id);
    buf_printf(&detail, "%s ", kern_bpf_program_type(i->type));
    buf_put(&detail, i->name, strnlen(i->name, sizeof i->name));
    buf_printf(&detail, ", loaded by uid %u", i->created_by_uid);
    if (h != NULL && h->path == NULL)
        buf_printf(&detail, ", held by pid %d", h->pid);
    return sheet_observe(l->sheet, "bpf-tracing-program", (struct w_bytes) { subject.data, subject.len },
                         buf_text(&detail), err);
}

static int put_program(struct listing *l, int fd, struct hz_error *err)
{
    struct program p = { .code = NULL };
    struct hz_error why;
    int rc = ask_program(fd, &p, &why);
    if (rc == HZ_OK) {
        char at[STAMP_SIZE];
        p.loaded = behind(l->boot, p.info.load_time); /* load_time: of CLOCK_BOOTTIME */
        rc = put_program_row(l, &p, err);
        put_head_text(l, p.info.id, "program", kern_bpf_program_type(p.info.type), p.info.name, sizeof p.info.name);
        stamp_format(at, p.loaded);
        buf_printf(&l->sheet->text, " uid %u\n        loaded %s  xlated %u bytes  jited %u bytes\n",
                   p.info.created_by_uid, at, p.info.xlated_prog_len, p.info.jited_prog_len);
        put_holder_text(l, IO_BPF_PROGRAM, p.info.id);
        if (rc == HZ_OK)
            rc = observe_program(l, &p.info, err);
    } else if (rc != HZ_E_NOMEM) {
        rc = sheet_absent(l->sheet, (struct w_bytes) { NULL, 0 }, W_IO_ERROR, why.sys_errno,
                          "a BPF program about which the kernel does not answer", true, err);
    } else {
        *err = why;
    }
    free(p.code);
    return rc;
}

static int put_map(struct listing *l, int fd, struct hz_error *err)
{
    struct bpf_map_info i;
    struct json_out j;
    struct hz_error ignored;
    memset(&i, 0, sizeof i);
    if (io_bpf_info(fd, &i, sizeof i, &ignored) != HZ_OK)
        return HZ_OK;
    sheet_row(l->sheet, &j);
    json_member_int(&j, "btf_id", i.btf_id);
    json_member_int(&j, "flags", i.map_flags);
    kern_bpf_put_held(&j, &l->holders, IO_BPF_MAP, i.id);
    json_member_int(&j, "id", i.id);
    if (i.ifindex != 0)
        json_member_int(&j, "interface", i.ifindex);
    json_member_int(&j, "key_bytes", i.key_size);
    json_member_string(&j, "kind", "map");
    json_member_int(&j, "max_entries", i.max_entries);
    put_name(&j, i.name, sizeof i.name);
    kern_bpf_put_pinned(&j, &l->holders, IO_BPF_MAP, i.id);
    put_type(&j, kern_bpf_map_type(i.type), i.type);
    json_member_int(&j, "value_bytes", i.value_size);
    put_head_text(l, i.id, "map", kern_bpf_map_type(i.type), i.name, sizeof i.name);
    buf_printf(&l->sheet->text, " key %u bytes  value %u bytes  at most %u entries\n", i.key_size, i.value_size,
               i.max_entries);
    put_holder_text(l, IO_BPF_MAP, i.id);
    return sheet_row_end(l->sheet, &j, err);
}

static int put_link(struct listing *l, int fd, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT(1024);
    struct kern_bpf_link i;
    struct json_out j;
    struct hz_error ignored;
    if (kern_bpf_link_ask(fd, &i, &target, &ignored) != HZ_OK)
        return HZ_OK;
    const char *type = kern_bpf_link_type(i.type);
    sheet_row(l->sheet, &j);
    kern_bpf_put_held(&j, &l->holders, IO_BPF_LINK, i.id);
    json_member_int(&j, "id", i.id);
    json_member_string(&j, "kind", "link");
    kern_bpf_put_pinned(&j, &l->holders, IO_BPF_LINK, i.id);
    json_member_int(&j, "program", i.program);
    if (target.len > 0)
        w_fields_bytes(&j, "target", "target_b64", (struct w_bytes) { target.data, target.len });
    put_type(&j, type, i.type);
    buf_printf(&l->sheet->text, "%u: link %s  program %u ", i.id, type == NULL ? "?" : type, i.program);
    sheet_cell(&l->sheet->text, 0, target.len == 0 ? "" : (const char *)target.data, target.len);
    buf_putc(&l->sheet->text, '\n');
    put_holder_text(l, IO_BPF_LINK, i.id);
    return sheet_row_end(l->sheet, &j, err);
}

typedef int put_object(struct listing *l, int fd, struct hz_error *err);

static int put_kind(struct listing *l, enum io_bpf_kind kind, put_object *put, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    uint32_t id = 0;
    int rc = HZ_OK;
    size_t count = 0;
    while (rc == HZ_OK && count++ < OBJECTS_MAX && io_bpf_next(kind, id, &id, &why) == HZ_OK) {
        HZ_CLEANUP(io_close) int fd = -1;
        if (io_bpf_open(kind, id, &fd, &why) == HZ_OK) /* else it is gone by now */
            rc = put(l, fd, err);
    }
    l->sheet->limited |= count > OBJECTS_MAX;
    return rc;
}

static bool any(enum io_bpf_kind kind, struct hz_error *why)
{
    uint32_t id;
    return io_bpf_next(kind, 0, &id, why) == HZ_OK;
}

/* Asked first, so that a host without any is not searched for who holds them. */
static int look(bool *found, struct sheet *out, struct hz_error *err)
{
    struct hz_error why;
    *found = any(IO_BPF_PROGRAM, &why);
    if (!*found && why.sys_errno != ENOENT)
        return sheet_absent(out, (struct w_bytes) { NULL, 0 }, why.sys_errno == EPERM ? W_DENIED : W_UNAVAILABLE,
                            why.sys_errno, "BPF programs, maps and links: the kernel does not list them",
                            why.sys_errno == EPERM, err);
    *found = *found || any(IO_BPF_MAP, &why) || any(IO_BPF_LINK, &why);
    return HZ_OK;
}

int kern_bpf_make(int root, struct sheet *out, struct hz_error *err)
{
    struct listing l = { .sheet = out, .boot = boot_of_host(root) };
    bool found = false;
    int rc = look(&found, out, err);
    if (rc == HZ_OK && found)
        rc = kern_bpf_holders_find(root, &l.holders, err);
    if (rc == HZ_OK && found)
        rc = put_kind(&l, IO_BPF_PROGRAM, put_program, err);
    if (rc == HZ_OK && found)
        rc = put_kind(&l, IO_BPF_MAP, put_map, err);
    if (rc == HZ_OK && found)
        rc = put_kind(&l, IO_BPF_LINK, put_link, err);
    kern_bpf_holders_free(&l.holders);
    return rc;
}

#include "collector/firewall/fw_gate.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/num.h"
#include "collector/look_watched.h"

#define LIST_MAX ((size_t)1 << 20)

struct known {
    int root;
    bool loads_none; /* the kernel has no modules at all */
    struct buf loaded, built_in;
};

/* A line of /proc/modules begins with the name and a blank. */
static bool is_loaded(const struct buf *list, const char *module)
{
    const size_t len = strlen(module);
    for (size_t at = 0; at < list->len;) {
        const char *line = (const char *)list->data + at;
        const char *end = memchr(line, '\n', list->len - at);
        const size_t size = end == NULL ? list->len - at : (size_t)(end - line);
        if (size > len && memcmp(line, module, len) == 0 && line[len] == ' ')
            return true;
        at += size + 1;
    }
    return false;
}

/* "kernel/net/netfilter/nf_tables.ko" */
static bool is_built_in(const struct buf *list, const char *module)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(256);
    buf_printf(&name, "/%s.ko\n", module);
    return list->len > 0 && memmem(list->data, list->len, name.data, name.len) != NULL;
}

static bool is_there(const struct known *k, const char *module)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(256);
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored;
    buf_printf(&path, "sys/module/%s", module);
    return k->loads_none || is_loaded(&k->loaded, module) || is_built_in(&k->built_in, module) ||
           (buf_text(&path) != NULL && io_proc_directory(k->root, buf_text(&path), &fd, &ignored) == HZ_OK);
}

static uint64_t leading_number(const char **text)
{
    uint64_t value = 0;
    size_t digits = strspn(*text, "0123456789");
    if (num_parse_u64(*text, digits, 1000000, &value) != HZ_OK)
        value = 0;
    *text += digits;
    return value;
}

static bool has_templates(const char *release)
{
    const uint64_t major = leading_number(&release);
    const uint64_t minor = *release == '.' ? (release++, leading_number(&release)) : 0;
    return major > 5 || (major == 5 && minor >= 15);
}

static void find(const struct known *k, const char *release, struct fw_gate *out)
{
    static const char *const tables[] = { "ebtable_broute", "ebtable_filter", "ebtable_nat" };
    out->nf_tables = is_there(k, "nf_tables");
    out->ip_set = is_there(k, "ip_set");
    for (size_t i = 0; i < 3; i++)
        out->ebtables[i] = !k->loads_none && is_there(k, tables[i]);
    out->templates = has_templates(release);
}

int fw_gate_find(struct run *run, struct fw_gate *out, struct hz_error *err)
{
    struct known k = { .root = run->root, .loaded = BUF_INIT(LIST_MAX), .built_in = BUF_INIT(LIST_MAX) };
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(256);
    struct utsname system;
    struct hz_error why;
    int rc = io_proc_read(run->root, "proc/modules", LIST_MAX, &k.loaded, NULL, &why);
    k.loads_none = rc != HZ_OK && why.sys_errno == ENOENT;
    if (uname(&system) != 0)
        system.release[0] = '\0';
    buf_printf(&path, "/lib/modules/%s/modules.builtin", system.release);
    rc = buf_text(&path) == NULL ? buf_check(&path, err) : HZ_OK;
    if (rc == HZ_OK && look_watched_read(run, buf_text(&path), &k.built_in, &why) != HZ_OK)
        buf_reset(&k.built_in);
    if (rc == HZ_OK)
        find(&k, system.release, out);
    buf_free(&k.loaded);
    buf_free(&k.built_in);
    return rc;
}

#include "collector/kernel/kern_module.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/num.h"
#include "collector/kernel/kern_lines.h"

#define PROC_MODULES_MAX ((size_t)4 << 20)

void kern_module_free(struct kern_modules *m)
{
    free(m->list);
    *m = (struct kern_modules) { 0 };
}

/* The field up to the next blank, as text of `room` bytes; false: there is none, or it does not fit. */
static bool field(const char **at, const char *end, char *out, size_t room)
{
    const char *blank = memchr(*at, ' ', (size_t)(end - *at));
    size_t len = (size_t)((blank == NULL ? end : blank) - *at);
    if (len == 0 || len >= room)
        return false;
    memcpy(out, *at, len);
    out[len] = '\0';
    *at = blank == NULL ? end : blank + 1;
    return true;
}

static bool hexadecimal(const char *text, uint64_t *out)
{
    uint64_t value = 0;
    if (strncmp(text, "0x", 2) != 0 || strlen(text) > 18 || text[2] == '\0')
        return false;
    for (const char *p = text + 2; *p != '\0'; p++) {
        const char *digits = "0123456789abcdef", *digit = strchr(digits, *p);
        if (digit == NULL)
            return false;
        value = value << 4 | (uint64_t)(digit - digits);
    }
    *out = value;
    return true;
}

/* A list of users that does not fit is cut behind a whole name. */
static bool users(const char **at, const char *end, struct kern_module *m)
{
    const char *blank = memchr(*at, ' ', (size_t)(end - *at));
    if (blank == NULL || blank == *at)
        return false;
    size_t len = (size_t)(blank - *at);
    while (len >= sizeof m->users || (len > 0 && len < (size_t)(blank - *at) && (*at)[len - 1] != ','))
        len--;
    memcpy(m->users, *at, len);
    m->users[len] = '\0';
    if (strcmp(m->users, "-") == 0)
        m->users[0] = '\0';
    *at = blank + 1;
    return true;
}

static bool references(const char *text, int64_t *out)
{
    uint64_t value = 0;
    *out = -1;
    if (strcmp(text, "-") == 0)
        return true;
    if (num_parse_u64(text, strlen(text), INT32_MAX, &value) != HZ_OK)
        return false;
    *out = (int64_t)value;
    return true;
}

int kern_module_parse(struct kern_module *out, const char *line, size_t len)
{
    struct kern_module m = { .views = KERN_IN_PROC, .known = true };
    const char *at = line, *end = line + len;
    char size[24], refs[24], address[24], taint[40] = "";
    if (!field(&at, end, m.name, sizeof m.name) || !field(&at, end, size, sizeof size) ||
        num_parse_u64(size, strlen(size), UINT64_MAX, &m.size) != HZ_OK || !field(&at, end, refs, sizeof refs) ||
        !references(refs, &m.references) || !users(&at, end, &m) || !field(&at, end, m.state, sizeof m.state) ||
        !field(&at, end, address, sizeof address) || !hexadecimal(address, &m.address))
        return HZ_E_FORMAT;
    if (at < end) {
        size_t letters;
        if (!field(&at, end, taint, sizeof taint) || (letters = strlen(taint)) < 3 || taint[0] != '(' ||
            taint[letters - 1] != ')' || letters - 2 >= sizeof m.taint)
            return HZ_E_FORMAT;
        memcpy(m.taint, taint + 1, letters - 2);
    }
    *out = m;
    return HZ_OK;
}

const char *kern_module_of_symbol(const char *line, size_t len, size_t *name_len)
{
    if (len < 3 || line[len - 1] != ']')
        return NULL;
    const char *open = memrchr(line, '[', len);
    if (open == NULL || open == line || (open[-1] != '\t' && open[-1] != ' '))
        return NULL;
    size_t n = (size_t)(line + len - 1 - (open + 1));
    if (n == 0 || n >= KERN_MODULE_NAME || (n == 3 && memcmp(open + 1, "bpf", 3) == 0) ||
        (n > 11 && memcmp(open + 1, "__builtin__", 11) == 0))
        return NULL;
    *name_len = n;
    return open + 1;
}

static int by_name(const void *a, const void *b)
{
    const struct kern_module *x = a, *y = b;
    return strcmp(x->name, y->name);
}

const struct kern_module *kern_module_find(const struct kern_modules *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->list[i].name, name) == 0)
            return &m->list[i];
    return NULL;
}

/* The one with this name, made where it is not there; NULL: no memory, or too many. */
static struct kern_module *entry(struct kern_modules *m, const char *name, size_t len)
{
    for (size_t i = m->count; i-- > 0;)
        if (strlen(m->list[i].name) == len && memcmp(m->list[i].name, name, len) == 0)
            return &m->list[i];
    if (m->count == KERN_MODULE_MAX || len >= KERN_MODULE_NAME)
        return NULL;
    if (m->count == m->room) {
        size_t room = m->room == 0 ? 64 : m->room * 2;
        struct kern_module *list = reallocarray(m->list, room, sizeof *list);
        if (list == NULL)
            return NULL;
        m->list = list;
        m->room = room;
    }
    struct kern_module *e = &m->list[m->count++];
    *e = (struct kern_module) { .views = 0 };
    memcpy(e->name, name, len);
    return e;
}

static int put_proc_line(void *context, const char *line, size_t len, struct hz_error *err)
{
    struct kern_module parsed;
    (void)err;
    if (kern_module_parse(&parsed, line, len) != HZ_OK)
        return HZ_OK;
    struct kern_module *e = entry(context, parsed.name, strlen(parsed.name));
    if (e != NULL)
        *e = parsed;
    return HZ_OK;
}

static int put_symbol(void *context, const char *line, size_t len, struct hz_error *err)
{
    size_t name_len = 0;
    (void)err;
    const char *name = kern_module_of_symbol(line, len, &name_len);
    struct kern_module *e = name == NULL ? NULL : entry(context, name, name_len);
    if (e != NULL)
        e->views |= KERN_IN_KALLSYMS;
    return HZ_OK;
}

struct folder {
    int root;
    struct kern_modules *modules;
};

/* What is built in has no initstate. */
static int put_folder(void *context, const char *name, unsigned char type, struct hz_error *err)
{
    struct folder *f = context;
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(512);
    HZ_CLEANUP(buf_free) struct buf state = BUF_INIT(64);
    struct hz_error ignored;
    (void)type;
    (void)err;
    buf_printf(&path, "sys/module/%s/initstate", name);
    if (buf_text(&path) == NULL || io_proc_read(f->root, (const char *)path.data, 32, &state, NULL, &ignored) != HZ_OK)
        return HZ_OK;
    struct kern_module *e = entry(f->modules, name, strlen(name));
    if (e == NULL)
        return HZ_OK;
    e->views |= KERN_IN_SYSFS;
    if (!e->known && state.len > 0 && state.len < sizeof e->state) {
        memcpy(e->state, state.data, state.len);
        e->state[strcspn(e->state, "\n")] = '\0';
    }
    return HZ_OK;
}

int kern_module_views(int root, struct kern_modules *out, unsigned *asked, struct hz_error *err)
{
    struct folder folder = { root, out };
    struct hz_error why;
    *asked = 0;
    if (kern_lines(root, "proc/modules", put_proc_line, out, &why) == HZ_OK)
        *asked |= KERN_IN_PROC;
    else if (why.code == HZ_E_NOMEM)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    if (io_proc_list(root, "sys/module", put_folder, &folder, &why) == HZ_OK)
        *asked |= KERN_IN_SYSFS;
    if ((*asked & KERN_IN_PROC) != 0 && kern_lines(root, "proc/kallsyms", put_symbol, out, &why) == HZ_OK)
        *asked |= KERN_IN_KALLSYMS;
    if (out->count > 1)
        qsort(out->list, out->count, sizeof *out->list, by_name);
    return HZ_OK;
}

bool kern_module_agrees(const struct kern_module *m, unsigned asked)
{
    bool moving = m->state[0] != '\0' && strcasecmp(m->state, "Live") != 0;
    unsigned needed = asked & (KERN_IN_PROC | KERN_IN_SYSFS); /* a module without symbols of its own is legal */
    return moving || (m->views & needed) == needed;
}

/* modules.jsonl, modules.txt */
#include <string.h>

#include "base/io_proc.h"
#include "collector/kernel/kern_listings.h"
#include "collector/kernel/kern_module.h"
#include "collector/kernel/kern_taint.h"
#include "formats/write/fields.h"

#define ATTRIBUTE_MAX 200

/* A line of sysfs about a module, without its newline; nothing where there is none. */
static void attribute(int root, const char *module, const char *name, struct buf *out)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(512);
    struct hz_error ignored;
    buf_reset(out);
    buf_printf(&path, "sys/module/%s/%s", module, name);
    if (buf_text(&path) == NULL ||
        io_proc_read(root, (const char *)path.data, ATTRIBUTE_MAX, out, NULL, &ignored) != HZ_OK)
        buf_reset(out);
    const unsigned char *end = out->len == 0 ? NULL : memchr(out->data, '\n', out->len);
    out->len = end == NULL ? out->len : (size_t)(end - out->data);
}

static void put_attribute(struct json_out *j, const char *key, int root, const char *module)
{
    HZ_CLEANUP(buf_free) struct buf value = BUF_INIT(ATTRIBUTE_MAX);
    attribute(root, module, key, &value);
    if (value.len > 0)
        w_fields_member_text(j, key, buf_text(&value));
}

static void put_names(struct json_out *j, const char *key, const char *list)
{
    json_key(j, key);
    json_array(j);
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        if (len > 0)
            w_fields_text(j, (struct w_bytes) { list, len });
        list += len + (list[len] == ',');
    }
    json_array_end(j);
}

static void put_taint(struct json_out *j, const char *letters)
{
    if (letters[0] == '\0')
        return;
    json_member_string(j, "taint", letters);
    json_key(j, "taint_words");
    json_array(j);
    for (const char *p = letters; *p != '\0'; p++)
        if (kern_taint_letter(*p) != NULL)
            json_string(j, kern_taint_letter(*p)->words);
    json_array_end(j);
}

static void put_views(struct json_out *j, unsigned views)
{
    json_key(j, "views");
    json_array(j);
    if ((views & KERN_IN_KALLSYMS) != 0)
        json_string(j, "kallsyms");
    if ((views & KERN_IN_PROC) != 0)
        json_string(j, "proc");
    if ((views & KERN_IN_SYSFS) != 0)
        json_string(j, "sysfs");
    json_array_end(j);
}

static int put_row(int root, struct sheet *s, const struct kern_module *m, struct hz_error *err)
{
    struct json_out j;
    sheet_row(s, &j);
    if (m->known && m->address != 0) {
        HZ_CLEANUP(buf_free) struct buf address = BUF_INIT(32);
        buf_printf(&address, "0x%016llx", (unsigned long long)m->address);
        json_member_string(&j, "address", buf_text(&address));
    }
    w_fields_member_text(&j, "name", m->name);
    if (m->known && m->references >= 0)
        json_member_int(&j, "references", m->references);
    if (m->known)
        json_member_decimal(&j, "size", m->size);
    put_attribute(&j, "srcversion", root, m->name);
    if (m->state[0] != '\0')
        w_fields_member_text(&j, "state", m->state);
    put_taint(&j, m->taint);
    if (m->known)
        put_names(&j, "used_by", m->users);
    put_attribute(&j, "version", root, m->name);
    put_views(&j, m->views);
    return sheet_row_end(s, &j, err);
}

static void put_line(struct buf *out, const struct kern_module *m, unsigned asked)
{
    size_t used = strlen(m->users);
    sheet_cell_text(out, 24, m->name);
    sheet_cell_number(out, 9, m->size);
    if (m->references >= 0)
        sheet_cell_number(out, 4, (uint64_t)m->references);
    else
        sheet_cell_text(out, 4, "   -");
    sheet_cell_text(out, 9, m->state);
    sheet_cell_text(out, 6, m->taint);
    sheet_cell(out, 0, m->users, used > 0 && m->users[used - 1] == ',' ? used - 1 : used);
    if (!kern_module_agrees(m, asked))
        buf_printf(out, "  <- only in%s%s%s", (m->views & KERN_IN_PROC) != 0 ? " /proc/modules" : "",
                   (m->views & KERN_IN_SYSFS) != 0 ? " /sys/module" : "",
                   (m->views & KERN_IN_KALLSYMS) != 0 ? " /proc/kallsyms" : "");
    buf_putc(out, '\n');
}

static int observe_module(struct sheet *s, const struct kern_module *m, const struct kern_modules *again,
                          unsigned asked, struct hz_error *err)
{
    const struct w_bytes name = { m->name, strlen(m->name) };
    const struct kern_module *second = kern_module_find(again, m->name);
    int rc = HZ_OK;
    if (!kern_module_agrees(m, asked) && second != NULL && !kern_module_agrees(second, asked))
        rc = sheet_observe(s, "hidden-module", name,
                           (m->views & KERN_IN_PROC) != 0 ? "in /proc/modules, not in /sys/module, twice"
                                                          : "not in /proc/modules, but in another list, twice",
                           err);
    if (rc == HZ_OK && strchr(m->taint, 'E') != NULL)
        rc = sheet_observe(s, "unsigned-module", name, "the kernel marks it as without a valid signature (taint E)",
                           err);
    return rc;
}

static int put_modules(int root, struct sheet *s, const struct kern_modules *m, unsigned asked, struct hz_error *err)
{
    struct kern_modules again = { 0 };
    unsigned asked_again = 0;
    bool differ = false;
    int rc = HZ_OK;
    buf_puts(&s->text, "Module                        Size Used State     Taint  By\n");
    for (size_t i = 0; rc == HZ_OK && i < m->count; i++) {
        rc = put_row(root, s, &m->list[i], err);
        put_line(&s->text, &m->list[i], asked);
        differ |= !kern_module_agrees(&m->list[i], asked);
    }
    if (rc == HZ_OK && differ)
        rc = kern_module_views(root, &again, &asked_again, err);
    for (size_t i = 0; rc == HZ_OK && i < m->count; i++)
        rc = observe_module(s, &m->list[i], &again, asked & asked_again, err);
    kern_module_free(&again);
    return rc;
}

int kern_modules_make(int root, struct sheet *out, struct hz_error *err)
{
    struct kern_modules m = { 0 };
    unsigned asked = 0;
    int rc = kern_module_views(root, &m, &asked, err);
    if (rc == HZ_OK)
        rc = put_modules(root, out, &m, asked, err);
    kern_module_free(&m);
    return rc;
}

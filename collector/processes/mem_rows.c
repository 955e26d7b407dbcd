#include "collector/processes/mem_rows.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "collector/absence.h"
#include "formats/write/fields.h"

#define ROWS_MAX ((size_t)32 << 20)
#define LINE_MAX ((size_t)64 << 10)

void mem_rows_init(struct mem_rows *r, uint32_t pid, const struct proc_stat *before)
{
    *r = (struct mem_rows) { .pid = pid, .start_ticks = before->start_ticks, .before = *before };
    buf_init(&r->json, ROWS_MAX);
    buf_init(&r->text, ROWS_MAX);
}

void mem_rows_free(struct mem_rows *r)
{
    buf_free(&r->json);
    buf_free(&r->text);
}

int mem_rows_run(struct mem_region *region, uint64_t start, uint64_t end, struct hz_error *err)
{
    buf_put(&region->runs, &start, sizeof start);
    buf_put(&region->runs, &end, sizeof end);
    return buf_check(&region->runs, err);
}

static void put_address(struct json_out *j, const char *key, uint64_t address)
{
    char text[32];
    snprintf(text, sizeof text, "%llx", (unsigned long long)address);
    json_member_string(j, key, text);
}

static void put_members(struct json_out *j, const struct mem_rows *r, const struct mem_region *region)
{
    if (region->runs.len == 0)
        return;
    json_key(j, "members");
    json_array(j);
    for (size_t at = 0; at < region->runs.len; at += 2 * sizeof(uint64_t)) {
        uint64_t run[2];
        char text[96];
        memcpy(run, region->runs.data + at, sizeof run);
        snprintf(text, sizeof text, "data/memory/%u/%llx-%llx.bin", r->pid, (unsigned long long)run[0],
                 (unsigned long long)run[1]);
        json_string(j, text);
    }
    json_array_end(j);
}

/* What is to be said about a region that is not stored whole; NULL: nothing. */
static const char *reason(const struct mem_region *region)
{
    if (region->why != NULL)
        return region->why;
    if (region->sys_errno != 0)
        return absence_reason(region->sys_errno);
    return region->stored == 0 ? "no page of it is in memory or swap" : NULL;
}

int mem_rows_region(struct mem_rows *r, const struct mem_region *region, struct hz_error *err)
{
    const struct proc_map *m = &region->map;
    const char *why = reason(region);
    struct json_out j;
    json_init(&j, &r->json);
    json_object(&j);
    put_address(&j, "end", m->end);
    put_members(&j, r, region);
    if (region->missing > 0)
        json_member_decimal(&j, "missing_pages", region->missing);
    json_member_decimal(&j, "offset", m->offset);
    if (m->path.len > 0)
        w_fields_bytes(&j, "path", "path_b64", m->path);
    json_member_string(&j, "permissions", m->permissions);
    json_member_string(&j, "reason", why);
    put_address(&j, "start", m->start);
    json_member_decimal(&j, "stored", region->stored);
    int rc = w_fields_end(&j, HZ_OK, err);
    buf_printf(&r->text, "%016llx-%016llx %s %12llu %12llu %-30s ", (unsigned long long)m->start,
               (unsigned long long)m->end, m->permissions, (unsigned long long)(m->end - m->start),
               (unsigned long long)region->stored, why == NULL ? "-" : why);
    escape_terminal(&r->text, m->path.data, m->path.len);
    buf_putc(&r->text, '\n');
    return rc == HZ_OK ? buf_check(&r->text, err) : rc;
}

static void put_state(struct json_out *j, const char *key, char state)
{
    const char text[2] = { state, '\0' };
    if (state != '\0')
        json_member_string(j, key, text);
}

static int put_file(const struct mem_rows *r, struct products *p, const char *name, const void *bytes, size_t len,
                    struct product **out, struct hz_error *err)
{
    char path[96];
    snprintf(path, sizeof path, "%u/%s", r->pid, name);
    int rc = products_add(p, path, "procfs", out, err);
    return rc == HZ_OK ? product_put(*out, bytes, len, err) : rc;
}

static int write_regions(const struct mem_rows *r, struct products *p, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_MAX);
    struct product *f = NULL;
    char seconds[64];
    struct json_out j;
    json_init(&j, &line);
    json_object(&j);
    w_fields_bytes(&j, "comm", "comm_b64", (struct w_bytes) { r->before.comm, r->before.comm_len });
    json_member_bool(&j, "held", r->held);
    snprintf(seconds, sizeof seconds, "%.6f", r->seconds);
    json_member_string(&j, "held_seconds", seconds);
    json_member_int(&j, "pid", r->pid);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-regions/1");
    json_member_decimal(&j, "start_ticks", r->start_ticks);
    put_state(&j, "state_after", r->state_after);
    put_state(&j, "state_before", r->before.state);
    put_state(&j, "state_held", r->state_held);
    rc = w_fields_end(&j, rc, err);
    if (rc == HZ_OK)
        rc = put_file(r, p, "regions.jsonl", line.data, line.len, &f, err);
    if (rc == HZ_OK)
        rc = product_put(f, r->json.data, r->json.len, err);
    buf_reset(&line);
    buf_printf(&line, "# process %u, %s for %s seconds\n%-33s %s %12s %12s %-30s FILE\n", r->pid,
               r->held ? "held" : "not held all the time", seconds, "ADDRESSES", "PERM", "SIZE", "STORED", "WHY");
    if (rc == HZ_OK)
        rc = put_file(r, p, "regions.txt", line.data, line.len, &f, err);
    return rc == HZ_OK ? product_put(f, r->text.data, r->text.len, err) : rc;
}

static void put_thread_text(const struct mem_thread *t, struct buf *text)
{
    char signal[16] = "-";
    if (t->signal != 0)
        snprintf(signal, sizeof signal, "%d", t->signal);
    buf_printf(text, "%10u %-4s %6s ", t->tid, t->stopped ? "yes" : "no", signal);
    for (size_t i = 0; i < MEM_REGISTER_SETS; i++)
        if (t->registers[i].bytes.len > 0)
            buf_printf(text, "%s ", t->registers[i].set);
    buf_printf(text, "%s\n", t->sys_errno != 0 ? absence_reason(t->sys_errno) : "-");
}

static int put_thread(const struct mem_rows *r, struct products *p, const struct mem_thread *t, struct buf *lines,
                      struct hz_error *err)
{
    struct product *f = NULL;
    char name[64];
    int rc = HZ_OK;
    struct json_out j;
    json_init(&j, lines);
    json_object(&j);
    json_member_bool(&j, "held", t->stopped);
    json_member_string(&j, "reason", t->sys_errno != 0 ? absence_reason(t->sys_errno) : NULL);
    json_key(&j, "registers");
    json_array(&j);
    for (size_t i = 0; rc == HZ_OK && i < MEM_REGISTER_SETS; i++) {
        const struct mem_registers *set = &t->registers[i];
        if (set->bytes.len == 0)
            continue;
        json_string(&j, set->set);
        snprintf(name, sizeof name, "registers/%u.%s", t->tid, set->set);
        rc = put_file(r, p, name, set->bytes.data, set->bytes.len, &f, err);
    }
    json_array_end(&j);
    if (t->signal != 0)
        json_member_int(&j, "signal", t->signal);
    json_member_int(&j, "tid", t->tid);
    return w_fields_end(&j, rc, err);
}

int mem_rows_write(struct mem_rows *r, struct products *p, const struct buf *maps, const struct mem_thread *threads,
                   size_t count, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf lines = BUF_INIT(ROWS_MAX);
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(ROWS_MAX);
    struct product *f = NULL;
    struct json_out j;
    json_init(&j, &lines);
    json_object(&j);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-threads/1");
    rc = w_fields_end(&j, rc, err);
    buf_puts(&text, "#      TID HELD SIGNAL REGISTERS, AND WHY IT WAS NOT HELD\n");
    for (size_t i = 0; rc == HZ_OK && i < count; i++) {
        rc = put_thread(r, p, &threads[i], &lines, err);
        put_thread_text(&threads[i], &text);
    }
    if (rc == HZ_OK)
        rc = buf_check(&text, err);
    if (rc == HZ_OK)
        rc = put_file(r, p, "threads.jsonl", lines.data, lines.len, &f, err);
    if (rc == HZ_OK)
        rc = put_file(r, p, "threads.txt", text.data, text.len, &f, err);
    if (rc == HZ_OK)
        rc = put_file(r, p, "maps", maps->data, maps->len, &f, err);
    return rc == HZ_OK ? write_regions(r, p, err) : rc;
}

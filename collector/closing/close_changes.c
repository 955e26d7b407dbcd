#include "collector/closing/close_changes.h"

#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "formats/write/fields.h"

#define LINE_MAX ((size_t)1 << 20)

struct writing {
    struct product *json, *text;
    struct buf line;
};

static int flush(struct writing *w, struct product *to, int rc, struct hz_error *err)
{
    if (rc == HZ_OK)
        rc = buf_check(&w->line, err);
    if (rc == HZ_OK)
        rc = product_put(to, w->line.data, w->line.len, err);
    buf_reset(&w->line);
    return rc;
}

static int put_first(struct writing *w, bool complete, const char *schema, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, &w->line);
    json_object(&j);
    json_member_bool(&j, "complete", complete);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", schema);
    return flush(w, w->json, w_fields_end(&j, rc, err), err);
}

static int put_change(void *context, const struct key_change *change, struct hz_error *err)
{
    struct writing *w = context;
    struct json_out j;
    const char *word = change->appeared ? "appeared" : "vanished";
    json_init(&j, &w->line);
    json_object(&j);
    json_member_string(&j, "change", word);
    json_member_string(&j, "kind", change->kind);
    json_key(&j, "text");
    w_fields_text(&j, change->text);
    int rc = flush(w, w->json, w_fields_end(&j, HZ_OK, err), err);
    buf_printf(&w->line, "%s %-8s ", word, change->kind);
    escape_terminal(&w->line, change->text.data, change->text.len);
    buf_putc(&w->line, '\n');
    return rc == HZ_OK ? flush(w, w->text, HZ_OK, err) : rc;
}

static int put_process(void *context, struct w_bytes key, struct w_bytes text, struct hz_error *err)
{
    struct writing *w = context;
    struct json_out j;
    json_init(&j, &w->line);
    json_object(&j);
    json_key(&j, "process");
    w_fields_text(&j, key);
    json_key(&j, "text");
    w_fields_text(&j, text);
    int rc = flush(w, w->json, w_fields_end(&j, HZ_OK, err), err);
    escape_terminal(&w->line, text.data, text.len);
    buf_putc(&w->line, '\n');
    return rc == HZ_OK ? flush(w, w->text, HZ_OK, err) : rc;
}

static bool whole(const struct keys *k, const char *kind)
{
    bool all = !k->full && keys_begun(k, kind);
    for (size_t i = 0; i < k->gap_count; i++)
        all = all && strcmp(k->gaps[i].kind, kind) != 0;
    return all;
}

/* Is all of it there that is in the other? */
static bool covers(const struct keys *k, const struct keys *other)
{
    bool all = true;
    for (size_t i = 0; i < other->kind_count; i++)
        all = all && whole(k, other->kinds[i]);
    return all;
}

int close_processes(struct products *p, struct keys *after, struct hz_error *err)
{
    struct writing w = { .line = BUF_INIT(LINE_MAX) };
    int rc = products_add(p, "processes.jsonl", "procfs", &w.json, err);
    if (rc == HZ_OK)
        rc = products_add(p, "processes.txt", "procfs", &w.text, err);
    if (rc == HZ_OK)
        rc = put_first(&w, whole(after, "process"), "hozen-closing-process/1", err);
    if (rc == HZ_OK)
        rc = keys_all(after, "process", put_process, &w, err);
    buf_free(&w.line);
    return rc;
}

int close_changes(struct run *run, struct products *p, struct keys *after, struct hz_error *err)
{
    struct writing w = { .line = BUF_INIT(LINE_MAX) };
    bool complete = covers(&run->live, after) && covers(after, &run->live);
    if (run->live.kind_count == 0 || after->kind_count == 0)
        return HZ_OK;
    int rc = products_add(p, "changes.jsonl", "generated", &w.json, err);
    if (rc == HZ_OK)
        rc = products_add(p, "changes.txt", "generated", &w.text, err);
    if (rc == HZ_OK)
        rc = put_first(&w, complete, "hozen-change/1", err);
    if (!complete)
        buf_puts(&w.line, "not whole: what one of the two looks could not see is left out\n");
    if (rc == HZ_OK)
        rc = flush(&w, w.text, HZ_OK, err);
    if (rc == HZ_OK)
        rc = keys_compare(&run->live, after, put_change, &w, err);
    buf_free(&w.line);
    return rc;
}

#include "collector/closing/close_observations.h"

#include <string.h>

#include "base/escape.h"
#include "base/json_out.h"
#include "formats/write/fields.h"

#define LINE_MAX ((size_t)1 << 20)

static int put_first(struct buf *out, const struct observations *o, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_member_decimal(&j, "dropped", o->dropped);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-observation/1");
    return w_fields_end(&j, rc, err);
}

static int put_row(struct buf *out, const struct observation *row, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_member_string(&j, "code", row->code);
    json_member_string(&j, "detail", row->detail);
    json_member_string(&j, "source", row->source);
    w_fields_bytes(&j, "subject", "subject_b64", row->subject);
    return w_fields_end(&j, HZ_OK, err);
}

static void put_text(struct buf *out, const struct observation *row)
{
    buf_printf(out, "%-28s %-12s ", row->code, row->source);
    escape_terminal(out, row->subject.data, row->subject.len);
    if (row->detail != NULL) {
        buf_puts(out, "\n    ");
        escape_terminal(out, row->detail, strlen(row->detail));
    }
    buf_putc(out, '\n');
}

static int give(struct product *to, struct buf *bytes, int rc, struct hz_error *err)
{
    if (rc == HZ_OK)
        rc = buf_check(bytes, err);
    if (rc == HZ_OK)
        rc = product_put(to, bytes->data, bytes->len, err);
    buf_reset(bytes);
    return rc;
}

int close_observations(struct run *run, struct products *p, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(LINE_MAX);
    const struct observations *o = &run->observations;
    struct product *json, *text;
    int rc = products_add(p, "observations.jsonl", "generated", &json, err);
    if (rc == HZ_OK)
        rc = products_add(p, "observations.txt", "generated", &text, err);
    if (rc == HZ_OK)
        rc = give(json, &bytes, put_first(&bytes, o, err), err);
    for (size_t i = 0; rc == HZ_OK && i < o->count; i++) {
        rc = give(json, &bytes, put_row(&bytes, &o->list[i], err), err);
        if (rc == HZ_OK) {
            put_text(&bytes, &o->list[i]);
            rc = give(text, &bytes, HZ_OK, err);
        }
    }
    if (rc == HZ_OK && o->dropped > 0)
        buf_printf(&bytes, "%llu more were not kept\n", (unsigned long long)o->dropped);
    return rc == HZ_OK ? give(text, &bytes, HZ_OK, err) : rc;
}

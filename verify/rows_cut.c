#include "verify/rows_cut.h"

#include "base/lang.h"
#include "base/reason.h"
#include "verify/rows.h"

#define WHYS_MAX ((size_t)1024 * 1024)
#define WHY_MAX ((size_t)8 * 1024)
#define TOLD 20 /* on a terminal; JSON has more */

void rows_cut_text(struct buf *out, bool limited, uint64_t size, uint64_t real_size)
{
    if (limited && real_size == size)
        buf_puts(out, _("limited: not taken to its end"));
    else
        buf_printf(out,
                   limited ? _("limited: %llu bytes were read, the other %llu are zeros")
                           : _("shrunk: %llu bytes were read, the other %llu are zeros"),
                   (unsigned long long)real_size, (unsigned long long)(size - real_size));
}

void rows_cut_row(struct buf *out, const struct reader_row *row)
{
    if (reader_row_cut(row)) {
        buf_puts(out, ": ");
        rows_cut_text(out, reader_row_limited(row), row->size, row->real_size);
    }
    if (reader_row_unlocked(row))
        buf_printf(out, ": %s", _("copied without a lock: such a copy can be torn"));
}

void rows_whys_init(struct rows_whys *w)
{
    *w = (struct rows_whys) { .count = 0 };
    buf_init(&w->json, WHYS_MAX);
    buf_init(&w->text, WHYS_MAX);
}

void rows_whys_free(struct rows_whys *w)
{
    buf_free(&w->json);
    buf_free(&w->text);
}

static int put_json(struct buf *out, const struct reader_why *why, struct hz_error *err)
{
    struct json_out j;

    json_init(&j, out);
    json_object(&j);
    json_key(&j, "origin");
    json_string_n(&j, why->target.at, why->target.len);
    json_key(&j, "reason");
    json_string_n(&j, why->reason.at, why->reason.len);
    if (why->source.len) {
        json_key(&j, "source");
        json_string_n(&j, why->source.at, why->source.len);
    }
    json_member_string(&j, "what", why->unlocked ? "unlocked" : "limited");
    json_object_end(&j);
    return json_check(&j, err);
}

int rows_whys_json(struct json_out *j, const struct rows_whys *w, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf all = BUF_INIT(WHYS_MAX + 2);

    buf_putc(&all, '[');
    buf_put(&all, w->json.data, w->json.len);
    buf_putc(&all, ']');
    if (!buf_text(&all))
        return buf_check(&all, err);
    json_key(j, "reasons");
    json_raw(j, (const char *)all.data);
    return HZ_OK;
}

/* For people: the host's name, what happened, and why, which the record says in English */
static int put_text(struct buf *out, const struct reader_why *why)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(ROWS_LINE_MAX);

    buf_put(out, why->target.at, why->target.len);
    buf_printf(out, ": %s", why->unlocked ? _("copied without a lock") : _("limited"));
    if (why->reason.len) {
        if (reason_put(&reason, why->reason.at, why->reason.len)) {
            buf_reset(&reason);
            buf_put(&reason, why->reason.at, why->reason.len);
        }
        buf_puts(out, ": ");
        buf_put(out, reason.data, reason.len);
    }
    return buf_putc(out, 0);
}

int rows_whys_add(struct rows_whys *w, const struct reader_why *why, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf one = BUF_INIT(ROWS_LINE_MAX);
    int code = put_json(&one, why, err);

    if (code)
        return code;
    if (w->count == ROWS_WHYS || one.len + 1 > WHYS_MAX - w->json.len) {
        w->more++;
        return HZ_OK;
    }
    if (w->count++)
        buf_putc(&w->json, ',');
    buf_put(&w->json, one.data, one.len);
    if (w->told < TOLD && why->target.len + why->reason.len < WHY_MAX) {
        w->told++;
        put_text(&w->text, why);
    }
    return buf_check(w->json.failed ? &w->json : &w->text, err);
}

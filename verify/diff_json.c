#include <string.h>

#include "base/json_out.h"
#include "base/text.h"
#include "verify/diff_report.h"

#define LINE_MAX (2 * FACT_VALUE_MAX + 8 * FACT_NAME_MAX + (size_t)64 * 1024)

static int put_line(FILE *stream, const struct json_out *j, struct hz_error *err)
{
    int code = json_check(j, err);

    if (!code)
        fwrite(j->out->data, 1, j->out->len, stream);
    fputc('\n', stream);
    return code;
}

static void put_side(struct json_out *j, const struct diff_side *s)
{
    const struct account *account = &s->work->account;
    const struct r_bundle_result *r = &account->result;
    char hex[R_SHA256_HEX], time[STAMP_SIZE];

    text_hex(hex, r->content_id, R_SHA256_SIZE);
    json_object(j);
    json_member_string(j, "authenticity", verdict_authenticity_word(s->work->verdict.authenticity));
    json_member_string(j, "bundle", r->name[0] ? r->name : NULL);
    json_member_string(j, "case", account->acquisition.case_id);
    json_member_string(j, "content_id", r->has_content_id ? hex : NULL);
    json_member_int(j, "findings_total", (int64_t)(r->findings.count + r->findings.dropped));
    json_member_string(j, "host", account->acquisition.hostname);
    json_member_string(j, "integrity", verdict_integrity_word(s->work->verdict.integrity));
    if (account->acquisition.known) {
        stamp_format(time, account->acquisition.started);
        json_member_string(j, "started", time);
    }
    json_member_string(j, "verdict", verdict_word(s->work->verdict.answer));
    json_object_end(j);
}

static void put_kind(struct json_out *j, const struct diff_kind *k, enum fact_kind kind)
{
    static const char *const states[] = { NULL, "not-in-old", "not-in-new", "in-neither", "unreadable" };
    bool compared = k->state == DIFF_COMPARED;

    json_object(j);
    if (compared) {
        json_member_decimal(j, "appeared", k->counts[DIFF_APPEARED]);
        json_member_decimal(j, "changed", k->counts[DIFF_CHANGED]);
    }
    json_member_bool(j, "compared", compared);
    if (compared)
        json_member_bool(j, "incomplete", k->cut);
    json_member_string(j, "kind", fact_word(kind));
    if (kind == FACT_FILES) {
        json_member_decimal(j, "not_looked_for_in_new", k->only_old);
        json_member_decimal(j, "not_looked_for_in_old", k->only_new);
    }
    json_member_string(j, "reason", states[k->state]);
    if (compared) {
        json_member_decimal(j, "unknown", k->counts[DIFF_UNKNOWN]);
        json_member_decimal(j, "vanished", k->counts[DIFF_VANISHED]);
    }
    json_object_end(j);
}

int diff_report_json_head(FILE *stream, const struct diff *d, bool compared, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_MAX);
    struct json_out j;

    json_init(&j, &line);
    json_object(&j);
    if (compared) {
        json_key(&j, "kinds");
        json_array(&j);
        for (size_t i = 0; i < FACT_KINDS; i++)
            if (d->kinds[i].wanted)
                put_kind(&j, &d->kinds[i], (enum fact_kind)i);
        json_array_end(&j);
    }
    json_key(&j, "new");
    put_side(&j, &d->new_side);
    json_key(&j, "old");
    put_side(&j, &d->old_side);
    json_member_string(&j, "schema", "hozen-diff/1");
    json_object_end(&j);
    return put_line(stream, &j, err);
}

static void put_field(void *context, const struct r_span *key, const struct fact_member *old_member,
                      const struct fact_member *new_member)
{
    (void)old_member;
    (void)new_member;
    json_string_n(context, key->at, key->len);
}

static void put_fields(struct json_out *j, const struct diff_change *c)
{
    if (c->what != DIFF_CHANGED)
        return;
    json_key(j, "fields");
    json_array(j);
    diff_fields(c, put_field, j);
    json_array_end(j);
}

static void put_name(struct json_out *j, const struct diff_change *c)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4 * FACT_NAME_MAX), raw = BUF_INIT(4 * FACT_NAME_MAX);

    text_to_utf8(&text, c->name, c->name_len);
    if (!text_is_utf8(c->name, c->name_len))
        text_base64(&raw, c->name, c->name_len);
    if (text.failed || raw.failed)
        j->out->failed = text.failed ? text.failed : raw.failed;
    json_key(j, "name");
    json_string_n(j, text.data, text.len);
    if (!raw.len)
        return;
    json_key(j, "name_b64");
    json_string_n(j, raw.data, raw.len);
}

/* A row's value is canonical JSON, without a NUL behind it */
static void put_value(struct json_out *j, const char *key, const struct sorted_row *row)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(FACT_VALUE_MAX + 1);

    if (!row)
        return;
    buf_put(&text, row->value, row->value_len);
    json_key(j, key);
    if (buf_text(&text))
        json_raw(j, (const char *)text.data);
    else
        j->out->failed = text.failed;
}

int diff_report_json(void *context, const struct diff_change *c, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(LINE_MAX);
    struct json_out j;

    json_init(&j, &line);
    json_object(&j);
    json_member_string(&j, "change", diff_word(c->what));
    put_fields(&j, c);
    json_member_string(&j, "kind", fact_word(c->kind));
    put_name(&j, c);
    put_value(&j, "new", c->new_row);
    put_value(&j, "old", c->old_row);
    json_object_end(&j);
    return put_line(context, &j, err);
}

#include "verify/report_evidence.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "verify/wrap.h"

static void put_name(struct json_out *j, const char *name, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)64 << 10);

    if (text_to_utf8(&text, name, len))
        j->out->failed = text.failed;
    json_string_n(j, text.len ? text.data : (const unsigned char *)"", text.len);
}

static void put_covers(struct json_out *j, const struct evidence *e)
{
    json_key(j, "covers");
    json_array(j);
    for (size_t i = 0; i < e->count; i++)
        if (e->said.covers[i] && e->names[i])
            put_name(j, e->names[i], strlen(e->names[i]));
        else if (e->said.covers[i])
            put_name(j, e->file, strlen(e->file) - strlen(".er"));
    json_array_end(j);
}

static void put_stamp(struct json_out *j, const struct r_ers_stamp *s)
{
    bool proven = s->token.status == R_TIMESTAMP_PROVEN;
    char time[STAMP_SIZE];

    stamp_format(time, s->token.time);
    json_object(j);
    json_member_string(j, "authority", s->token.authority[0] ? s->token.authority : NULL);
    json_member_int(j, "chain", s->chain);
    json_member_string(j, "detail", proven ? NULL : r_timestamp_sentence(s->token.why));
    json_member_string(j, "digest", s->wide ? "sha512" : "sha256");
    json_member_bool(j, "lasted", s->lasted);
    json_member_string(j, "status", r_timestamp_word(s->token.status));
    json_member_string(j, "time", s->token.read ? time : NULL);
    json_object_end(j);
}

void report_evidence_json(struct json_out *j, const struct evidence *e)
{
    char time[STAMP_SIZE];
    bool doubt = e->said.why != R_ERS_GOOD;

    if (!e->file)
        return;
    json_key(j, "evidence_record");
    json_object(j);
    if (doubt && e->said.count)
        json_member_int(j, "at", (int64_t)e->said.at + 1);
    put_covers(j, e);
    json_member_string(j, "detail", doubt ? r_ers_sentence(e->said.why) : NULL);
    json_key(j, "file");
    put_name(j, e->file, strlen(e->file));
    if (e->said.status == R_ERS_PROVEN) {
        stamp_format(time, e->said.stamps[e->said.since].token.time);
        json_member_string(j, "since", time);
    }
    json_key(j, "stamps");
    json_array(j);
    for (size_t i = 0; i < e->said.count; i++)
        put_stamp(j, &e->said.stamps[i]);
    json_array_end(j);
    json_member_string(j, "status", r_ers_word(e->said.status));
    json_object_end(j);
}

static const char *status_text(enum r_ers_status status)
{
    switch (status) {
    case R_ERS_PROVEN:
        return _("proven");
    case R_ERS_UNPROVEN:
        return _("not proven");
    case R_ERS_LAPSED:
        return _("lapsed");
    default:
        return _("invalid");
    }
}

void report_evidence_text(FILE *stream, const struct evidence *e)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(8192);
    char time[STAMP_SIZE];
    size_t files = 0;

    if (!e->file)
        return;
    for (size_t i = 0; i < e->count; i++)
        files += e->said.covers[i];
    if (e->said.status == R_ERS_PROVEN) {
        stamp_format(time, e->said.stamps[e->said.since].token.time);
        buf_printf(&line, _("%s since %s; it covers %zu files"), status_text(e->said.status), time, files);
    } else {
        buf_puts(&line, status_text(e->said.status));
    }
    wrap_field(stream, _("evidence"), buf_text(&line));
    for (size_t i = 0; i < e->said.count; i++) {
        const struct r_timestamp *t = &e->said.stamps[i].token;
        buf_reset(&line);
        stamp_format(time, t->time);
        buf_printf(&line, "%s (%s)", t->read ? time : "-",
                   t->status == R_TIMESTAMP_PROVEN     ? _("proven")
                   : t->status == R_TIMESTAMP_UNPROVEN ? _("not proven")
                                                       : _("invalid"));
        if (t->authority[0])
            buf_printf(&line, ", %s", t->authority);
        wrap_field(stream, i == 0 ? _("first stamp") : _("renewed"), buf_text(&line));
    }
}

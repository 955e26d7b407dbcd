#include "verify/report_stamp.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "verify/wrap.h"

/* Names of files need not be UTF-8. */
static void member_path(struct json_out *j, const char *key, const char *path)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)64 << 10);

    if (!path)
        return;
    if (text_to_utf8(&text, path, strlen(path)))
        j->out->failed = text.failed;
    json_key(j, key);
    json_string_n(j, text.len ? text.data : (const unsigned char *)"", text.len);
}

void report_stamp_json(struct json_out *j, const struct r_timestamp *token, const char *file, const char *covers)
{
    bool proven = token->status == R_TIMESTAMP_PROVEN;
    char time[STAMP_SIZE];

    stamp_format(time, token->time);
    json_object(j);
    json_member_string(j, "authority", token->authority[0] ? token->authority : NULL);
    member_path(j, "covers", covers);
    json_member_string(j, "detail", proven ? NULL : r_timestamp_sentence(token->why));
    member_path(j, "file", file);
    json_member_string(j, "status", r_timestamp_word(token->status));
    json_member_string(j, "time", token->read ? time : NULL);
    json_object_end(j);
}

static const char *status_text(const struct r_timestamp *t)
{
    switch (t->status) {
    case R_TIMESTAMP_PROVEN:
        return _("proven");
    case R_TIMESTAMP_UNPROVEN:
        return _("not proven");
    default:
        return _("invalid");
    }
}

void report_stamp_text(FILE *stream, const struct r_timestamp *token, bool lower, const char *covers)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(8192);
    char time[STAMP_SIZE];

    stamp_format(time, token->time);
    buf_printf(&line, "%s (%s)", token->read ? time : "-", status_text(token));
    if (token->authority[0])
        buf_printf(&line, ", %s", token->authority);
    if (covers)
        buf_printf(&line, ", %s", covers);
    wrap_field(stream, lower ? _("not before") : _("time stamp"), buf_text(&line));
}

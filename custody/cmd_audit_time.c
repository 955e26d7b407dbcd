#include "custody/cmd_audit_time.h"

#include <inttypes.h>

#include "base/lang.h"
#include "cli/out.h"
#include "custody/cmd.h"

static void json_stamp(struct json_out *j, const struct audit_stamp *s)
{
    const struct r_timestamp *t = &s->token;
    char time[STAMP_SIZE];

    stamp_format(time, t->time);
    json_object(j);
    json_member_string(j, "authority", t->authority[0] != '\0' ? t->authority : NULL);
    json_member_string(j, "detail", t->status == R_TIMESTAMP_PROVEN ? NULL : r_timestamp_sentence(t->why));
    if (s->file == NULL)
        json_member_int(j, "entry", (int64_t)s->entry);
    else
        cmd_json_path(j, "file", s->file);
    json_member_decimal(j, "size", s->size);
    json_member_string(j, "status", r_timestamp_word(t->status));
    json_member_string(j, "time", t->read ? time : NULL);
    json_object_end(j);
}

void cmd_audit_time_json(struct json_out *j, const struct audit_time *t)
{
    json_key(j, "timestamps");
    json_array(j);
    for (size_t i = 0; i < t->count; i++)
        json_stamp(j, &t->stamps[i]);
    json_array_end(j);
    json_member_decimal(j, "timestamps_more", t->more);
}

void cmd_audit_time_text(const struct audit_time *t)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(512);
    const struct audit_stamp *latest = NULL;
    char time[STAMP_SIZE];
    uint64_t proven = 0;

    for (size_t i = 0; i < t->count; i++) {
        if (t->stamps[i].token.status != R_TIMESTAMP_PROVEN)
            continue;
        proven++;
        if (latest == NULL || t->stamps[i].size >= latest->size)
            latest = &t->stamps[i];
    }
    if (t->count == 0)
        return;
    buf_printf(&line, _("%" PRIu64 ", proven %" PRIu64), (uint64_t)t->count + t->more, proven);
    if (latest != NULL) {
        stamp_format(time, latest->token.time);
        buf_printf(&line, _("; %" PRIu64 " entries at %s"), latest->size, time);
    } else if (t->roots == NULL) {
        buf_printf(&line, "; %s", _("give certificates with --timestamp-roots"));
    }
    cli_out_field(stdout, CLI_OUT_LABELS, _("time stamps"), buf_text(&line));
}

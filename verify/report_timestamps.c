#include "verify/report_timestamps.h"

#include <inttypes.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/checkpoint.h"
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

void report_timestamps_json(struct json_out *j, const struct verdict *verdict)
{
    char time[STAMP_SIZE];
    size_t i;

    json_key(j, "timestamps");
    json_array(j);
    for (i = 0; i < verdict->timestamps.count; i++) {
        const struct timestamps_row *row = &verdict->timestamps.row[i];
        bool proven = row->token.status == R_TIMESTAMP_PROVEN;

        stamp_format(time, row->token.time);
        json_object(j);
        json_member_string(j, "authority", row->token.authority[0] ? row->token.authority : NULL);
        member_path(j, "covers", timestamps_covers(row));
        json_member_string(j, "detail", proven ? NULL : r_timestamp_sentence(row->token.why));
        member_path(j, "file", row->file);
        json_member_string(j, "status", r_timestamp_word(row->token.status));
        json_member_string(j, "time", row->token.read ? time : NULL);
        json_object_end(j);
    }
    json_array_end(j);
}

static bool read_checkpoint(const struct r_bound *bound, struct r_checkpoint *out)
{
    return bound->checkpoint && r_checkpoint_parse(out, bound->bytes.data, bound->bytes.len, NULL) == HZ_OK;
}

void report_timestamps_bounds(struct json_out *j, const struct account *account)
{
    const struct account_acquisition *a = &account->acquisition;
    struct r_checkpoint c;
    size_t i;

    json_key(j, "not_before");
    json_array(j);
    for (i = 0; i < a->bound_count; i++) {
        HZ_CLEANUP(buf_free) struct buf root = BUF_INIT(64);

        if (!read_checkpoint(&a->bounds[i], &c))
            continue;
        text_base64(&root, c.root, sizeof c.root);
        json_object(j);
        json_member_string(j, "ledger", c.ledger);
        json_member_string(j, "root", buf_text(&root));
        json_member_decimal(j, "size", c.size);
        json_object_end(j);
    }
    json_array_end(j);
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

static void print_row(FILE *stream, const struct timestamps_row *row)
{
    HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(8192);
    const char *covers = timestamps_covers(row);
    char time[STAMP_SIZE];

    stamp_format(time, row->token.time);
    buf_printf(&line, "%s (%s)", row->token.read ? time : "-", status_text(&row->token));
    if (row->token.authority[0])
        buf_printf(&line, ", %s", row->token.authority);
    if (covers)
        buf_printf(&line, ", %s", covers);
    wrap_field(stream, row->lower ? _("not before") : _("time stamp"), buf_text(&line));
}

void report_timestamps_text(FILE *stream, const struct account *account, const struct verdict *verdict)
{
    const struct account_acquisition *a = &account->acquisition;
    struct r_checkpoint c;
    size_t i;

    for (i = 0; i < verdict->timestamps.count; i++)
        print_row(stream, &verdict->timestamps.row[i]);
    for (i = 0; i < a->bound_count; i++) {
        HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(256);

        if (!read_checkpoint(&a->bounds[i], &c))
            continue;
        buf_printf(&line, _("the ledger %s had %" PRIu64 " entries"), c.ledger, c.size);
        wrap_field(stream, _("not before"), buf_text(&line));
    }
}

#include "verify/report_timestamps.h"

#include <inttypes.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/checkpoint.h"
#include "verify/report_stamp.h"
#include "verify/wrap.h"

void report_timestamps_json(struct json_out *j, const struct verdict *verdict)
{
    size_t i;

    json_key(j, "timestamps");
    json_array(j);
    for (i = 0; i < verdict->timestamps.count; i++) {
        const struct timestamps_row *row = &verdict->timestamps.row[i];

        report_stamp_json(j, &row->token, row->file, timestamps_covers(row));
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

void report_timestamps_text(FILE *stream, const struct account *account, const struct verdict *verdict)
{
    const struct account_acquisition *a = &account->acquisition;
    struct r_checkpoint c;
    size_t i;

    for (i = 0; i < verdict->timestamps.count; i++) {
        const struct timestamps_row *row = &verdict->timestamps.row[i];

        report_stamp_text(stream, &row->token, row->lower, timestamps_covers(row));
    }
    for (i = 0; i < a->bound_count; i++) {
        HZ_CLEANUP(buf_free) struct buf line = BUF_INIT(256);

        if (!read_checkpoint(&a->bounds[i], &c))
            continue;
        buf_printf(&line, _("the ledger %s had %" PRIu64 " entries"), c.ledger, c.size);
        wrap_field(stream, _("not before"), buf_text(&line));
    }
}

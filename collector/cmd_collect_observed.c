#include "base/lang.h"
#include "cli/out.h"
#include "collector/cmd_collect.h"

#define SHOWN_MAX 300 /* bytes of a subject */

void cmd_collect_put_observed(struct json_out *j, const struct observations *o)
{
    if (o->count == 0)
        return;
    json_key(j, "observations");
    json_array(j);
    for (size_t i = 0; i < o->code_count; i++) {
        json_object(j);
        json_member_string(j, "code", o->codes[i].code);
        json_member_decimal(j, "times", o->codes[i].times);
        json_object_end(j);
    }
    json_array_end(j);
}

void cmd_collect_show_observed(FILE *stream, const struct observations *o)
{
    for (size_t i = 0; i < o->code_count; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
        const struct observe_code *c = &o->codes[i];
        const struct w_bytes *first = &o->list[c->first].subject;
        buf_printf(&text, "%s: ", c->code);
        if (c->times > 1)
            buf_printf(&text, _("%llu times, first "), (unsigned long long)c->times);
        buf_put(&text, first->data, first->len < SHOWN_MAX ? first->len : SHOWN_MAX);
        buf_puts(&text, first->len > SHOWN_MAX ? "..." : "");
        cli_out_wrapped(stream, CLI_OUT_LABELS, _("observed"), (const char *)text.data, text.len);
    }
}

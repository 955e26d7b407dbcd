#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "collector/cmd_collect.h"

/* Is this the first of its code? Then *times: how many there are. */
static bool first_of_code(const struct observations *o, size_t i, uint64_t *times)
{
    *times = 0;
    for (size_t k = 0; k < i; k++)
        if (strcmp(o->list[k].code, o->list[i].code) == 0)
            return false;
    for (size_t k = i; k < o->count; k++)
        *times += strcmp(o->list[k].code, o->list[i].code) == 0;
    return true;
}

void cmd_collect_put_observed(struct json_out *j, const struct observations *o)
{
    if (o->count == 0)
        return;
    json_key(j, "observations");
    json_array(j);
    for (size_t i = 0; i < o->count; i++) {
        uint64_t times;
        if (!first_of_code(o, i, &times))
            continue;
        json_object(j);
        json_member_string(j, "code", o->list[i].code);
        json_member_decimal(j, "times", times);
        json_object_end(j);
    }
    json_array_end(j);
}

void cmd_collect_show_observed(FILE *stream, const struct observations *o)
{
    for (size_t i = 0; i < o->count; i++) {
        HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
        uint64_t times;
        if (!first_of_code(o, i, &times))
            continue;
        buf_printf(&text, "%s: ", o->list[i].code);
        if (times > 1)
            buf_printf(&text, _("%llu times, first "), (unsigned long long)times);
        text_to_utf8(&text, o->list[i].subject.data, o->list[i].subject.len < 200 ? o->list[i].subject.len : 200);
        cli_out_field(stream, CLI_OUT_LABELS, _("observed"), buf_text(&text));
    }
}

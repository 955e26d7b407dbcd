#include "formats/write/tags.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/write/fields.h"

#define VALUE_MAX 500

int w_tags_bagit(struct buf *out, struct hz_error *err)
{
    buf_puts(out, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    return buf_check(out, err);
}

int w_tags_format(struct buf *out, struct stamp started, bool sha512, struct hz_error *err)
{
    struct json_out j;
    json_init(&j, out);
    json_object(&j);
    json_key(&j, "digests");
    json_array(&j);
    json_string(&j, "sha256");
    if (sha512)
        json_string(&j, "sha512");
    json_array_end(&j);
    int rc = w_fields_salt(&j, err);
    json_member_string(&j, "schema", "hozen-bundle/1");
    w_fields_time(&j, "started", started);
    json_object_end(&j);
    buf_putc(out, '\n');
    return rc == HZ_OK ? json_check(&j, err) : rc;
}

static int put_value(struct buf *out, const char *key, const char *value, struct hz_error *err)
{
    if (value == NULL || !text_is_line(value, VALUE_MAX))
        return hz_error_set(err, HZ_E_USAGE,
                            _("%s: needs 1 to %d bytes of text without control characters or blanks at either end"),
                            key, VALUE_MAX);
    buf_printf(out, "%s: %s\n", key, value);
    return buf_check(out, err);
}

int w_tags_bag_info(struct buf *out, const struct w_tags_info *info, struct hz_error *err)
{
    char time[STAMP_SIZE], date[11], oxum[48], agent[VALUE_MAX + 2];
    stamp_format(time, info->started);
    snprintf(date, sizeof date, "%.10s", time[0] == '@' ? "0001-01-01" : time);
    snprintf(oxum, sizeof oxum, "%llu.%llu", (unsigned long long)info->octets, (unsigned long long)info->count);
    snprintf(agent, sizeof agent, "%s %s", info->tool_name, info->tool_version);
    const struct {
        const char *key, *value;
        bool optional;
    } lines[] = {
        { "External-Identifier", info->item, false },
        { "Bagging-Date", date, false },
        { "Payload-Oxum", oxum, false },
        { "Source-Organization", info->organisation, true },
        { "Contact-Name", info->operator_name, false },
        { "Internal-Sender-Identifier", info->case_id, false },
        { "Bag-Software-Agent", agent, false },
    };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < sizeof lines / sizeof lines[0]; i++) {
        if (lines[i].value != NULL || !lines[i].optional)
            rc = put_value(out, lines[i].key, lines[i].value, err);
    }
    return rc;
}

void w_tags_manifest_line(struct buf *out, const char *hex, const char *path)
{
    buf_puts(out, hex);
    buf_puts(out, "  ");
    buf_puts(out, path);
    buf_putc(out, '\n');
}

#include "formats/write/entry.h"

#include "base/json_out.h"
#include "formats/write/envelope.h"

int w_entry_build(const struct w_entry *entry, struct buf *out, struct hz_error *err)
{
    struct json_out j;
    char recorded_at[STAMP_SIZE];

    stamp_format(recorded_at, entry->recorded_at);
    json_init(&j, out);
    json_object(&j);
    json_member_string(&j, "ledger", entry->ledger);
    json_member_string(&j, "recorded_at", recorded_at);
    json_member_string(&j, "schema", "hozen-entry/1");
    json_member_int(&j, "sequence", (int64_t)entry->sequence);
    w_envelope_texts(&j, "signatures", entry->content.signatures, entry->content.signature_count);
    w_envelope_base64(&j, "statement", entry->content.statement->data, entry->content.statement->len);
    json_object_end(&j);
    return json_check(&j, err);
}

#include "formats/write/export.h"

#include "base/json_out.h"
#include "formats/write/envelope.h"

static int finish(struct json_out *j, struct hz_error *err)
{
    int rc = json_check(j, err);

    if (rc != HZ_OK)
        return rc;
    buf_putc(j->out, '\n');
    return buf_check(j->out, err);
}

static void member_checkpoint(struct json_out *j, const struct w_export *e)
{
    json_key(j, "checkpoint");
    json_object(j);
    w_envelope_base64(j, "root", e->root, sizeof e->root);
    json_member_decimal(j, "size", e->size);
    json_object_end(j);
}

static void member_last(struct json_out *j, const struct w_export *e)
{
    if (e->item == NULL)
        return;
    json_key(j, "last");
    json_object(j);
    json_member_string(j, "digest", e->last_digest);
    json_member_decimal(j, "sequence", e->last_sequence);
    json_object_end(j);
}

int w_export_build(const struct w_export *e, struct buf *out, struct hz_error *err)
{
    char time[STAMP_SIZE];
    struct json_out j;

    stamp_format(time, e->time);
    json_init(&j, out);
    json_object(&j);
    member_checkpoint(&j, e);
    json_member_decimal(&j, "entries", e->entries);
    json_member_string(&j, "item", e->item);
    json_member_string(&j, "key", e->key);
    member_last(&j, e);
    json_member_string(&j, "ledger", e->ledger);
    json_member_string(&j, "name", e->name);
    json_member_string(&j, "organisation", e->organisation);
    json_member_string(&j, "schema", "hozen-export/1");
    json_member_string(&j, "sums", e->sums);
    json_member_string(&j, "time", time);
    json_object_end(&j);
    return finish(&j, err);
}

int w_export_proof(uint64_t sequence, const struct w_proof *inclusion, struct buf *out, struct hz_error *err)
{
    struct json_out j;

    json_init(&j, out);
    json_object(&j);
    json_key(&j, "inclusion");
    json_array(&j);
    for (size_t i = 0; i < inclusion->count; i++)
        w_envelope_base64_value(&j, inclusion->digest[i], W_DIGEST_SIZE);
    json_array_end(&j);
    json_member_decimal(&j, "sequence", sequence);
    json_object_end(&j);
    return finish(&j, err);
}

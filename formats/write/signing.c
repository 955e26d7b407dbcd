#include "formats/write/signing.h"

#include "base/json_out.h"
#include "formats/write/envelope.h"

int w_signing_build(const struct w_signed *content, struct buf *out, struct hz_error *err)
{
    struct json_out j;
    int rc;

    json_init(&j, out);
    json_object(&j);
    json_member_string(&j, "schema", "hozen-signing/1");
    w_envelope_texts(&j, "signatures", content->signatures, content->signature_count);
    w_envelope_base64(&j, "statement", content->statement->data, content->statement->len);
    json_object_end(&j);
    rc = json_check(&j, err);
    if (rc != HZ_OK)
        return rc;
    buf_putc(out, '\n');
    return buf_check(out, err);
}

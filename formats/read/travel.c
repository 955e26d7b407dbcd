#include "formats/read/travel.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"

bool r_travel_proof(struct r_json *j, struct r_proof *out)
{
    out->count = 0;
    if (!r_json_array(j))
        return false;
    while (r_json_item(j)) {
        HZ_CLEANUP(buf_free) struct buf digest = BUF_INIT(R_SHA256_SIZE);
        struct r_value v = { .present = true };
        if (out->count == R_PROOF_MAX)
            return r_json_fail(j, N_("a proof is longer than 64 digests"));
        if (!r_field_string(j, R_FIELD_TEXT, NULL, &v))
            return false;
        if (text_unbase64(&digest, v.text.at, v.text.len) != HZ_OK || digest.len != R_SHA256_SIZE)
            return r_json_fail(j, N_("a digest in base64 was expected"));
        memcpy(out->digest[out->count++], digest.data, R_SHA256_SIZE);
    }
    return j->wrong == NULL;
}

static bool inside_proof(struct r_json *j, void *context)
{
    struct r_travel_since *since = context;
    return r_travel_proof(j, &since->proof);
}

bool r_travel_since(struct r_json *j, struct r_travel_since *out)
{
    static const struct r_field fields[] = {
        { .key = "from", .kind = R_FIELD_DECIMAL, .required = true },
        { .key = "proof", .kind = R_FIELD_INSIDE, .required = true, .inside = inside_proof },
    };
    struct r_value v[2];

    if (!r_field_read(j, fields, 2, v, out))
        return false;
    out->present = true;
    out->from = v[0].number;
    return true;
}

int r_travel_base64(struct buf *out, size_t limit, const struct r_value *value, struct hz_error *err)
{
    int rc;

    buf_init(out, limit);
    rc = text_unbase64(out, value->text.at, value->text.len);
    if (rc == HZ_E_NOMEM)
        return hz_error_set(err, rc, _("out of memory"));
    return rc == HZ_OK ? rc : hz_error_set(err, HZ_E_FORMAT, _("a record inside is too long"));
}

int r_travel_read(const void *bytes, size_t len, size_t limit, const struct r_field *fields, size_t count,
                  struct r_value *values, void *context, const struct r_ledger_text *text, struct hz_error *err)
{
    const unsigned char *p = bytes;
    struct r_json j;

    if (len == 0 || len > limit || p[len - 1] != '\n')
        return hz_error_set(err, HZ_E_FORMAT, _("is not one line of JSON that ends in a newline"));
    r_json_init(&j, bytes, len - 1);
    if (r_field_read(&j, fields, count, values, context) && j.extensions != 0)
        r_json_fail(&j, N_("an unknown key"));
    if (!r_json_done(&j) || text->wrong != NULL)
        return hz_error_set(err, r_ledger_text_code(text, &j), "%s",
                            lang_text(text->wrong != NULL ? text->wrong : j.wrong));
    return HZ_OK;
}

int r_travel_checkpoint(struct r_travel_head *head, struct r_ledger_text *text, const struct r_value *value,
                        struct hz_error *err)
{
    int rc;

    head->text = r_ledger_text_take(text, value);
    if (head->text == NULL)
        return hz_error_set(err, r_ledger_text_code(text, NULL), "%s", lang_text(text->wrong));
    rc = r_checkpoint_parse(&head->checkpoint, head->text, strlen(head->text), err);
    if (rc != HZ_OK)
        hz_error_context(err, _("the checkpoint inside"));
    return rc;
}

bool r_travel_continues(const struct r_checkpoint *now, const struct r_travel_since *since,
                        const struct r_checkpoint *known)
{
    static const struct r_proof empty = { 0 };

    if (strcmp(known->ledger, now->ledger) != 0)
        return false;
    if (known->size == now->size)
        return r_proof_consistency(&empty, known->size, known->root, now->size, now->root);
    return since->present && since->from == known->size &&
           r_proof_consistency(&since->proof, known->size, known->root, now->size, now->root);
}

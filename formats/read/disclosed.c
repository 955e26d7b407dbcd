#include "formats/read/disclosed.h"

#include <string.h>

#include "base/json_out.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/read/field.h"

#define SCHEMA "hozen-disclosure-proof/1"

const char *const r_disclosed_names[R_DISCLOSED_PARTS] = { "disclosure.txt", "disclosure-line.json",
                                                           "disclosure-proof.json" };
const char r_disclosed_text[] = "hozen-disclosure/1\n"
                                "One file of an evidence bundle, and the proof that it belongs to it.\n";

static bool read_path(struct r_json *j, void *context)
{
    struct r_proof *proof = context;
    struct r_value value;

    proof->count = 0;
    for (r_json_array(j); r_json_item(j); proof->count++) {
        if (proof->count == R_PROOF_MAX)
            return r_json_fail(j, N_("more than 64 digests"));
        if (!r_field_string(j, R_FIELD_HEX32, NULL, &value) ||
            text_unhex(proof->digest[proof->count], R_SHA256_SIZE, value.text.at, value.text.len))
            return r_json_fail(j, N_("not a digest"));
    }
    return !j->wrong;
}

int r_disclosed_read(const void *text, size_t len, struct r_proof *proof, uint64_t *index, const char **wrong,
                     size_t *at)
{
    static const struct r_field fields[] = {
        { "index", R_FIELD_DECIMAL, true, NULL, NULL },
        { "path", R_FIELD_INSIDE, true, NULL, read_path },
        { "schema", R_FIELD_FIXED, true, SCHEMA, NULL },
    };
    struct r_value v[3];
    struct r_json j;

    if (r_json_file(&j, text, len) && r_field_read(&j, fields, 3, v, proof) && r_json_done(&j)) {
        *index = v[0].number;
        if (j.extensions)
            r_json_fail(&j, N_("keys that begin x- have no place here"));
    }
    return r_json_result(&j, wrong, at);
}

int r_disclosed_write(struct buf *out, const struct r_proof *proof, uint64_t index, struct hz_error *err)
{
    char hex[R_SHA256_HEX];
    struct json_out json;
    size_t i;

    json_init(&json, out);
    json_object(&json);
    json_member_decimal(&json, "index", index);
    json_key(&json, "path");
    json_array(&json);
    for (i = 0; i < proof->count; i++) {
        text_hex(hex, proof->digest[i], R_SHA256_SIZE);
        json_string(&json, hex);
    }
    json_array_end(&json);
    json_member_string(&json, "schema", SCHEMA);
    json_object_end(&json);
    buf_putc(out, '\n');
    return json_check(&json, err);
}

#include "formats/read/format.h"

#include <string.h>

#include "base/lang.h"

enum digests { DIGESTS_SHA256, DIGESTS_BOTH, DIGESTS_OTHER, DIGESTS_NONSENSE };

/* ["sha256"], ["sha256","sha512"], an array of other texts, or something else */
static enum digests scan_digests(struct r_json *j)
{
    static const char *const known[] = { "sha256", "sha512" };
    size_t count = 0, expected = 0;
    bool texts = true;
    struct r_span word;

    for (r_json_array(j); r_json_item(j); count++) {
        if (r_json_peek(j) != R_JSON_STRING)
            texts = false;
        if (!texts)
            r_json_skip(j);
        else if (r_json_string(j, &word))
            expected += count < 2 && r_span_is(&word, known[count]);
    }
    if (j->wrong || !texts)
        return DIGESTS_NONSENSE;
    if (expected != count || !count)
        return DIGESTS_OTHER;
    return count == 1 ? DIGESTS_SHA256 : DIGESTS_BOTH;
}

/* Canonical JSON that says to be of another version, whatever else is in it; *sha512 where it is of this one */
static bool is_other_version(const char *text, size_t len, bool *sha512)
{
    enum digests digests = DIGESTS_NONSENSE;
    bool schema = false, other_schema = false;
    struct r_span key, value;
    struct r_json j;

    r_json_file(&j, text, len);
    for (r_json_object(&j); r_json_key(&j, &key);) {
        enum r_json_type type = r_json_peek(&j);

        if (r_span_is(&key, "schema") && type == R_JSON_STRING) {
            schema = r_json_string(&j, &value);
            other_schema = schema && !r_span_is(&value, "hozen-bundle/1");
        } else if (r_span_is(&key, "digests") && type == R_JSON_ARRAY) {
            digests = scan_digests(&j);
        } else {
            r_json_skip(&j);
        }
    }
    *sha512 = r_json_done(&j) && digests == DIGESTS_BOTH;
    return r_json_done(&j) && schema && (other_schema || digests == DIGESTS_OTHER);
}

static bool read_digests(struct r_json *j, void *context)
{
    (void)context;
    return scan_digests(j) <= DIGESTS_BOTH || r_json_fail(j, N_("digests is not a list of names"));
}

int r_format_read(const void *text, size_t len, struct r_format *out, const char **wrong, size_t *at)
{
    static const struct r_field format[] = {
        { "digests", R_FIELD_INSIDE, true, NULL, read_digests },
        { "salt", R_FIELD_HEX16, true, NULL, NULL },
        { "schema", R_FIELD_FIXED, true, "hozen-bundle/1", NULL },
        { "started", R_FIELD_STAMP, true, NULL, NULL },
    };
    struct r_value v[4];
    struct r_json j;

    *wrong = NULL;
    *at = 0;
    memset(out, 0, sizeof *out);
    if (is_other_version(text, len, &out->sha512))
        return HZ_E_UNSUPPORTED;
    if (r_json_file(&j, text, len) && r_field_read(&j, format, 4, v, NULL) && r_json_done(&j)) {
        out->started = v[3].stamp;
        out->extensions = j.extensions;
    }
    return r_json_result(&j, wrong, at);
}

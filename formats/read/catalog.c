#include "formats/read/catalog.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "formats/read/name.h"

/* clang-format off */
enum { ACQUIRED_AT, STAT, METHOD = STAT + R_STAT_KEYS, ORIGIN, ORIGIN_B64, PATH, REAL_SHA256, REAL_SIZE, SALT, SHA256,
       SIZE, SOURCE, STATUS, XATTRS, XATTRS_INCOMPLETE, FIELDS };

static const struct r_field fields[FIELDS] = {
    { "acquired_at", R_FIELD_STAMP, true, NULL, NULL },
    R_STAT_FIELDS,
    { "method", R_FIELD_WORD, true, NULL, NULL },
    { "origin", R_FIELD_TEXT, false, NULL, NULL },
    { "origin_b64", R_FIELD_BASE64, false, "+", NULL },
    { "path", R_FIELD_TEXT, true, NULL, NULL },
    { "real_sha256", R_FIELD_HEX32, false, NULL, NULL },
    { "real_size", R_FIELD_DECIMAL, false, NULL, NULL },
    { "salt", R_FIELD_HEX16, true, NULL, NULL },
    { "sha256", R_FIELD_HEX32, true, NULL, NULL },
    { "size", R_FIELD_DECIMAL, true, NULL, NULL },
    { "source", R_FIELD_WORD, true, NULL, NULL },
    { "status", R_FIELD_CHOICE, true, "collected changed grew shrunk limited", NULL },
    { "xattrs", R_FIELD_INSIDE, false, NULL, r_stat_xattrs },
    { "xattrs_incomplete", R_FIELD_TRUE, false, NULL, NULL },
};
/* clang-format on */

void r_catalog_init(struct r_entry *e)
{
    memset(e, 0, sizeof *e);
    r_stat_origin_init(&e->origin);
}

void r_catalog_free(struct r_entry *e)
{
    r_stat_origin_free(&e->origin);
}

const char *r_catalog_status_word(enum r_catalog_status status)
{
    static const char *const words[] = { "collected", "changed", "grew", "shrunk", "limited" };

    return words[status];
}

static bool check_real(struct r_json *j, const struct r_value *v)
{
    enum r_catalog_status status = (enum r_catalog_status)v[STATUS].number;
    bool wanted = status == R_SHRUNK || status == R_LIMITED;

    if (v[REAL_SIZE].present != wanted || v[REAL_SHA256].present != wanted)
        return r_json_fail(j, N_("real_size and real_sha256 belong to the status shrunk or limited, and only there"));
    if (!wanted)
        return true;
    if (v[REAL_SIZE].number > v[SIZE].number || (status == R_SHRUNK && v[REAL_SIZE].number == v[SIZE].number))
        return r_json_fail(j, N_("a real size that does not fit the status"));
    if (v[REAL_SIZE].number == v[SIZE].number && memcmp(v[REAL_SHA256].text.at, v[SHA256].text.at, 64) != 0)
        return r_json_fail(j, N_("a real digest that does not fit the real size"));
    return true;
}

static bool check_path(struct r_json *j, struct r_entry *e)
{
    size_t source_len;

    if (!r_name_is_payload(e->path.at, e->path.len, &source_len))
        return r_json_fail(j, N_("a path that is not a name of this format"));
    if (source_len != e->source.len || memcmp(e->path.at + 5, e->source.at, source_len) != 0)
        return r_json_fail(j, N_("a source that is not the one in the path"));
    if (e->origin.known) {
        int code = r_name_match(e->path.at, e->path.len, e->origin.raw.data, e->origin.raw.len);

        if (code)
            return code == HZ_E_INVALID ? r_json_fail(j, N_("a path that is not the mapping of its origin"))
                                        : r_json_took(j, code);
    }
    if (!e->origin.known && r_span_is(&e->source, "long"))
        return r_json_fail(j, N_("a file in the source long without origin"));
    if (!e->origin.known && e->stat.known)
        return r_json_fail(j, N_("a file without origin has no mode, owner or times"));
    return true;
}

int r_catalog_line(const char *line, size_t len, struct r_entry *e, const char **wrong, size_t *at)
{
    struct r_value v[FIELDS];
    struct r_json j;
    bool known = false;

    r_json_init(&j, line, len);
    if (r_field_read(&j, fields, FIELDS, v, NULL) && r_json_done(&j)) {
        e->path = v[PATH].text;
        e->source = v[SOURCE].text;
        e->method = v[METHOD].text;
        e->status = (enum r_catalog_status)v[STATUS].number;
        e->size = v[SIZE].number;
        e->real_size = v[REAL_SIZE].present ? v[REAL_SIZE].number : e->size;
        e->extensions = j.extensions;
        if (text_unhex(e->sha256, sizeof e->sha256, v[SHA256].text.at, v[SHA256].text.len))
            r_json_fail(&j, N_("64 lower-case hexadecimal digits were expected"));
        else if (r_stat_together(&j, v + STAT, &known) && check_real(&j, v) &&
                 r_stat_origin_read(&j, v + ORIGIN, v + ORIGIN_B64, true, &e->origin)) {
            r_stat_take(&e->stat, known, v + STAT);
            check_path(&j, e);
        }
    }
    return r_json_result(&j, wrong, at);
}

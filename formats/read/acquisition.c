#include "formats/read/acquisition.h"

#include <string.h>

#include "base/lang.h"
#include "base/text.h"

static bool counts_inside(struct r_json *j, struct r_counts *out)
{
    static const struct r_field fields[] = {
        { "absent", R_FIELD_DECIMAL, true, NULL, NULL },
        { "asked", R_FIELD_DECIMAL, true, NULL, NULL },
        { "collected", R_FIELD_DECIMAL, true, NULL, NULL },
        { "recorded", R_FIELD_DECIMAL, true, NULL, NULL },
    };
    struct r_value v[4];

    if (!r_field_read(j, fields, 4, v, NULL))
        return false;
    *out = (struct r_counts) {
        .asked = v[1].number, .collected = v[2].number, .recorded = v[3].number, .absent = v[0].number
    };
    return true;
}

static bool read_counts(struct r_json *j, void *context)
{
    struct r_acquisition *a = context;

    return counts_inside(j, &a->counts);
}

static bool source_counts(struct r_json *j, void *context)
{
    struct r_acquisition *a = context;

    return counts_inside(j, &a->sources[a->source_count].counts);
}

static bool read_sources(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "counts", R_FIELD_INSIDE, true, NULL, source_counts },
        { "name", R_FIELD_WORD, true, NULL, NULL },
        { "status", R_FIELD_CHOICE, true, "complete partial", NULL },
    };
    struct r_acquisition *a = context;
    struct r_value v[3];

    for (r_json_array(j); r_json_item(j); a->source_count++) {
        struct r_source *s = &a->sources[a->source_count];

        if (a->source_count == R_ACQUISITION_SOURCES)
            return r_json_limit(j, N_("more than 64 sources"));
        if (!r_field_read(j, fields, 3, v, a))
            return false;
        memcpy(s->name, v[1].text.at, v[1].text.len);
        s->name[v[1].text.len] = 0;
        s->complete = v[2].number == 0;
    }
    return !j->wrong;
}

static bool read_keys(struct r_json *j, void *context)
{
    struct r_acquisition *a = context;

    for (r_json_array(j); r_json_item(j); a->key_count++) {
        struct r_value v = { .present = false };
        size_t n = a->key_count;

        if (n == R_ACQUISITION_KEYS)
            return r_json_limit(j, N_("more than 256 expected keys"));
        if (!r_field_string(j, R_FIELD_HEX32, NULL, &v))
            return false;
        if (text_unhex(a->keys_expected[n], R_SHA256_SIZE, v.text.at, v.text.len) ||
            (n && memcmp(a->keys_expected[n - 1], a->keys_expected[n], R_SHA256_SIZE) >= 0))
            return r_json_fail(j, N_("expected keys are repeated or not in order"));
    }
    return !j->wrong;
}

static bool ascending_texts(struct r_json *j, void *context)
{
    HZ_CLEANUP(buf_free) struct buf before = BUF_INIT(R_JSON_STRING_MAX), text = BUF_INIT(R_JSON_STRING_MAX);
    struct r_span span;
    bool first = true;

    (void)context;
    for (r_json_array(j); r_json_item(j); first = false) {
        struct buf swap = before;
        int order;

        buf_reset(&text);
        if (!r_json_string(j, &span) || !r_json_took(j, r_span_decode(&span, &text)))
            return false;
        order = memcmp(before.len ? before.data : (const unsigned char *)"",
                       text.len ? text.data : (const unsigned char *)"", before.len < text.len ? before.len : text.len);
        if (!first && (order > 0 || (order == 0 && before.len >= text.len)))
            return r_json_fail(j, N_("texts are repeated or not in order"));
        before = text;
        text = swap;
    }
    return !j->wrong;
}

static bool read_operator(struct r_json *j, void *context)
{
    static const struct r_field fields[] = { { "name", R_FIELD_TEXT, true, NULL, NULL } };
    struct r_acquisition *a = context;
    struct r_value v[1];

    return r_field_read(j, fields, 1, v, NULL) && r_json_took(j, r_span_decode(&v[0].text, &a->operator_name));
}

static bool read_host(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "architecture", R_FIELD_TEXT, false, NULL, NULL }, { "boot_id", R_FIELD_TEXT, false, NULL, NULL },
        { "hostname", R_FIELD_TEXT, false, NULL, NULL },     { "kernel", R_FIELD_TEXT, false, NULL, NULL },
        { "machine_id", R_FIELD_TEXT, false, NULL, NULL },   { "operating_system", R_FIELD_TEXT, false, NULL, NULL },
    };
    struct r_acquisition *a = context;
    struct r_value v[6];

    return r_field_read(j, fields, 6, v, NULL) && r_json_took(j, r_span_decode(&v[2].text, &a->hostname));
}

static bool read_moment(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "boottime", R_FIELD_BOOTTIME, true, NULL, NULL },
        { "realtime", R_FIELD_STAMP, true, NULL, NULL },
        { "timezone_offset_minutes", R_FIELD_INT, false, NULL, NULL },
    };
    struct r_value v[3];

    (void)context;
    return r_field_read(j, fields, 3, v, NULL);
}

static bool read_reference(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "offset_nanoseconds", R_FIELD_SIGNED, true, NULL, NULL },
        { "source", R_FIELD_TEXT, false, NULL, NULL },
        { "taken_at", R_FIELD_STAMP, true, NULL, NULL },
        { "time", R_FIELD_STAMP, true, NULL, NULL },
    };
    struct r_value v[4];

    (void)context;
    return r_field_read(j, fields, 4, v, NULL);
}

static bool read_clock(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "end", R_FIELD_INSIDE, true, NULL, read_moment },
        { "reference", R_FIELD_INSIDE, false, NULL, read_reference },
        { "start", R_FIELD_INSIDE, true, NULL, read_moment },
    };
    struct r_value v[3];

    (void)context;
    return r_field_read(j, fields, 3, v, NULL);
}

static bool read_tool(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "command_line", R_FIELD_TEXTS, true, NULL, NULL }, { "name", R_FIELD_TEXT, true, NULL, NULL },
        { "sha256", R_FIELD_HEX32, false, NULL, NULL },      { "uid", R_FIELD_COUNT, true, NULL, NULL },
        { "version", R_FIELD_TEXT, true, NULL, NULL },
    };
    struct r_value v[5];

    (void)context;
    return r_field_read(j, fields, 5, v, NULL);
}

static bool read_recent(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "content", R_FIELD_BOOL, true, NULL, NULL },
        { "roots", R_FIELD_TEXTS, true, NULL, NULL },
        { "since", R_FIELD_STAMP, true, NULL, NULL },
    };
    struct r_value v[3];

    (void)context;
    return r_field_read(j, fields, 3, v, NULL);
}

static bool read_limits(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "command_timeout_seconds", R_FIELD_DECIMAL, false, NULL, NULL },
        { "db_hold_milliseconds", R_FIELD_DECIMAL, false, NULL, NULL },
        { "max_file_size", R_FIELD_DECIMAL, false, NULL, NULL },
        { "max_rate", R_FIELD_DECIMAL, false, NULL, NULL },
        { "max_size", R_FIELD_DECIMAL, false, NULL, NULL },
        { "timeout_seconds", R_FIELD_DECIMAL, false, NULL, NULL },
    };
    struct r_value v[6];

    (void)context;
    return r_field_read(j, fields, 6, v, NULL);
}

static bool read_processes(struct r_json *j, void *context)
{
    int64_t pid;

    (void)context;
    for (r_json_array(j); r_json_item(j);)
        if (!r_json_int(j, &pid) || pid < 1 || pid > INT32_MAX)
            return r_json_fail(j, N_("a process id is no integer from 1 to 2,147,483,647"));
    return !j->wrong;
}

/* "timestamp:" or "checkpoint:" and base64; any other text is for people. */
static bool take_bound(struct r_json *j, struct r_acquisition *a, const char *text, size_t len)
{
    static const char *const words[] = { "timestamp:", "checkpoint:" };
    struct r_bound *bound = &a->bounds[a->bound_count];
    size_t i, skip = 0;
    int code;

    for (i = 0; i < 2 && !skip; i++)
        if (len >= strlen(words[i]) && memcmp(text, words[i], strlen(words[i])) == 0)
            skip = strlen(words[i]);
    if (!skip)
        return true;
    bound->checkpoint = i == 2;
    buf_init(&bound->bytes, R_TIMESTAMP_MAX);
    a->bound_count++;
    code = text_unbase64(&bound->bytes, text + skip, len - skip);
    if (code == HZ_E_NOMEM)
        return r_json_took(j, code);
    if (code || !bound->bytes.len)
        return r_json_fail(j, N_("what follows timestamp: or checkpoint: is not base64 of 1 to 65,536 bytes"));
    return true;
}

static bool read_bounds(struct r_json *j, void *context)
{
    struct r_acquisition *a = context;
    size_t count = 0;
    struct r_span text;

    for (r_json_array(j); r_json_item(j); count++) {
        HZ_CLEANUP(buf_free) struct buf decoded = BUF_INIT(R_JSON_STRING_MAX);

        if (!r_json_string(j, &text) || !r_json_took(j, r_span_decode(&text, &decoded)))
            return false;
        if (count == R_ACQUISITION_BOUNDS)
            return r_json_fail(j, N_("more than 16 texts say when it was not made yet"));
        if (!take_bound(j, a, decoded.len ? (const char *)decoded.data : "", decoded.len))
            return false;
    }
    return !j->wrong;
}

static bool read_requested(struct r_json *j, void *context)
{
    static const struct r_field fields[] = {
        { "cross_mounts", R_FIELD_BOOL, true, NULL, NULL },
        { "databases", R_FIELD_TEXTS, false, NULL, NULL },
        { "environ", R_FIELD_BOOL, false, NULL, NULL },
        { "host_tools", R_FIELD_BOOL, false, NULL, NULL },
        { "limits", R_FIELD_INSIDE, false, NULL, read_limits },
        { "paths", R_FIELD_TEXTS, true, NULL, NULL },
        { "process_memory", R_FIELD_INSIDE, false, NULL, read_processes },
        { "profiles", R_FIELD_TEXTS, false, NULL, NULL },
        { "recent", R_FIELD_INSIDE, false, NULL, read_recent },
        { "root", R_FIELD_TEXT, false, NULL, NULL },
        { "since", R_FIELD_STAMP, false, NULL, NULL },
        { "sources", R_FIELD_TEXTS, false, NULL, NULL },
        { "units", R_FIELD_TEXTS, false, NULL, NULL },
    };
    struct r_value v[13];

    (void)context;
    return r_field_read(j, fields, 13, v, NULL);
}

/* clang-format off */
enum { ITEM, CASE, ORGANISATION, STARTED, FINISHED, STATUS, FIELDS = 23 };

static const struct r_field fields[FIELDS] = {
    { "item", R_FIELD_TEXT, true, NULL, NULL },
    { "case", R_FIELD_TEXT, true, NULL, NULL },
    { "organisation", R_FIELD_TEXT, false, NULL, NULL },
    { "started", R_FIELD_STAMP, true, NULL, NULL },
    { "finished", R_FIELD_STAMP, true, NULL, NULL },
    { "status", R_FIELD_CHOICE, true, "complete partial", NULL },
    { "schema", R_FIELD_FIXED, true, "hozen-acquisition/1", NULL },
    { "salt", R_FIELD_HEX16, true, NULL, NULL },
    { "operator", R_FIELD_INSIDE, true, NULL, read_operator },
    { "exhibit", R_FIELD_TEXT, false, NULL, NULL },
    { "authority", R_FIELD_TEXT, false, NULL, NULL },
    { "reason", R_FIELD_TEXT, false, NULL, NULL },
    { "location", R_FIELD_TEXT, false, NULL, NULL },
    { "witnesses", R_FIELD_TEXTS, false, NULL, NULL },
    { "not_before", R_FIELD_INSIDE, false, NULL, read_bounds },
    { "host", R_FIELD_INSIDE, true, NULL, read_host },
    { "clock", R_FIELD_INSIDE, true, NULL, read_clock },
    { "tool", R_FIELD_INSIDE, true, NULL, read_tool },
    { "requested", R_FIELD_INSIDE, true, NULL, read_requested },
    { "sources", R_FIELD_INSIDE, true, NULL, read_sources },
    { "counts", R_FIELD_INSIDE, true, NULL, read_counts },
    { "keys_expected", R_FIELD_INSIDE, true, NULL, read_keys },
    { "mounts_not_crossed", R_FIELD_INSIDE, false, NULL, ascending_texts },
};
/* clang-format on */

void r_acquisition_init(struct r_acquisition *a)
{
    memset(a, 0, sizeof *a);
    buf_init(&a->item, R_JSON_STRING_MAX);
    buf_init(&a->case_id, R_JSON_STRING_MAX);
    buf_init(&a->operator_name, R_JSON_STRING_MAX);
    buf_init(&a->organisation, R_JSON_STRING_MAX);
    buf_init(&a->hostname, R_JSON_STRING_MAX);
}

void r_acquisition_free(struct r_acquisition *a)
{
    buf_free(&a->item);
    buf_free(&a->case_id);
    buf_free(&a->operator_name);
    buf_free(&a->organisation);
    buf_free(&a->hostname);
    for (size_t i = 0; i < a->bound_count; i++)
        buf_free(&a->bounds[i].bytes);
}

static void take(struct r_acquisition *out, struct r_json *j, const struct r_value *v)
{
    r_json_took(j, r_span_decode(&v[ITEM].text, &out->item));
    r_json_took(j, r_span_decode(&v[CASE].text, &out->case_id));
    if (v[ORGANISATION].present)
        r_json_took(j, r_span_decode(&v[ORGANISATION].text, &out->organisation));
    out->has_organisation = v[ORGANISATION].present;
    out->started = v[STARTED].stamp;
    out->finished = v[FINISHED].stamp;
    out->complete = v[STATUS].number == 0;
    out->extensions = j->extensions;
}

int r_acquisition_read(const void *text, size_t len, struct r_acquisition *out, const char **wrong, size_t *at)
{
    struct r_value v[FIELDS];
    struct r_json j;

    if (r_json_file(&j, text, len) && r_field_read(&j, fields, FIELDS, v, out) && r_json_done(&j))
        take(out, &j, v);
    return r_json_result(&j, wrong, at);
}

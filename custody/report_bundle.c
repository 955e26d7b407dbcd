#include "custody/report_bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "formats/read/json.h"
#include "formats/read/records.h"

#define LINE_MAX_BYTES ((size_t)16 << 20)
#define VALUE_MAX ((size_t)1 << 20)

static void exception_free(struct report_exception *e)
{
    buf_free(&e->name);
    buf_free(&e->source);
    buf_free(&e->status);
    buf_free(&e->reason);
    buf_free(&e->size);
    buf_free(&e->real_size);
    buf_free(&e->method);
}

void report_bundle_free(struct report_bundle *b)
{
    for (size_t i = 0; i < b->count; i++)
        exception_free(&b->exceptions[i]);
    free(b->exceptions);
    buf_free(&b->record);
    memset(b, 0, sizeof *b);
}

static void exception_init(struct report_exception *e)
{
    buf_init(&e->name, VALUE_MAX);
    buf_init(&e->source, 256);
    buf_init(&e->status, 256);
    buf_init(&e->reason, VALUE_MAX);
    buf_init(&e->size, 256);
    buf_init(&e->real_size, 256);
    buf_init(&e->method, 256);
}

/* One member of a line into the place for it. */
static bool take_member(struct r_json *j, const struct r_span *key, struct report_exception *e, bool *keep)
{
    struct r_span text;
    struct buf *to = NULL;

    if (r_span_is(key, "origin") || (r_span_is(key, "path") && e->name.len == 0))
        to = &e->name;
    else if (r_span_is(key, "source"))
        to = &e->source;
    else if (r_span_is(key, "status"))
        to = &e->status;
    else if (r_span_is(key, "reason"))
        to = &e->reason;
    else if (r_span_is(key, "size"))
        to = &e->size;
    else if (r_span_is(key, "real_size"))
        to = &e->real_size;
    else if (r_span_is(key, "method"))
        to = &e->method;
    if (to == NULL)
        return r_json_skip(j);
    if (!r_json_string(j, &text) || !r_json_took(j, r_span_decode(&text, to)))
        return false;
    if (to == &e->status)
        *keep = *keep || !r_span_is(&text, "collected");
    if (to == &e->method)
        *keep = *keep || r_span_is(&text, R_RECORDS_UNLOCKED);
    return buf_text(to) != NULL;
}

static bool same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* Why a file is not whole stands behind all files. */
static bool take_reason(struct r_json *j, struct report_bundle *b)
{
    struct report_exception told;
    struct r_span key;
    bool keep = false, ok = r_json_object(j);

    exception_init(&told);
    while (ok && r_json_key(j, &key))
        ok = take_member(j, &key, &told, &keep);
    for (size_t i = 0; ok && i < b->count; i++) {
        struct report_exception *e = &b->exceptions[i];
        if (e->size.len == 0 || e->reason.len > 0 || !same(&e->name, &told.name) || !same(&e->source, &told.source))
            continue;
        ok = r_json_took(j, buf_put(&e->reason, told.reason.data, told.reason.len)) && buf_text(&e->reason) != NULL;
    }
    exception_free(&told);
    return ok && j->wrong == NULL;
}

static bool take_reasons(struct r_json *j, struct report_bundle *b)
{
    bool ok = r_json_array(j);

    while (ok && r_json_item(j))
        ok = take_reason(j, b);
    return ok && j->wrong == NULL;
}

/* The last line holds the record and whether the bundle is intact. */
static bool take_end(struct r_json *j, const struct r_span *key, struct report_bundle *b)
{
    struct r_span text;
    size_t begin = j->at;

    if (r_span_is(key, "acquisition"))
        return r_json_skip(j) && r_json_took(j, buf_put(&b->record, j->text + begin, j->at - begin));
    if (r_span_is(key, "reasons"))
        return take_reasons(j, b);
    if (!r_json_string(j, &text))
        return false;
    b->intact = r_span_is(&text, "intact");
    return true;
}

static bool take_members(struct report_bundle *b, struct r_json *j, struct report_exception *e, bool *keep)
{
    struct r_span key;
    bool ok = r_json_object(j);

    while (ok && r_json_key(j, &key))
        ok = r_span_is(&key, "acquisition") || r_span_is(&key, "integrity") || r_span_is(&key, "reasons")
                 ? take_end(j, &key, b)
                 : take_member(j, &key, e, keep);
    return ok && r_json_done(j);
}

static int put_line(struct report_bundle_reader *r, struct hz_error *err)
{
    struct report_bundle *b = r->out;
    struct report_exception e;
    bool keep = false, ok;
    struct r_json j;

    r_json_init(&j, r->line.data, r->line.len);
    exception_init(&e);
    ok = take_members(b, &j, &e, &keep);
    if (ok && keep && b->count < REPORT_EXCEPTIONS)
        b->exceptions[b->count++] = e;
    else {
        b->more += ok && keep;
        exception_free(&e);
    }
    buf_reset(&r->line);
    return ok ? HZ_OK : hz_error_set(err, HZ_E_FORMAT, _("the answer of hozen-verify cannot be read"));
}

int report_bundle_begin(struct report_bundle_reader *r, struct report_bundle *out, struct hz_error *err)
{
    *r = (struct report_bundle_reader) { .out = out };
    buf_init(&r->line, LINE_MAX_BYTES);
    buf_init(&out->record, VALUE_MAX);
    out->exceptions = calloc(REPORT_EXCEPTIONS, sizeof *out->exceptions);
    return out->exceptions != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

void report_bundle_end(struct report_bundle_reader *r)
{
    buf_free(&r->line);
}

int report_bundle_take(struct report_bundle_reader *r, const void *bytes, size_t len, struct hz_error *err)
{
    const unsigned char *p = bytes, *end = p + len;
    int rc = HZ_OK;

    while (p < end && rc == HZ_OK) {
        const unsigned char *stop = memchr(p, '\n', (size_t)(end - p));
        buf_put(&r->line, p, (size_t)((stop != NULL ? stop : end) - p));
        rc = buf_check(&r->line, err);
        if (rc == HZ_OK && stop != NULL)
            rc = put_line(r, err);
        p = stop != NULL ? stop + 1 : end;
    }
    return rc;
}

/* What it says to people is in its JSON too. */
static int put(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    return error ? HZ_OK : report_bundle_take(context, bytes, len, err);
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static void free_text(char **text)
{
    free(*text);
}

static int run(struct report_bundle_reader *r, int fd, struct hz_error *err)
{
    static const char *const environment[] = { "LC_ALL=C", NULL };
    const struct child_reader reader = { .context = r, .put = put, .stopped = never };
    char file[32];
    const char *const argv[] = { "hozen-verify", "list", "--json", "--", file, NULL };
    HZ_CLEANUP(free_text) char *program = NULL;
    struct child_spec spec = { .argv = argv, .envp = environment, .keep = &fd, .keep_count = 1 };
    int status = 0, rc = child_sibling("hozen-verify", &program, err);

    snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    spec.path = program;
    return rc == HZ_OK ? child_stream(&spec, &reader, &status, err) : rc;
}

int report_bundle_read(struct report_bundle *b, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(report_bundle_end) struct report_bundle_reader r = { 0 };
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = io_open_input(path, &fd, err);

    if (rc == HZ_OK)
        rc = report_bundle_begin(&r, b, err);
    if (rc == HZ_OK)
        rc = run(&r, fd, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

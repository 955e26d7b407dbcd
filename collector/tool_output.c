#include "collector/tool_output.h"

#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/tool.h"
#include "formats/write/name.h"

#define CHUNK ((size_t)64 << 10)

int tool_output_begin(struct tool_output *o, struct run *run, struct hz_error *err)
{
    *o = (struct tool_output) { .run = run, .spool = -1 };
    buf_init(&o->memory, TOOL_MEMORY_MAX);
    buf_init(&o->errors, TOOL_ERRORS_MAX);
    return run->deferred.directory < 0 ? HZ_OK : io_create_spool(run->deferred.directory, &o->spool, err);
}

/* Also measures anew: the spool grows on the same medium. */
static void give_back(struct tool_output *o)
{
    budget_given(&o->run->budget, o->claim, o->run->bundle, &o->run->stop);
    o->claim = (struct budget_claim) { 0, 0 };
}

void tool_output_free(struct tool_output *o)
{
    if (o->run != NULL)
        give_back(o);
    io_close(&o->spool);
    buf_free(&o->memory);
    buf_free(&o->errors);
}

static int too_much(struct tool_output *o, const char *why, struct hz_error *err)
{
    o->full = why;
    return hz_error_set(err, HZ_E_LIMIT, _("a program of this host prints more than can be kept"));
}

static int put_output(struct tool_output *o, const void *bytes, size_t len, struct hz_error *err)
{
    if (o->spool < 0 && len > TOOL_MEMORY_MAX - o->memory.len)
        return too_much(o, N_("larger than what is kept in memory"), err);
    give_back(o);
    budget_make_room(&o->run->budget, o->size + len, W_NAME_PATH_MAX, o->run->bundle);
    const char *refused = budget_admit(&o->run->budget, o->size + len, W_NAME_PATH_MAX, &o->claim);
    if (refused != NULL)
        return too_much(o, refused, err);
    struct hz_error why = { .code = HZ_OK };
    int rc = o->spool < 0 ? buf_put(&o->memory, bytes, len) : io_write(o->spool, bytes, len, &why);
    if (rc == HZ_OK)
        o->size += len;
    else if (o->spool < 0)
        return buf_check(&o->memory, err);
    else if (hz_errno_is_full(why.sys_errno))
        return too_much(o, N_("larger than what is free where the bundle is written"), err);
    else
        *err = why;
    return rc;
}

int tool_output_put(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    struct tool_output *o = context;
    if (!error)
        return put_output(o, bytes, len, err);
    size_t room = TOOL_ERRORS_MAX - o->errors.len;
    o->errors_cut |= len > room;
    buf_put(&o->errors, bytes, len < room ? len : room);
    return buf_check(&o->errors, err);
}

static int copy_spool(struct tool_output *o, struct hz_error *err)
{
    unsigned char chunk[CHUNK];
    int rc = HZ_OK;
    for (uint64_t at = 0; rc == HZ_OK && at < o->size;) {
        size_t want = o->size - at < CHUNK ? (size_t)(o->size - at) : CHUNK, got;
        rc = io_read_at(o->spool, at, chunk, want, &got, err);
        if (rc == HZ_OK && got != want)
            rc = hz_error_set(err, HZ_E_IO, _("a spool file is shorter than what was written to it"));
        if (rc == HZ_OK)
            rc = w_bundle_file_data(o->run->bundle, chunk, want, err);
        at += want;
    }
    return rc;
}

static struct w_file member(const struct tool_output *o, const char *path, struct stamp since)
{
    return (struct w_file) { .path = path, .source = o->run->source, .method = "exec", .acquired_at = since };
}

int tool_output_store(struct tool_output *o, const char *path, struct stamp since, enum w_file_status status,
                      struct hz_error *err)
{
    struct w_file file = member(o, path, since);
    struct w_bundle *bundle = o->run->bundle;
    int rc = w_bundle_file_begin(bundle, &file, o->size, err);
    if (rc == HZ_OK)
        rc = o->spool < 0 ? w_bundle_file_data(bundle, o->memory.data, o->memory.len, err) : copy_spool(o, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_end(bundle, status, err);
    return rc == HZ_OK ? tally_file(&o->run->tally, status, (struct w_bytes) { path, strlen(path) }, NULL, err) : rc;
}

int tool_output_store_errors(struct tool_output *o, const char *path, struct stamp since, struct hz_error *err)
{
    struct w_file file = member(o, path, since);
    struct w_bundle *bundle = o->run->bundle;
    enum w_file_status status = o->errors_cut ? W_LIMITED : W_COLLECTED;
    int rc = w_bundle_file_begin(bundle, &file, o->errors.len, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_data(bundle, o->errors.data, o->errors.len, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_end(bundle, status, err);
    return rc == HZ_OK ? tally_file(&o->run->tally, status, (struct w_bytes) { path, strlen(path) }, NULL, err) : rc;
}

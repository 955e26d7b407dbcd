#include "collector/take.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/absence.h"
#include "collector/action.h"
#include "formats/write/name.h"

int take_absence(struct run *run, const struct walk_absence *absence, struct hz_error *err)
{
    const struct w_absent row = {
        .source = run->source,
        .origin = absence->origin,
        .status = absence->status,
        .reason = absence->reason,
        .sys_errno = absence->sys_errno,
    };
    int rc = tally_absence(&run->tally, absence, err);
    run->source_partial |= absence->failure;
    return rc == HZ_OK ? w_bundle_absent(run->bundle, &row, err) : rc;
}

static int absent_file(struct run *run, const struct walk_item *item, bool named, const struct hz_error *why,
                       struct hz_error *err)
{
    struct walk_absence a = { .origin = item->origin,
                              .status = absence_status(why->sys_errno),
                              .reason = absence_reason(why->sys_errno),
                              .sys_errno = why->sys_errno,
                              .failure = true };
    if (why->code == HZ_E_NOMEM || absence_is_ours(why->sys_errno)) {
        if (err != NULL)
            *err = *why;
        return why->code;
    }
    if (why->code == HZ_E_DENIED && why->sys_errno == 0) {
        a.status = W_EXCLUDED;
        a.reason = run->reader.refused;
        a.failure = false;
    }
    if (a.status == W_VANISHED)
        a.failure = named;
    return take_absence(run, &a, err);
}

static int no_room(struct run *run, const struct walk_item *item, struct hz_error *err)
{
    struct walk_absence a = { .origin = item->origin,
                              .status = W_OVER_BUDGET,
                              .reason = "larger than what is free where the bundle is written",
                              .failure = true };
    return take_absence(run, &a, err);
}

/* The text of a path for the action log. */
static int path_text(struct buf *out, struct w_bytes path, struct hz_error *err)
{
    text_to_utf8(out, path.data, path.len);
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

static int note_read_error(struct run *run, const struct walk_item *item, int sys_errno, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT((size_t)512 << 10);
    struct w_action action;
    run->source_partial = run->tally.partial = true;
    int rc = path_text(&target, item->origin, err);
    if (rc != HZ_OK)
        return rc;
    action_begin(&action, "read-error", run->source, (const char *)target.data);
    action.failures = 1;
    action.detail = absence_reason(sys_errno);
    return action_end(&action, run->bundle, err);
}

static struct w_bytes last_name(struct w_bytes path)
{
    const char *start = path.data, *slash = memrchr(path.data, '/', path.len);
    const char *name = slash == NULL ? start : slash + 1;
    return (struct w_bytes) { name, path.len - (size_t)(name - start) };
}

int take_file(struct run *run, const struct walk_item *item, const char *path, bool named, struct hz_error *err)
{
    struct hz_error why = { .code = HZ_OK };
    struct read_outcome outcome;
    struct w_bytes name = last_name(item->origin);
    struct w_file file = { .path = path, .source = run->source, .origin = item->origin, .acquired_at = stamp_now() };
    if (reader_open(&run->reader, item->fd, name.data, name.len, &why) != HZ_OK)
        return absent_file(run, item, named, &why, err);
    if (!run->reader.whole && !room_has(&run->room, run->reader.before.stx_size))
        return no_room(run, item, err);
    int rc = meta_read(&run->meta, item->fd, &run->reader.before, err);
    file.method = run->reader.method;
    file.stat = run->meta.stat;
    if (rc == HZ_OK)
        rc = reader_copy(&run->reader, run->bundle, &file, &outcome, err);
    if (rc != HZ_OK)
        return rc;
    run->tally.exposed += run->reader.exposed;
    run->tally.file_status[outcome.status]++;
    return outcome.sys_errno == 0 ? HZ_OK : note_read_error(run, item, outcome.sys_errno, err);
}

static int visit_file(void *context, const struct walk_item *item, bool named, struct hz_error *err)
{
    struct run *run = context;
    if (own_has(&run->own, &item->stat)) {
        struct walk_absence a = { .origin = item->origin, .status = W_EXCLUDED, .reason = "own output" };
        return take_absence(run, &a, err);
    }
    if (item->path_len > W_NAME_PATH_MAX)
        return deferred_add(&run->deferred, run->source, item->origin.data, item->origin.len, named, err);
    return take_file(run, item, item->path, named, err);
}

static void free_text(char **text)
{
    free(*text);
}

static int visit_object(void *context, const struct walk_item *item, struct hz_error *err)
{
    struct run *run = context;
    HZ_CLEANUP(free_text) char *target = NULL;
    struct hz_error why = { .code = HZ_OK };
    struct w_object object = { .source = run->source, .origin = item->origin, .acquired_at = stamp_now() };
    if (S_ISLNK(item->stat.stx_mode)) {
        if (io_evidence_readlink(item->fd, &target, &object.target.len, &why) != HZ_OK)
            return absent_file(run, item, false, &why, err);
        object.target.data = target;
        run->tally.exposed++; /* nothing but the mount keeps a link's access time */
    }
    int rc = meta_read(&run->meta, item->fd, &item->stat, err);
    object.stat = run->meta.stat;
    return rc == HZ_OK ? w_bundle_object(run->bundle, &object, err) : rc;
}

static int visit_made(void *context, const struct tree_made *made, struct hz_error *err)
{
    struct run *run = context;
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT((size_t)16 << 20);
    int rc = made->make(&run->facts, &bytes, err);
    if (rc == HZ_OK)
        rc = w_bundle_produced(run->bundle, run->source, made->name, made->method, bytes.data, bytes.len, err);
    run->tally.file_status[W_COLLECTED] += rc == HZ_OK;
    return rc;
}

static int visit_absent(void *context, const struct walk_absence *absence, struct hz_error *err)
{
    return take_absence(context, absence, err);
}

static enum stop_reason visit_stopped(void *context)
{
    return stop_now(context);
}

struct walk_visitor take_visitor(struct run *run)
{
    return (struct walk_visitor) { .context = run,
                                   .file = visit_file,
                                   .object = visit_object,
                                   .made = visit_made,
                                   .absent = visit_absent,
                                   .stopped = visit_stopped };
}

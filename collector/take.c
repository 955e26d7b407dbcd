#include "collector/take.h"

#include "base/lang.h"
#include "base/text.h"
#include "collector/absence.h"
#include "collector/action.h"
#include "collector/ring.h"

int take_absence(struct run *run, const struct walk_absence *absence, struct hz_error *err)
{
    const struct w_absent row = {
        .source = run->source,
        .origin = absence->origin,
        .status = absence->status,
        .reason = absence->reason,
        .sys_errno = absence->sys_errno,
    };
    int rc = tally_absence(&run->tally, run->source, absence, err);
    run->source_partial |= absence->failure;
    return rc == HZ_OK ? w_bundle_absent(run->bundle, &row, err) : rc;
}

/* false: the walk says of the node what there is to say. */
static bool is_unplanned(const struct tree_node *node, struct walk_absence *row)
{
    *row = (struct walk_absence) {
        .status = W_UNAVAILABLE, .reason = absence_reason(node->astray), .sys_errno = node->astray, .failure = true
    };
    if (node->astray != 0)
        return true;
    row->sys_errno = node->unresolved != 0 ? node->unresolved : node->refused;
    row->status = absence_status(row->sys_errno);
    row->reason = node->unresolved != 0 ? absence_reason(row->sys_errno)
                                        : N_("what a pattern asks for here could not be looked for");
    return !node->asked && row->sys_errno != 0;
}

int take_unplanned(struct run *run, const struct tree_node *top, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT((size_t)1 << 20);
    int rc = HZ_OK;
    for (const struct tree_node *node = top; rc == HZ_OK && node != NULL; node = tree_next(node, top)) {
        struct walk_absence row;
        if (!is_unplanned(node, &row))
            continue;
        buf_reset(&path);
        rc = tree_path(node, &path, err);
        row.origin = path.len == 0 ? (struct w_bytes) { "/", 1 } : (struct w_bytes) { path.data, path.len };
        if (rc == HZ_OK)
            rc = take_absence(run, &row, err);
    }
    return rc;
}

/* The text of a path for the action log. */
static int path_text(struct buf *out, struct w_bytes path, struct hz_error *err)
{
    text_to_utf8(out, path.data, path.len);
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

static int note_cut(struct run *run, const struct slot_item *item, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf target = BUF_INIT((size_t)512 << 10);
    struct w_action action;
    run->source_partial = run->tally.partial = true;
    int rc = path_text(&target, item->origin, err);
    if (rc != HZ_OK)
        return rc;
    action_begin(&action, "read-error", run->source, (const char *)target.data);
    action.failures = 1;
    action.detail = item->cut;
    return action_end(&action, run->bundle, err);
}

static int take_ready(struct run *run, struct slot *s, const struct slot_item *item, struct hz_error *err)
{
    const struct w_ready ready = { .path = item->path,
                                   .source = s->source,
                                   .size = item->size,
                                   .sha256 = item->sha256,
                                   .sha512 = item->sha512[0] == '\0' ? NULL : item->sha512,
                                   .line = s->lines.data + item->line_at,
                                   .line_len = item->line_len,
                                   .leaf = item->leaf };
    int rc = w_bundle_lend(run->bundle, s->bytes + item->at, item->len, &s->loan, err);
    if (rc == HZ_OK)
        rc = w_bundle_ready(run->bundle, &ready, err);
    if (rc == HZ_OK)
        rc = tally_file(&run->tally, item->status, item->origin, item->cut, err);
    return rc == HZ_OK && item->cut != NULL ? note_cut(run, item, err) : rc;
}

/* A file that did not know its size, from memory. */
static int take_alone(struct run *run, struct slot *s, const struct slot_item *item, struct hz_error *err)
{
    const struct w_file file = { .path = item->path,
                                 .source = s->source,
                                 .origin = item->origin,
                                 .method = item->method,
                                 .stat = item->row,
                                 .acquired_at = item->acquired_at };
    int rc = w_bundle_file_begin(run->bundle, &file, s->whole.len, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_data(run->bundle, s->whole.data, s->whole.len, err);
    if (rc == HZ_OK)
        rc = w_bundle_file_end(run->bundle, item->status, err);
    if (rc == HZ_OK)
        rc = tally_file(&run->tally, item->status, item->origin, item->cut, err);
    return rc == HZ_OK && item->cut != NULL ? note_cut(run, item, err) : rc;
}

static int take_object(struct run *run, struct slot *s, const struct slot_item *item, struct hz_error *err)
{
    const struct w_object object = { .source = s->source,
                                     .origin = item->origin,
                                     .target = item->target,
                                     .stat = item->row,
                                     .acquired_at = item->acquired_at };
    return w_bundle_object(run->bundle, &object, err);
}

static int take_made(struct run *run, const struct tree_made *made, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT((size_t)16 << 20);
    int rc = made->make(made->context != NULL ? made->context : &run->facts, &bytes, err);
    if (rc == HZ_OK)
        rc = w_bundle_produced(run->bundle, run->source, made->name, made->method, bytes.data, bytes.len, err);
    run->tally.file_status[W_COLLECTED] += rc == HZ_OK;
    return rc;
}

static int take_missing(struct run *run, const struct slot_item *item, struct hz_error *err)
{
    struct walk_absence absence = item->absence;
    absence.origin = item->origin;
    return take_absence(run, &absence, err);
}

static int take_deferred(struct run *run, const struct slot *s, const struct slot_item *item, struct hz_error *err)
{
    const struct walk_absence full = { .origin = item->origin,
                                       .status = W_OVER_BUDGET,
                                       .reason = N_("more long names than there is room for"),
                                       .failure = true };
    int rc = deferred_add(&run->deferred, s->source, item->origin.data, item->origin.len, item->named, err);
    return rc == HZ_E_LIMIT ? take_absence(run, &full, err) : rc;
}

static int take_item(struct run *run, struct slot *s, const struct slot_item *item, struct hz_error *err)
{
    if (item->kind == SLOT_SETTLE)
        return HZ_OK;
    run->tally.exposed += item->exposed;
    if (item->kind == SLOT_ABSENT || item->outcome == SLOT_MISSING)
        return take_missing(run, item, err);
    if (item->kind == SLOT_MADE)
        return take_made(run, item->made, err);
    if (item->kind == SLOT_DEFERRED)
        return take_deferred(run, s, item, err);
    if (item->kind == SLOT_OBJECT)
        return take_object(run, s, item, err);
    if (item->outcome == SLOT_NOTHING)
        return item->len == 0 ? HZ_OK : w_bundle_lend(run->bundle, s->bytes + item->at, item->len, &s->loan, err);
    return item->outcome == SLOT_ALONE ? take_alone(run, s, item, err) : take_ready(run, s, item, err);
}

int take_slot(struct run *run, struct slot *s, struct hz_error *err)
{
    struct budget_claim given = { 0, 0 };
    int rc = HZ_OK;
    while (rc == HZ_OK && s->stitched < s->read) {
        const struct slot_item *item = &s->items[s->stitched++];
        given.bytes += item->claim.bytes;
        given.rows += item->claim.rows;
        rc = take_item(run, s, item, err);
    }
    if (rc == HZ_OK) /* also where nothing was claimed: rows of directories take room, too */
        budget_given(&run->budget, given, run->bundle, &run->stop);
    if (rc == HZ_OK && s->stitched == s->count && s->count > 0 && s->items[s->count - 1].kind == SLOT_SETTLE) {
        budget_settle(&run->budget, run->bundle);
        ring_next_turn(s->ring, &s->ring->settled);
    }
    return rc;
}

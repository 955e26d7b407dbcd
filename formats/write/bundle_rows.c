#include "base/lang.h"
#include "formats/write/bundle_state.h"
#include "formats/write/records.h"

#define RESERVE ((size_t)512 << 10) /* for what the end needs: rows of what was not taken, of what was done */
#define ORDINARY ((size_t)4 << 10)  /* rows of a file or object that has nothing special */

bool w_bundle_room(const struct w_bundle *b, size_t extra)
{
    return extra <= SIZE_MAX / 2 && w_store_fits(b->in_memory, extra + ORDINARY + RESERVE);
}

static int say_full(const struct w_bundle *b, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_LIMIT, _("no room for more rows in the %zu bytes of memory they may take"),
                        b->store.limit);
}

int w_bundle_check_room(const struct w_bundle *b, size_t extra, struct hz_error *err)
{
    return w_bundle_room(b, extra) ? HZ_OK : say_full(b, err);
}

/* Puts the record that stands in b->line, where that leaves `spare` bytes, and opens the bundle again. */
static int put_record(struct w_bundle *b, struct w_spool *spool, size_t spare, struct hz_error *err)
{
    if (!w_store_fits(b->in_memory, b->line.len + spare)) {
        b->state = W_BUNDLE_BETWEEN;
        return say_full(b, err);
    }
    return w_bundle_leave(b, W_BUNDLE_BETWEEN, w_spool_put(spool, b->line.data, b->line.len, err), err);
}

/* The same, counted. */
static int put_counted(struct w_bundle *b, struct w_spool *spool, const char *source, struct w_counts add, size_t spare,
                       struct hz_error *err)
{
    struct w_sources_row *row = NULL;
    int rc = w_sources_row(&b->sources, source, &row, err);
    if (rc != HZ_OK)
        return w_bundle_leave(b, W_BUNDLE_BETWEEN, rc, err);
    rc = put_record(b, spool, spare, err);
    if (rc == HZ_OK)
        w_sources_count(&b->sources, row, add);
    return rc;
}

int w_bundle_object(struct w_bundle *b, const struct w_object *object, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
    if (rc != HZ_OK)
        return rc;
    buf_reset(&b->line);
    rc = w_records_object(&b->line, object, err);
    if (rc != HZ_OK)
        return w_bundle_leave(b, W_BUNDLE_BETWEEN, rc, err);
    return put_counted(b, &b->objects, object->source, (struct w_counts) { .recorded = 1 }, ORDINARY + RESERVE, err);
}

int w_bundle_absent(struct w_bundle *b, const struct w_absent *absent, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
    if (rc != HZ_OK)
        return rc;
    buf_reset(&b->line);
    rc = w_records_absent(&b->line, absent, err);
    if (rc != HZ_OK)
        return w_bundle_leave(b, W_BUNDLE_BETWEEN, rc, err);
    return put_counted(b, &b->absent, absent->source, (struct w_counts) { .absent = 1 }, 0, err);
}

int w_bundle_action(struct w_bundle *b, const struct w_action *action, struct hz_error *err)
{
    int rc = w_bundle_enter(b, W_BUNDLE_BETWEEN, err);
    if (rc != HZ_OK)
        return rc;
    buf_reset(&b->line);
    rc = w_records_action(&b->line, action, err);
    return rc == HZ_OK ? put_record(b, &b->actions, 0, err) : w_bundle_leave(b, W_BUNDLE_BETWEEN, rc, err);
}

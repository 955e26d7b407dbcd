/* What archive check records: one signature over many copies, and nothing is told before it is recorded. */
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "custody/cmd_archive_check.h"

#define BATCH_SECONDS 600                /* so much work an end without a signal may lose, and the copy at hand */
#define USUAL_RATE ((uint64_t)100 << 20) /* bytes a second that a medium gives, about */

int check_record(struct check *c, const struct w_statement *s, struct hz_error *err)
{
    const uint64_t before = c->w.head.size;
    uint64_t *entries = realloc(c->entries, (c->entry_count + 1) * sizeof *entries);
    int rc;

    if (entries == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    c->entries = entries;
    rc = cmd_archive_record(&c->w, s, &entries[c->entry_count], err);
    if (rc == HZ_OK)
        c->entry_count++;
    c->recorded = rc == HZ_OK || c->w.head.size > before; /* else only the head is not signed, which is said */
    return rc;
}

static int by_copy(const void *a, const void *b)
{
    const struct w_checked *one = a, *other = b;
    int order = strcmp(one->item, other->item);

    return order != 0 ? order : strcmp(one->copy, other->copy);
}

static int record_batch(struct check *c, struct hz_error *err)
{
    struct w_statement s = cmd_archive_statement(&c->w, "fixity", NULL);
    int rc;

    qsort(c->batch, c->batched, sizeof c->batch[0], by_copy);
    s.body.checks = c->batch;
    s.body.check_count = c->batched;
    s.body.tool = CMD_TOOL;
    rc = check_record(c, &s, err);
    return c->recorded
               ? rc
               : hz_error_context(err, _("%zu copies were read again, and nothing of that is recorded"), c->batched);
}

int check_flush(struct check *c, struct hz_error *err)
{
    int rc = HZ_OK;

    c->recorded = true;
    if (c->batched > 0)
        rc = record_batch(c, err);
    for (size_t i = 0; c->recorded && i < c->told_count; i++)
        check_tell(c, &c->told[i]);
    c->batched = c->beside_used = c->told_count = 0;
    return rc;
}

int check_later(struct check *c, const struct check_told *told, struct hz_error *err)
{
    size_t room = c->told_room > 0 ? 2 * c->told_room : 64;
    struct check_told *list;

    if (c->told_count == c->told_room) {
        list = realloc(c->told, room * sizeof *list);
        if (list == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        c->told = list;
        c->told_room = room;
    }
    c->told[c->told_count++] = *told;
    return HZ_OK;
}

int check_add(struct check *c, const struct check_told *told, struct hz_error *err)
{
    const struct archive_copy *copy = told->copy;
    int rc = check_later(c, told, err);

    if (rc != HZ_OK)
        return rc;
    if (c->batched == 0)
        c->batch_began = stamp_boottime();
    c->batch[c->batched++] =
        (struct w_checked) { copy->item, copy->copy, copy->sha256, c->beside + c->beside_used, told->count };
    c->beside_used += told->count;
    return c->batched == R_STATEMENT_CHECKS ? check_flush(c, err) : HZ_OK;
}

int check_make_room(struct check *c, const struct archive_copy *next, struct hz_error *err)
{
    const uint64_t rate = c->pace.rate > 0 ? c->pace.rate : USUAL_RATE;
    const int64_t spent = stamp_boottime().seconds - c->batch_began.seconds;

    return c->batched > 0 && (spent >= BATCH_SECONDS || spent + (int64_t)(next->size / rate) > BATCH_SECONDS)
               ? check_flush(c, err)
               : HZ_OK;
}

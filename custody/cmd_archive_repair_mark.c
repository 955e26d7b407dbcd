/* The mark of a medium, lost or altered, written anew: the copies there can be reached again. */
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/archive_place.h"
#include "custody/cmd_archive_repair.h"

static int restore_at(struct repair *r, const struct archive_copy *c, const struct archive_held *all, const char *where,
                      struct hz_error *err)
{
    bool done = false;
    int rc = archive_place_mark(where, c->volume, all, &done, err);

    if (rc != HZ_OK || !done)
        return rc;
    r->marked = r->marked == NULL ? c : r->marked;
    cli_note(r->w.args, _("%s: its mark was written anew: volume %s"), where, c->volume);
    return HZ_OK;
}

static int restore(struct repair *r, const struct archive_copy *c, const struct archive_held *all, struct hz_error *err)
{
    HZ_CLEANUP(archive_close) struct archive_target t = ARCHIVE_TARGET_INIT;
    struct hz_error ignored = { 0 };
    size_t count;
    const char *const *places = cli_values(r->w.args, "at", &count);
    int rc;

    if (cmd_archive_reach(r->w.args, c, &t, &ignored) == HZ_OK)
        return HZ_OK;
    rc = restore_at(r, c, all, c->target, err);
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = restore_at(r, c, all, places[i], err);
    return rc;
}

int repair_marks(struct repair *r, struct hz_error *err)
{
    HZ_CLEANUP(archive_held_free) struct archive_held all = { 0 };
    const char *named = cli_value(r->w.args, "copy");
    int rc = archive_held_load(&all, r->w.store, NULL, err);

    for (size_t i = 0; rc == HZ_OK && i < r->held.count; i++) {
        const struct archive_copy *c = &r->held.list[i];
        if (c->target != NULL && c->volume != NULL && (named == NULL || strcmp(c->copy, named) == 0))
            rc = restore(r, c, &all, err);
    }
    return rc;
}

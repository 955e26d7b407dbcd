/* What lies beside a copy, taken out of the archive: from that copy, or from another one that holds the same file. */
#include <stdint.h>
#include <string.h>

#include "base/lang.h"
#include "cli/out.h"
#include "custody/archive_beside.h"
#include "custody/cmd_archive.h"

/* *done: it is in the folder. What keeps it from being is said. */
static int take(const struct cmd_archive_beside *b, const struct archive_copy *c, size_t i, bool *done,
                struct hz_error *err)
{
    struct cmd_archive_reached *reached = NULL;
    enum archive_beside_found found = ARCHIVE_BESIDE_MISSING;
    struct hz_error why = { 0 };
    int rc = cmd_archive_target(b->targets, b->args, c, &reached, err);

    if (rc != HZ_OK || !reached->there)
        return rc;
    rc = archive_beside_take(&reached->target, c, i, b->folder, &found, &why);
    if (rc == HZ_E_NOMEM || rc == HZ_E_EXISTS) {
        *err = why;
        return rc;
    }
    *done = rc == HZ_OK && found == ARCHIVE_BESIDE_SAME;
    if (rc != HZ_OK)
        cli_message(b->args->command->program, "%s", why.text);
    else if (!*done)
        cli_message(b->args->command->program,
                    found == ARCHIVE_BESIDE_ALTERED   ? _("%s: what lies beside the copy %s is altered")
                    : found == ARCHIVE_BESIDE_MISSING ? _("%s: what lies beside the copy %s is missing")
                                                      : _("%s: what lies beside the copy %s cannot be read"),
                    c->beside[i].file, c->copy);
    return HZ_OK;
}

int cmd_archive_beside(const struct cmd_archive_beside *b, const struct archive_copy *c, size_t i, const char **from,
                       struct hz_error *err)
{
    bool done = false;
    int rc = take(b, c, i, &done, err);

    *from = rc == HZ_OK && done ? c->copy : NULL;
    for (size_t k = 0; rc == HZ_OK && *from == NULL && k < b->held->count; k++) {
        const struct archive_copy *other = &b->held->list[k];
        size_t at = archive_beside_in(other, &c->beside[i]);
        if (other == c || other->file == NULL || at == SIZE_MAX)
            continue;
        rc = take(b, other, at, &done, err);
        if (rc == HZ_OK && done)
            *from = other->copy;
    }
    return rc == HZ_OK && *from == NULL && c->beside[i].record ? cmd_archive_record_before(b, c, i, from, err) : rc;
}

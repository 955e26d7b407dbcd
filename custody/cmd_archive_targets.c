#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_archive.h"

void cmd_archive_targets_free(struct cmd_archive_targets *all)
{
    for (size_t i = 0; i < all->count; i++) {
        archive_close(&all->list[i].target);
        free(all->list[i].url);
        free(all->list[i].volume);
    }
    free(all->list);
    memset(all, 0, sizeof *all);
}

static int add(struct cmd_archive_targets *all, struct hz_error *err)
{
    size_t room = all->room > 0 ? 2 * all->room : 8;
    struct cmd_archive_reached *list;

    if (all->count < all->room)
        return HZ_OK;
    list = realloc(all->list, room * sizeof *list);
    if (list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    all->list = list;
    all->room = room;
    return HZ_OK;
}

int cmd_archive_target(struct cmd_archive_targets *all, const struct cli_args *args, const struct archive_copy *c,
                       struct cmd_archive_reached **out, struct hz_error *err)
{
    struct cmd_archive_reached r = { .target = ARCHIVE_TARGET_INIT };
    struct hz_error why = { 0 };
    int rc;

    for (size_t i = 0; i < all->count; i++)
        if (text_equal(all->list[i].url, c->target) && text_equal(all->list[i].volume, c->volume)) {
            *out = &all->list[i];
            return HZ_OK;
        }
    rc = add(all, err);
    if (rc != HZ_OK)
        return rc;
    r.url = text_copy(c->target);
    r.volume = text_copy(c->volume);
    r.there = cmd_archive_reach(args, c, &r.target, &why) == HZ_OK;
    if (!r.there)
        cli_message(args->command->program, "%s", why.text);
    all->list[all->count] = r;
    *out = &all->list[all->count++];
    return HZ_OK;
}

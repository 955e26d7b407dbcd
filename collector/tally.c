#include "collector/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

static void free_things(struct tally_thing *things)
{
    for (size_t i = 0; i < TALLY_FIRST; i++) {
        free(things[i].what);
        free(things[i].reason);
    }
}

void tally_free(struct tally *t)
{
    for (size_t i = 0; i < t->mount_count; i++)
        free(t->mounts[i]);
    free(t->mounts);
    free_things(t->first);
    free_things(t->limited);
    *t = (struct tally) { 0 };
}

static int add_mount(struct tally *t, struct w_bytes origin, struct hz_error *err)
{
    if (t->mount_count == t->mount_room) {
        size_t room = t->mount_room == 0 ? 16 : t->mount_room * 2;
        char **grown = realloc(t->mounts, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        t->mounts = grown;
        t->mount_room = room;
    }
    char *copy = strndup(origin.data, origin.len);
    if (copy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    t->mounts[t->mount_count++] = copy;
    t->mount_bytes += origin.len;
    return HZ_OK;
}

/* Where it is one of the first. */
static int keep(struct tally_thing *things, uint64_t count, struct w_bytes what, const char *reason,
                struct hz_error *err)
{
    if (count >= TALLY_FIRST)
        return HZ_OK;
    struct tally_thing *thing = &things[count];
    *thing = (struct tally_thing) { strndup(what.data, what.len), text_copy(reason) };
    return thing->what != NULL && (thing->reason != NULL || reason == NULL)
               ? HZ_OK
               : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static int note_failure(struct tally *t, const char *source, const struct walk_absence *absence, struct hz_error *err)
{
    const struct w_bytes whole = { source, strlen(source) };
    return keep(t->first, t->failures++, absence->origin.data == NULL ? whole : absence->origin, absence->reason, err);
}

int tally_file(struct tally *t, enum w_file_status status, struct w_bytes what, const char *reason,
               struct hz_error *err)
{
    uint64_t before = t->file_status[status]++;
    return status == W_LIMITED ? keep(t->limited, before, what, reason, err) : HZ_OK;
}

int tally_absence(struct tally *t, const char *source, const struct walk_absence *absence, struct hz_error *err)
{
    t->absent[absence->status]++;
    t->partial |= absence->failure;
    if (absence->failure && note_failure(t, source, absence, err) != HZ_OK)
        return err->code;
    return absence->mount_point ? add_mount(t, absence->origin, err) : HZ_OK;
}

uint64_t tally_absences(const struct tally *t)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < ABSENCE_STATUSES; i++)
        sum += t->absent[i];
    return sum;
}

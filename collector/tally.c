#include "collector/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"

void tally_free(struct tally *t)
{
    for (size_t i = 0; i < t->mount_count; i++)
        free(t->mounts[i]);
    free(t->mounts);
    for (size_t i = 0; i < t->failures && i < TALLY_FIRST; i++) {
        free(t->first[i].what);
        free(t->first[i].reason);
    }
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

static int note_failure(struct tally *t, const char *source, const struct walk_absence *absence, struct hz_error *err)
{
    if (t->failures >= TALLY_FIRST) {
        t->failures++;
        return HZ_OK;
    }
    struct tally_failure f = { .what = absence->origin.data == NULL
                                           ? text_copy(source)
                                           : strndup(absence->origin.data, absence->origin.len),
                               .reason = text_copy(absence->reason) };
    if (f.what == NULL || f.reason == NULL) {
        free(f.what);
        free(f.reason);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    t->first[t->failures++] = f;
    return HZ_OK;
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

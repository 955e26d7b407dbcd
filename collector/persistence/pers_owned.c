#include "collector/persistence/pers_owned.h"

#include <string.h>

/* A link is of whoever has what it leads to. */
static struct span file_of(const struct pers_row *row)
{
    return row->value[PERS_TARGET].len > 0 ? row->value[PERS_TARGET] : row->origin;
}

/* Made by the running system: never of a package. */
static bool is_made(struct span path)
{
    return span_begins(path, "/proc/") || span_begins(path, "/sys/") || span_begins(path, "/run/") ||
           span_begins(path, "/dev/");
}

int pers_owned_ask(const struct pers_rows *rows, struct pkg_owners *owners, struct hz_error *err)
{
    struct span last = SPAN_NONE;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < rows->count; i++) {
        const struct pers_row *row = &rows->list[i];
        struct span file = file_of(row);
        if (row->is_link)
            continue;
        if (file.len != last.len || memcmp(file.at, last.at, last.len) != 0)
            rc = pers_paths_add(&owners->paths, file, err);
        last = file;
        if (rc == HZ_OK && row->value[PERS_PROGRAM].at != NULL && !row->program_missing)
            rc = pers_paths_add(&owners->paths, row->value[PERS_PROGRAM], err);
    }
    return rc;
}

static int tell(struct pers_row *row, const struct pkg_owners *owners, struct hz_error *err)
{
    const struct pkg_claim *file = pkg_owner_of(owners, file_of(row));
    const struct pkg_claim *program = row->program_missing ? NULL : pkg_owner_of(owners, row->value[PERS_PROGRAM]);
    if (program != NULL && program->package == NULL)
        row->program_unowned = !is_made(row->value[PERS_PROGRAM]);
    row->program_altered = program != NULL && program->altered;
    if (file == NULL)
        return HZ_OK;
    row->altered = file->altered;
    row->unowned = file->package == NULL && !is_made(file_of(row));
    return file->package == NULL ? HZ_OK : pers_rows_set(row, PERS_PACKAGE, span_of(file->package), err);
}

int pers_owned_tell(struct pers_rows *rows, const struct pkg_owners *owners, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && owners->known && i < rows->count; i++)
        if (!rows->list[i].is_link)
            rc = tell(&rows->list[i], owners, err);
    return rc;
}

int pers_owned_take(const struct pers_rows *rows, struct pers_paths *found, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < rows->count; i++) {
        const struct pers_row *row = &rows->list[i];
        if (row->program_takeable && (row->program_unowned || row->program_altered))
            rc = pers_paths_add(found, row->value[PERS_PROGRAM], err);
    }
    return rc;
}

/* Places where a file is enough: programs that are run by their place, files that are read and carried out. */
#include <string.h>

#include "base/buf.h"
#include "collector/persistence/pers_parse.h"

int pers_program_run(struct pers_file *file, struct hz_error *err)
{
    if (!file->executable)
        return HZ_OK;
    pers_value(file, PERS_COMMAND, file->row.origin);
    pers_value(file, PERS_PROGRAM, file->row.origin);
    return pers_put(file, err);
}

/* One with nothing but comments starts nothing. */
int pers_program_sourced(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line;
    unsigned number = 0;
    if (!file->regular || !span_entry(&rest, &line, &number))
        return HZ_OK;
    pers_value(file, PERS_NAME, file->name);
    return pers_put(file, err);
}

int pers_program_present(struct pers_file *file, struct hz_error *err)
{
    if (!file->regular || file->row.value[PERS_TARGET].at != NULL)
        return HZ_OK;
    pers_value(file, PERS_NAME, file->name);
    if ((file->place->flags & PERS_LISTED) != 0)
        pers_value(file, PERS_PROGRAM, file->row.origin);
    else
        pers_value(file, PERS_USER, file->name);
    return pers_put(file, err);
}

int pers_program_init(struct pers_file *file, struct hz_error *err)
{
    if (!file->executable)
        return HZ_OK;
    pers_value(file, PERS_NAME, file->name);
    pers_value(file, PERS_COMMAND, file->row.origin);
    pers_value(file, PERS_PROGRAM, file->row.origin);
    return pers_put(file, err);
}

/* "S01ssh" in "rc2.d": started in runlevel 2. */
int pers_program_rc(struct pers_file *file, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf when = BUF_INIT(64);
    if (!span_begins(file->name, "S") || file->folder.len != strlen("rc2.d"))
        return HZ_OK;
    buf_printf(&when, "runlevel %c", file->folder.at[2]);
    if (buf_check(&when, err) != HZ_OK)
        return err->code;
    struct span target = file->row.value[PERS_TARGET];
    pers_value(file, PERS_NAME, file->name);
    pers_value(file, PERS_WHEN, (struct span) { (const char *)when.data, when.len });
    pers_command(file, target.at != NULL ? target : file->row.origin, "");
    return pers_put(file, err);
}

#include "collector/persistence/pers_parse.h"

void pers_command(struct pers_file *file, struct span command, const char *prefixes)
{
    pers_value(file, PERS_COMMAND, command);
    pers_value(file, PERS_PROGRAM, span_program(command, prefixes));
}

bool pers_ini_next(struct pers_ini *i)
{
    struct span line;
    while (span_entry_joined(&i->rest, &line, &i->line, &i->last)) {
        if (line.at[0] == ';')
            continue;
        if (line.at[0] == '[') {
            struct span inside = span_from(line, 1);
            i->section = SPAN_NONE;
            span_until(&inside, ']', &i->section);
            continue;
        }
        i->value = line;
        if (!span_until(&i->value, '=', &i->key)) {
            i->key = line;
            i->value = SPAN_NONE;
        }
        i->key = span_trim(i->key);
        i->value = span_trim(i->value);
        return true;
    }
    return false;
}

int pers_each_line(struct pers_file *file, pers_put_line *put, struct hz_error *err)
{
    struct span rest = file->text, line;
    unsigned number = 0, last = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry_joined(&rest, &line, &number, &last)) {
        file->row.line = number;
        rc = put(file, line, err);
    }
    return rc;
}

/* Jobs of programs that start and watch others: upstart, init(5), and supervisord. */
#include "collector/persistence/pers_parse.h"

/* "exec" and what stands in script blocks, line by line. */
int pers_supervise_upstart(struct pers_file *file, struct hz_error *err)
{
    struct span rest = file->text, line, when = SPAN_NONE;
    bool script = false;
    unsigned number = 0;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_entry(&rest, &line, &number)) {
        struct span words = line, word;
        span_word(&words, &word);
        if (!script && span_is(word, "start"))
            when = line;
        bool runs = script || span_is(word, "exec");
        script = (script || span_is(word, "script") || span_ends(line, " script")) && !span_begins(line, "end script");
        if (!runs || (span_is(word, "end") && span_is(words, "script")))
            continue;
        file->row.line = number;
        pers_value(file, PERS_NAME, file->name);
        pers_value(file, PERS_USER, span_of("root"));
        if (when.at != NULL)
            pers_value(file, PERS_WHEN, when);
        pers_command(file, span_is(word, "exec") ? words : line, "");
        rc = pers_put(file, err);
    }
    return rc;
}

/* command= of a section [program:NAME]. */
int pers_supervise_supervisor(struct pers_file *file, struct hz_error *err)
{
    struct pers_ini ini = { .rest = file->text };
    int rc = HZ_OK;
    while (rc == HZ_OK && pers_ini_next(&ini)) {
        if (!span_is(ini.key, "command") || ini.value.len == 0)
            continue;
        file->row.line = ini.line;
        pers_value(file, PERS_NAME, ini.section);
        pers_value(file, PERS_WHEN, span_of("boot"));
        pers_command(file, ini.value, "");
        rc = pers_put(file, err);
    }
    return rc;
}

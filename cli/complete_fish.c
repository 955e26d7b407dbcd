#include <string.h>

#include "base/lang.h"
#include "cli/complete.h"
#include "cli/table_all.h"

/* $function: the words before the first option, with one blank behind each. */
static const char opening[] = "    set -l seen\n"
                              "    for word in (commandline -opc)[2..-1]\n"
                              "        string match -q -- '-*' $word; and break\n"
                              "        set seen \"$seen$word \"\n"
                              "    end\n";

static void quoted(FILE *stream, const char *text)
{
    complete_quoted(stream, text, "\\'", "\\");
}

static void next_words(FILE *stream, const char *program, const char *function)
{
    char word[32];

    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        const char *words = table_all_words(program, table_all[i]);
        size_t count = words != NULL ? table_all_count(words) : 0;
        for (size_t n = 0; n < count; n++) {
            if (!table_all_first(program, i, n + 1))
                continue;
            fprintf(stream, "complete -c %s -n '%s_at \"%.*s%s\"' -a %s", program, function,
                    (int)table_all_length(words, n), words, n > 0 ? " " : "",
                    table_all_word(words, n, word, sizeof word));
            if (n + 1 == count) {
                fputs(" -d '", stream);
                quoted(stream, table_all[i]->summary);
                fputc('\'', stream);
            }
            fputc('\n', stream);
        }
    }
}

static void option_line(FILE *stream, const char *condition, const struct cli_option *o)
{
    fprintf(stream, "%s -l %s", condition, o->name);
    if (o->value == CLI_CHOICE && o->kind != CLI_FLAG)
        fprintf(stream, " -x -a '%s'", o->choices);
    else if (o->kind != CLI_FLAG)
        fputs(cli_value_is_file(o->value) ? " -r -F"
              : o->value == CLI_DIRECTORY ? " -x -a '(__fish_complete_directories)'"
                                          : " -x",
              stream);
    fputs(" -d '", stream);
    quoted(stream, o->help);
    fputs("'\n", stream);
}

static void one_command(FILE *stream, const char *program, const char *function, const struct cli_command *c)
{
    const char *words = table_all_words(program, c);
    char condition[200];

    snprintf(condition, sizeof condition, "complete -c %s -n '%s_in \"%s%s\"'", program, function, words,
             words[0] != '\0' ? " " : "");
    if (c->operands != NULL && cli_value_is_file(c->operand))
        fprintf(stream, "%s -F\n", condition);
    for (size_t i = 0; i < c->option_count; i++)
        option_line(stream, condition, &c->options[i]);
    for (size_t i = 0; i < CLI_COMMON_COUNT; i++)
        option_line(stream, condition, &cli_common_options[i]);
}

void complete_fish(FILE *stream, const char *program)
{
    char function[40];

    complete_function(program, function, sizeof function);
    fprintf(stream, "# fish completion for %s, made from its option tables\n", program);
    fprintf(stream, "function %s_at\n%s    test \"$seen\" = \"$argv[1]\"\nend\n", function, opening);
    fprintf(stream, "function %s_in\n%s    string match -q -- \"$argv[1]*\" \"$seen\"\nend\n", function, opening);
    fprintf(stream, "complete -c %s -f\n", program);
    next_words(stream, program, function);
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++)
        if (table_all_words(program, table_all[i]) != NULL)
            one_command(stream, program, function, table_all[i]);
}

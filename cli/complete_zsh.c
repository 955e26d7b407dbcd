#include <string.h>

#include "base/lang.h"
#include "cli/complete.h"
#include "cli/table_all.h"

static const char opening[] = "  local seen=\n"
                              "  local -i i=2\n"
                              "  while (( i < CURRENT )) && [[ ${words[i]} != -* ]]; do\n"
                              "    seen+=\"${seen:+ }${words[i]}\"\n"
                              "    (( i++ ))\n"
                              "  done\n";

static void quoted(FILE *stream, const char *text)
{
    complete_quoted(stream, text, "'\\''", "[]:\\");
}

/* "'init:start a custody ledger'" where the word ends a command's name, else the word alone. */
static void next_word(FILE *stream, const struct cli_command *c, const char *words, size_t n)
{
    char word[32];

    fprintf(stream, " '%s", table_all_word(words, n, word, sizeof word));
    if (table_all_count(words) == n + 1) {
        fputc(':', stream);
        quoted(stream, c->summary);
    }
    fputc('\'', stream);
}

static void next_words(FILE *stream, const char *program)
{
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        const char *words = table_all_words(program, table_all[i]);
        size_t count = words != NULL ? table_all_count(words) : 0;
        for (size_t n = 0; n < count; n++) {
            if (!table_all_first(program, i, n))
                continue;
            fprintf(stream, "  '%.*s')\n    next=(", (int)table_all_length(words, n), words);
            for (size_t k = i; k < TABLE_ALL_COUNT; k++) {
                const char *other = table_all_words(program, table_all[k]);
                if (other != NULL && table_all_same(words, other, n) && table_all_first(program, k, n + 1))
                    next_word(stream, table_all[k], other, n);
            }
            fputs(" )\n    _describe command next\n    return ;;\n", stream);
        }
    }
}

static void option_spec(FILE *stream, const struct cli_option *o)
{
    fprintf(stream, " \\\n      '%s--%s%s[", o->kind == CLI_MANY ? "*" : "", o->name, o->kind == CLI_FLAG ? "" : "=");
    quoted(stream, o->help);
    fputc(']', stream);
    if (o->kind != CLI_FLAG) {
        fputc(':', stream);
        quoted(stream, o->metavar != NULL ? o->metavar : o->name);
        if (o->value == CLI_CHOICE)
            fprintf(stream, ":(%s)", o->choices);
        else
            fputs(cli_value_is_file(o->value) ? ":_files" : o->value == CLI_DIRECTORY ? ":_files -/" : ": ", stream);
    }
    fputc('\'', stream);
}

static void one_command(FILE *stream, const struct cli_command *c, const char *words)
{
    size_t count = table_all_count(words);

    fprintf(stream, "  '%s%s'*)\n", words, count > 0 ? " " : "");
    if (count > 0)
        fprintf(stream, "    shift %zu words\n    (( CURRENT -= %zu ))\n", count, count);
    fputs("    _arguments -S", stream);
    for (size_t i = 0; i < c->option_count; i++)
        option_spec(stream, &c->options[i]);
    for (size_t i = 0; i < CLI_COMMON_COUNT; i++)
        option_spec(stream, &cli_common_options[i]);
    if (c->operands != NULL)
        fprintf(stream, " \\\n      '*: :%s'", cli_value_is_file(c->operand) ? "_files" : " ");
    fputs(" ;;\n", stream);
}

void complete_zsh(FILE *stream, const char *program)
{
    char function[40];

    complete_function(program, function, sizeof function);
    fprintf(stream, "#compdef %s\n# zsh completion for %s, made from its option tables\n%s() {\n%s", program, program,
            function, opening);
    fputs("  local -a next\n  case $seen in\n", stream);
    next_words(stream, program);
    fputs("  esac\n  case \"$seen \" in\n", stream);
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        const char *words = table_all_words(program, table_all[i]);
        if (words != NULL)
            one_command(stream, table_all[i], words);
    }
    fprintf(stream, "  esac\n}\n%s \"$@\"\n", function);
}

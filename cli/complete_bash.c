#include <string.h>

#include "cli/complete.h"
#include "cli/table_all.h"

/* What comes before the tables: which words name the command, and what stands before the cursor. bash splits
 * "--name=value" at the "=". */
static const char opening[] = "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                              "    local words='' options='' next='' kind='' choices='' i\n"
                              "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                              "        [[ ${COMP_WORDS[i]} == -* ]] && break\n"
                              "        words+=${words:+ }${COMP_WORDS[i]}\n"
                              "    done\n"
                              "    if [[ $cur == = ]]; then\n"
                              "        cur=''\n"
                              "    elif [[ $prev == = ]]; then\n"
                              "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                              "    fi\n"
                              "    COMPREPLY=()\n";

/* `hozen help COMMAND' names a command as well. */
static const char after_help[] = "    if [[ $words == help || $words == 'help '* ]]; then\n"
                                 "        words=${words#help}\n"
                                 "        words=${words# }\n"
                                 "    fi\n";

static const char closing[] = "    if [[ -n $next && $cur != -* ]]; then\n"
                              "        mapfile -t COMPREPLY < <(compgen -W \"$next\" -- \"$cur\")\n"
                              "    elif [[ $cur == -* ]]; then\n"
                              "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
                              "    elif [[ $kind == choice ]]; then\n"
                              "        mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$cur\")\n"
                              "    elif [[ $kind == file ]]; then\n"
                              "        compopt -o filenames 2>/dev/null\n"
                              "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                              "    elif [[ $kind == directory ]]; then\n"
                              "        compopt -o filenames 2>/dev/null\n"
                              "        mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
                              "    fi\n"
                              "}\n";

/* "key) next='new' ;;" for each run of words that needs another one. */
static void next_words(FILE *stream, const char *program)
{
    char word[32];

    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        const char *words = table_all_words(program, table_all[i]);
        size_t count = words != NULL ? table_all_count(words) : 0;
        for (size_t n = 0; n < count; n++) {
            if (!table_all_first(program, i, n))
                continue;
            fprintf(stream, "    '%.*s') options='--help --version --lang'; next='", (int)table_all_length(words, n),
                    words);
            for (size_t k = i; k < TABLE_ALL_COUNT; k++) {
                const char *other = table_all_words(program, table_all[k]);
                if (other != NULL && table_all_same(words, other, n) && table_all_first(program, k, n + 1))
                    fprintf(stream, "%s%s", k > i ? " " : "", table_all_word(other, n, word, sizeof word));
            }
            fprintf(stream, "%s' ;;\n", n == 0 && strcmp(program, "hozen") == 0 ? " help" : "");
        }
    }
}

static void option_value(FILE *stream, const struct cli_option *o)
{
    if (o->kind == CLI_FLAG)
        return;
    fprintf(stream, "        --%s) kind=", o->name);
    if (o->value == CLI_CHOICE)
        fprintf(stream, "'choice' choices='%s' ;;\n", o->choices);
    else
        fprintf(stream, "'%s' ;;\n",
                cli_value_is_file(o->value) ? "file"
                : o->value == CLI_DIRECTORY ? "directory"
                                            : "text");
}

static void one_command(FILE *stream, const struct cli_command *c, const char *words)
{
    fprintf(stream, "    '%s%s'*)\n        options='", words, words[0] != '\0' ? " " : "");
    for (size_t i = 0; i < c->option_count; i++)
        fprintf(stream, "--%s ", c->options[i].name);
    fputs("--lang --help --version'\n        case $prev in\n", stream);
    for (size_t i = 0; i < c->option_count; i++)
        option_value(stream, &c->options[i]);
    option_value(stream, &cli_common_options[0]);
    fprintf(stream, "        *) kind='%s' ;;\n        esac ;;\n",
            c->operands != NULL && cli_value_is_file(c->operand) ? "file" : "text");
}

void complete_bash(FILE *stream, const char *program)
{
    char function[40];

    complete_function(program, function, sizeof function);
    fprintf(stream, "# bash completion for %s, made from its option tables\n%s()\n{\n%s%s    case $words in\n", program,
            function, opening, strcmp(program, "hozen") == 0 ? after_help : "");
    next_words(stream, program);
    fputs("    esac\n    case \"$words \" in\n", stream);
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        const char *words = table_all_words(program, table_all[i]);
        if (words != NULL)
            one_command(stream, table_all[i], words);
    }
    fprintf(stream, "    esac\n%scomplete -F %s %s\n", closing, function, program);
}

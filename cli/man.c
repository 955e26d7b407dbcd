#include "cli/man.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "cli/table_all.h"

#define LIST ".Bl -tag -width Ds\n"

/* Text for text lines: nothing in it is a macro, dashes of options stay dashes, paragraphs are parted, and each
 * sentence begins a line, from which mdoc(7) takes the space between sentences. */
static void text(FILE *stream, const char *p)
{
    bool start = true, stop = false;

    for (; *p != '\0'; start = *p == '\n', stop = *p == '.', p++) {
        if (stop && *p == ' ') {
            fputc('\n', stream);
            continue;
        }
        if (start && (*p == '.' || *p == '\''))
            fputs("\\&", stream);
        if (*p == '\\')
            fputs("\\e", stream);
        else if (*p == '-')
            fputs("\\-", stream);
        else if (*p == '\n' && p[1] == '\n')
            fputs("\n.Pp", stream);
        else
            fputc(*p, stream);
    }
}

/* What the table says beside the option's own text, as sentences of their own. */
static void rules(FILE *stream, const struct cli_option *o)
{
    if (o->required && o->or_unless != NULL)
        fprintf(stream, _("Required, unless\n.Fl Fl %s\nor\n.Fl Fl %s\nis given.\n"), o->unless, o->or_unless);
    else if (o->required && o->unless != NULL)
        fprintf(stream, _("Required, unless\n.Fl Fl %s\nis given.\n"), o->unless);
    else if (o->required && o->environment == NULL)
        fputs(_("Required.\n"), stream);
    else if (o->required)
        fprintf(stream, _("Required, unless\n.Ev %s\nis set, whose value is then taken.\n"), o->environment);
    else if (o->environment != NULL)
        fprintf(stream, _("Where it is not given, the value of\n.Ev %s\nis taken.\n"), o->environment);
    if (o->needs != NULL)
        fprintf(stream, _("Only together with\n.Fl Fl %s .\n"), o->needs);
    if (o->excludes != NULL)
        fprintf(stream, _("Not together with\n.Fl Fl %s .\n"), o->excludes);
}

static void sentence(FILE *stream, const char *words)
{
    bool first = words[0] >= 'a' && words[0] <= 'z' && strncmp(words, "p256", 4) != 0;

    if (first)
        fputc(words[0] - 'a' + 'A', stream);
    text(stream, words + first);
    fputs(lang_selected() == LANG_JA ? "。\n" : ".\n", stream);
}

static void option(FILE *stream, const struct cli_option *o)
{
    fprintf(stream, ".It Fl Fl %s", o->name);
    if (o->kind != CLI_FLAG && o->metavar != NULL)
        fprintf(stream, " Ar %s", o->metavar);
    for (const char *p = o->kind != CLI_FLAG && o->metavar == NULL ? o->choices : NULL; p != NULL;) {
        fprintf(stream, " %s%.*s", p == o->choices ? "Cm " : "| Cm ", (int)strcspn(p, " "), p);
        p = strchr(p, ' ');
        p += p != NULL;
    }
    fputc('\n', stream);
    sentence(stream, _(o->help));
    rules(stream, o);
}

static void list_items(FILE *stream, const struct cli_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        option(stream, &options[i]);
}

static void summary(FILE *stream, const struct cli_command *c)
{
    sentence(stream, _(c->summary));
    if (c->details == NULL)
        return;
    fputs(".Pp\n", stream);
    text(stream, _(c->details));
    fputc('\n', stream);
}

static void one_command(FILE *stream, const struct cli_command *c)
{
    fputs(".Ss hozen ", stream);
    text(stream, c->name);
    if (c->operands != NULL) {
        fputc(' ', stream);
        text(stream, c->operands);
    }
    fputc('\n', stream);
    summary(stream, c);
    fputs(LIST, stream);
    list_items(stream, c->options, c->option_count);
    fputs(".El\n", stream);
}

static void front(FILE *stream)
{
    fprintf(stream, ".Sh %s\n" LIST, _("COMMANDS"));
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        fprintf(stream, ".It Nm hozen Cm %s", table_all_words("hozen", table_all[i]));
        if (table_all[i]->operands != NULL)
            fprintf(stream, " Ar %s", table_all[i]->operands);
        fputc('\n', stream);
        sentence(stream, _(table_all[i]->summary));
        fprintf(stream, _("See\n.Xr %s 1 .\n"), table_all[i]->program);
    }
    fputs(".El\n", stream);
}

/* All commands of a program, each with its own options. */
static void commands(FILE *stream, const char *program)
{
    fprintf(stream, ".Sh %s\n", _("COMMANDS"));
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++)
        if (table_all_words(program, table_all[i]) != NULL)
            one_command(stream, table_all[i]);
}

/* The program's only command, NULL when it has several. */
static const struct cli_command *only_command(const char *program)
{
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++)
        if (table_all[i]->name == NULL && strcmp(table_all[i]->program, program) == 0)
            return table_all[i];
    return NULL;
}

void man_options(FILE *stream, const char *program)
{
    const struct cli_command *only = only_command(program);

    if (strcmp(program, "hozen") == 0)
        front(stream);
    else if (only == NULL)
        commands(stream, program);
    fprintf(stream, ".Sh %s\n", _("OPTIONS"));
    if (only != NULL)
        summary(stream, only);
    else
        fputs(_("Every command has these.\n"), stream);
    fputs(LIST, stream);
    if (only != NULL)
        list_items(stream, only->options, only->option_count);
    list_items(stream, cli_common_options, CLI_COMMON_COUNT);
    fputs(".El\n", stream);
}

static int copy(FILE *stream, const char *program, const char *page)
{
    static const char mark[] = "\n@OPTIONS@\n";
    const char *at = strstr(page, mark);

    if (at == NULL)
        return -1;
    fprintf(stream, "%.*s\n", (int)(at - page), page);
    man_options(stream, program);
    fputs(at + strlen(mark), stream);
    return 0;
}

int man_page(FILE *stream, const char *program, const char *page)
{
    char *whole = NULL;
    size_t size = 0;
    FILE *memory;
    int rc;

    if (lang_selected() != LANG_JA)
        return copy(stream, program, page);
    memory = open_memstream(&whole, &size);
    if (memory == NULL)
        return -1;
    rc = copy(memory, program, page);
    if (fclose(memory) != 0)
        rc = -1;
    if (rc == 0)
        man_fill(stream, whole);
    free(whole);
    return rc;
}

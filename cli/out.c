#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/jail.h"
#include "base/lang.h"
#include "base/width.h"
#include "cli/help.h"

/* One line, cut where a message is longer than any that we write. */
static void HZ_PRINTF(2, 0) say(const char *program, const char *format, va_list ap)
{
    char text[4096];

    vsnprintf(text, sizeof text, format, ap);
    fprintf(stderr, "%s: ", program);
    escape_print(stderr, text);
    fputc('\n', stderr);
}

void cli_message(const char *program, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say(program, format, ap);
    va_end(ap);
}

void cli_note(const struct cli_args *args, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say(args->command->program, format, ap);
    va_end(ap);
}

void cli_note_sandbox(const struct cli_args *args)
{
    HZ_CLEANUP(buf_free) struct buf missing = BUF_INIT(256);

    jail_missing(jail_offered(), &missing);
    if (missing.len > 0)
        cli_note(args,
                 _("this kernel cannot give every layer of the sandbox in which files of others are read; missing: %s"),
                 buf_text(&missing));
}

int cli_fail(const struct cli_args *args, const struct hz_error *err)
{
    cli_message(args->command->program, "%s", err->text);
    return hz_error_exit(err->code);
}

void cli_out_line(FILE *stream, const struct buf *line)
{
    fwrite(line->data, 1, line->len, stream);
    fputc('\n', stream);
}

/* Gives the column behind it. */
static unsigned put_label(FILE *stream, unsigned width, const char *label)
{
    unsigned used = width_text(label), blanks = used < width ? width - used : 0;

    fprintf(stream, "%s: %*s", label, (int)blanks, "");
    return used + 2 + blanks;
}

void cli_out_field(FILE *stream, unsigned width, const char *label, const char *value)
{
    if (value == NULL)
        return;
    put_label(stream, width, label);
    escape_print(stream, value);
    fputc('\n', stream);
}

void cli_out_wrapped(FILE *stream, unsigned width, const char *label, const char *value, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf safe = BUF_INIT((size_t)4 << 20);
    const char *text;

    escape_terminal(&safe, value, len);
    text = buf_text(&safe);
    width_wrap(stream, text == NULL ? _("(too long to be shown)") : text, put_label(stream, width, label), width + 2,
               HELP_COLUMNS - 1);
}

bool cli_out_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

int cli_out_finish(const char *program, int code)
{
    int broken = ferror(stdout);

    errno = 0;
    if (fclose(stdout) == 0 && !broken)
        return code;
    cli_message(program, _("standard output: %s; the result did not arrive in full"),
                errno != 0 ? hz_error_meaning(errno) : _("write failed"));
    return HZ_EXIT_FAILED;
}

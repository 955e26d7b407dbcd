#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/lang.h"
#include "base/width.h"

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

void cli_out_field(FILE *stream, unsigned width, const char *label, const char *value)
{
    unsigned used;

    if (value == NULL)
        return;
    used = width_text(label);
    fprintf(stream, "%s: %*s", label, used < width ? (int)(width - used) : 0, "");
    escape_print(stream, value);
    fputc('\n', stream);
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

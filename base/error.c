#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/lang.h"

/* Replaces the last bytes of a cut text by "...", never leaving half a UTF-8 sequence before it. */
static void mark_cut(char *text, size_t size)
{
    size_t end = size - 4;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    memcpy(text + end, "...", 4);
}

static void join(char *out, size_t size, const char *first, const char *separator, const char *second)
{
    int len = snprintf(out, size, "%s%s%s", first, separator, second);
    if (len < 0)
        out[0] = '\0';
    else if ((size_t)len >= size)
        mark_cut(out, size);
}

/* Formats aside first: an argument may point into the text that is replaced. */
static void format_text(char *out, size_t size, const char *format, va_list args) HZ_PRINTF(3, 0);
static void format_text(char *out, size_t size, const char *format, va_list args)
{
    int len = vsnprintf(out, size, format, args);
    if (len < 0)
        out[0] = '\0';
    else if ((size_t)len >= size)
        mark_cut(out, size);
}

int hz_error_set(struct hz_error *err, enum hz_code code, const char *format, ...)
{
    if (err == NULL)
        return code;
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    format_text(text, sizeof text, format, args);
    va_end(args);
    err->code = code;
    err->sys_errno = 0;
    memcpy(err->text, text, sizeof text);
    return code;
}

const char *hz_error_meaning(int sys_errno)
{
    const char *meaning = strerrordesc_np(sys_errno); /* unlike strerror, asks no locale and has no buffer */
    return meaning == NULL ? _("unknown error") : lang_text(meaning);
}

int hz_error_sys(struct hz_error *err, enum hz_code code, int sys_errno, const char *format, ...)
{
    if (err == NULL)
        return code;
    char text[sizeof err->text];
    va_list args;
    va_start(args, format);
    format_text(text, sizeof text, format, args);
    va_end(args);
    err->code = code;
    err->sys_errno = sys_errno;
    join(err->text, sizeof err->text, text, ": ", hz_error_meaning(sys_errno));
    return code;
}

int hz_error_context(struct hz_error *err, const char *format, ...)
{
    if (err == NULL)
        return HZ_E_IO;
    char context[sizeof err->text];
    va_list args;
    va_start(args, format);
    format_text(context, sizeof context, format, args);
    va_end(args);
    char text[sizeof err->text];
    join(text, sizeof text, context, ": ", err->text);
    memcpy(err->text, text, sizeof text);
    return err->code;
}

int hz_error_exit(int code)
{
    switch (code) {
    case HZ_OK:
        return HZ_EXIT_OK;
    case HZ_E_USAGE:
        return HZ_EXIT_USAGE;
    case HZ_E_INVALID:
        return HZ_EXIT_FINDINGS;
    default:
        return HZ_EXIT_FAILED;
    }
}

enum hz_code hz_error_class(int sys_errno)
{
    switch (sys_errno) {
    case ENOENT:
    case ENOTDIR:
        return HZ_E_NOTFOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return HZ_E_DENIED;
    case EEXIST:
        return HZ_E_EXISTS;
    case ENOMEM:
        return HZ_E_NOMEM;
    case ETIMEDOUT:
        return HZ_E_TIMEOUT;
    default:
        return HZ_E_IO;
    }
}

bool hz_errno_is_full(int sys_errno)
{
    return sys_errno == ENOSPC || sys_errno == EDQUOT || sys_errno == EFBIG;
}

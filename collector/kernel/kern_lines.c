#include "collector/kernel/kern_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_proc.h"
#include "base/io_rw.h"
#include "base/lang.h"

/* Whole lines of what is there; *left: bytes of the last, unfinished one, moved to the beginning. */
static int give(char *bytes, size_t len, size_t *left, kern_line *each, void *context, struct hz_error *err)
{
    size_t at = 0;
    int rc = HZ_OK;
    const char *end;
    while (rc == HZ_OK && (end = memchr(bytes + at, '\n', len - at)) != NULL) {
        size_t n = (size_t)(end - (bytes + at));
        rc = each(context, bytes + at, n, err);
        at += n + 1;
    }
    if (rc == HZ_OK && len - at == KERN_LINE_MAX) {
        rc = each(context, bytes + at, len - at, err);
        at = len;
    }
    memmove(bytes, bytes + at, len - at);
    *left = len - at;
    return rc;
}

static int read_lines(int fd, char *bytes, kern_line *each, void *context, struct hz_error *err)
{
    size_t left = 0, got = 1;
    int rc = HZ_OK;
    while (rc == HZ_OK && got > 0) {
        rc = io_read_some(fd, bytes + left, KERN_LINE_MAX - left, &got, err);
        if (rc == HZ_OK)
            rc = give(bytes, left + got, &left, each, context, err);
    }
    return rc == HZ_OK && left > 0 ? each(context, bytes, left, err) : rc;
}

int kern_lines(int root, const char *path, kern_line *each, void *context, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = io_proc_follow(root, path, &fd, err);
    if (rc != HZ_OK)
        return rc;
    char *bytes = malloc(KERN_LINE_MAX);
    rc = bytes == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory")) : read_lines(fd, bytes, each, context, err);
    free(bytes);
    return rc;
}

int kern_lines_of(const void *bytes, size_t len, kern_line *each, void *context, struct hz_error *err)
{
    const char *at = bytes, *end = at + len;
    int rc = HZ_OK;
    while (rc == HZ_OK && at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        rc = each(context, at, (size_t)((newline == NULL ? end : newline) - at), err);
        at = newline == NULL ? end : newline + 1;
    }
    return rc;
}

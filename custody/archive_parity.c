#include "custody/archive_parity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "custody/archive.h"

#define SAID_MAX ((size_t)1 << 20)
#define LOOK_SECONDS 3600   /* however small it is */
#define LOOK_RATE (1 << 20) /* bytes a second that it reads at the least */

/* Not from PATH: it is told where it is. */
static const char *program(void)
{
    static const char *const places[] = { "/usr/bin/par2", "/usr/local/bin/par2" };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (io_is_regular(-1, places[i]))
            return places[i];
    return NULL;
}

static int forget(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    (void)context, (void)error, (void)bytes, (void)len, (void)err;
    return HZ_OK;
}

/* *status: 0 it is done, or whole; 1 it could be mended; 2 it could not. until: who ends it early; NULL: nobody. */
static int call(const char *const *argv, const struct child_reader *until, int *status, struct hz_error *err)
{
    static const char *const environment[] = { "LC_ALL=C", NULL };
    HZ_CLEANUP(buf_free) struct buf said = BUF_INIT(SAID_MAX);
    struct child_spec spec = { .path = program(), .argv = argv, .envp = environment };
    int rc;

    if (spec.path == NULL)
        return hz_error_set(err, HZ_E_NOTFOUND,
                            _("there is no par2 on this machine: install it, or say --parity none"));
    rc = until != NULL ? child_stream(&spec, until, status, err) : child_run(&spec, &said, status, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "par2");
}

/* "<folder>/<file>" with something behind it. */
static int join(const char *folder, const char *file, const char *suffix, struct buf *out, struct hz_error *err)
{
    buf_printf(out, "%s/%s%s", folder, file, suffix);
    buf_text(out);
    return buf_check(out, err);
}

/* With what lies beside FILE. */
static int use(const char *verb, const char *folder, const char *file, const struct child_reader *until, int *status,
               struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    HZ_CLEANUP(buf_free) struct buf index = BUF_INIT(16384);
    int rc = join(folder, file, "", &path, err);

    if (rc == HZ_OK)
        rc = join(folder, file, ".par2", &index, err);
    if (rc != HZ_OK)
        return rc;
    const char *const argv[] = { "par2", verb, "-q", "-q", (const char *)index.data, (const char *)path.data, NULL };
    return call(argv, until, status, err);
}

static void release(char **text)
{
    free(*text);
}

static int failed(const char *folder, const char *file, int status, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_IO, _("%s/%s: par2 ended with exit code %d"), folder, file, status);
}

int archive_parity_make(const char *folder, const char *file, const char *bundle, unsigned percent,
                        struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf index = BUF_INIT(16384);
    HZ_CLEANUP(buf_free) struct buf base = BUF_INIT(16384);
    HZ_CLEANUP(release) char *path = NULL;
    char option[16];
    int status = 0, rc = archive_url(bundle, &path, err);

    if (rc == HZ_OK)
        rc = join(folder, file, ".par2", &index, err);
    if (rc != HZ_OK)
        return rc;
    buf_printf(&base, "-B%.*s", (int)(strrchr(path, '/') - path), path);
    if (buf_text(&base) == NULL)
        return buf_check(&base, err);
    snprintf(option, sizeof option, "-r%u", percent);
    const char *const argv[] = {
        "par2", "create", "-q", "-q", (const char *)base.data, option, "-n1", (const char *)index.data, path, NULL
    };
    rc = call(argv, NULL, &status, err);
    return rc == HZ_OK && status != 0 ? failed(folder, file, status, err) : rc;
}

static bool stopped(void *context)
{
    return archive_pace_stopped(context);
}

int archive_parity_look(const char *folder, const char *file, uint64_t size, struct archive_pace *pace,
                        enum archive_parity *out, struct hz_error *err)
{
    const struct child_reader until = { pace, forget, stopped, (int64_t)(LOOK_SECONDS + size / LOOK_RATE) * 1000 };
    int status = 0, rc = use("verify", folder, file, &until, &status, err);

    if (rc != HZ_OK)
        return rc;
    *out = status == 0 ? ARCHIVE_PARITY_WHOLE : status == 1 ? ARCHIVE_PARITY_CAN : ARCHIVE_PARITY_CANNOT;
    return HZ_OK;
}

int archive_parity_mend(const char *folder, const char *file, struct hz_error *err)
{
    int status = 0, rc = use("repair", folder, file, NULL, &status, err);

    if (rc == HZ_OK && status != 0)
        return hz_error_set(err, HZ_E_INVALID, _("%s/%s: the damage is greater than what the recovery data can mend"),
                            folder, file);
    return rc;
}

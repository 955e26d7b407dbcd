#include "custody/archive_parity.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io_open.h"
#include "base/lang.h"

#define SAID_MAX ((size_t)1 << 20)

/* Not from PATH: it is told where it is. */
static const char *program(void)
{
    static const char *const places[] = { "/usr/bin/par2", "/usr/local/bin/par2" };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (io_is_regular(-1, places[i]))
            return places[i];
    return NULL;
}

/* *status: 0 it is done, or whole; 1 it could be mended; 2 it could not. */
static int run(const char *verb, const char *option, const char *folder, const char *file, int *status,
               struct hz_error *err)
{
    static const char *const environment[] = { "LC_ALL=C", NULL };
    HZ_CLEANUP(buf_free) struct buf said = BUF_INIT(SAID_MAX);
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    HZ_CLEANUP(buf_free) struct buf index = BUF_INIT(16384);
    const char *argv[12];
    struct child_spec spec = { .path = program(), .argv = argv, .envp = environment };
    size_t n = 0;
    int rc;

    if (spec.path == NULL)
        return hz_error_set(err, HZ_E_NOTFOUND,
                            _("there is no par2 on this machine: install it, or say --parity none"));
    buf_printf(&path, "%s/%s", folder, file);
    buf_printf(&index, "%s/%s.par2", folder, file);
    if (buf_text(&path) == NULL || buf_text(&index) == NULL)
        return buf_check(path.failed != HZ_OK ? &path : &index, err);
    argv[n++] = "par2";
    argv[n++] = verb;
    argv[n++] = "-q";
    argv[n++] = "-q";
    if (option != NULL) {
        argv[n++] = option;
        argv[n++] = "-n1";
    }
    argv[n++] = (const char *)index.data;
    argv[n++] = (const char *)path.data;
    argv[n] = NULL;
    rc = child_run(&spec, &said, status, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "par2");
}

static int failed(const char *folder, const char *file, int status, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_IO, _("%s/%s: par2 ended with exit code %d"), folder, file, status);
}

int archive_parity_make(const char *folder, const char *file, unsigned percent, struct hz_error *err)
{
    char option[16];
    int status = 0, rc;

    snprintf(option, sizeof option, "-r%u", percent);
    rc = run("create", option, folder, file, &status, err);
    return rc == HZ_OK && status != 0 ? failed(folder, file, status, err) : rc;
}

int archive_parity_look(const char *folder, const char *file, enum archive_parity *out, struct hz_error *err)
{
    int status = 0, rc = run("verify", NULL, folder, file, &status, err);

    if (rc != HZ_OK)
        return rc;
    *out = status == 0 ? ARCHIVE_PARITY_WHOLE : status == 1 ? ARCHIVE_PARITY_CAN : ARCHIVE_PARITY_CANNOT;
    return HZ_OK;
}

int archive_parity_mend(const char *folder, const char *file, struct hz_error *err)
{
    int status = 0, rc = run("repair", NULL, folder, file, &status, err);

    if (rc == HZ_OK && status != 0)
        return hz_error_set(err, HZ_E_INVALID, _("%s/%s: the damage is greater than what the recovery data can mend"),
                            folder, file);
    return rc;
}

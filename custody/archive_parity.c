#include "custody/archive_parity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "custody/archive.h"

#define SAID_MAX ((size_t)200)
#define LEAST_SECONDS 3600   /* however small it is */
#define LEAST_RATE (1 << 20) /* bytes a second that it reads at the least */
#define MAKE_RATE (1 << 16)  /* bytes a second for which it computes recovery data, or with it, at the least */

/* Not from PATH: it is told where it is. */
static const char *program(void)
{
    static const char *const places[] = { "/usr/bin/par2", "/usr/local/bin/par2" };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (io_is_regular(-1, places[i]))
            return places[i];
    return NULL;
}

/* What it says, for people: only the beginning is kept. */
struct words {
    struct archive_pace *pace; /* who may end it; NULL: nobody */
    struct buf error;
};

static int hear(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    struct words *w = context;

    (void)err;
    if (error && w->error.len < SAID_MAX)
        buf_put(&w->error, bytes, len < SAID_MAX - w->error.len ? len : SAID_MAX - w->error.len);
    return HZ_OK;
}

static bool stopped(void *context)
{
    const struct words *w = context;

    return w->pace != NULL && archive_pace_stopped(w->pace);
}

/* *status: 0 it is done, or whole; 1 it could be mended; 2 it could not. */
static int call(const char *const *argv, struct words *words, int64_t timeout_ms, int *status, struct hz_error *err)
{
    /* its threads sleep while they wait for each other: on a busy machine they take thirty times as long otherwise */
    static const char *const environment[] = { "LC_ALL=C", "OMP_WAIT_POLICY=passive", NULL };
    const struct child_spec spec = { .path = program(), .argv = argv, .envp = environment };
    const struct child_reader reader = { .context = words, .put = hear, .stopped = stopped, .timeout_ms = timeout_ms };
    int rc;

    if (spec.path == NULL)
        return hz_error_set(err, HZ_E_NOTFOUND,
                            _("there is no par2 on this machine: install it, or say --parity none"));
    buf_init(&words->error, SAID_MAX + 1);
    rc = child_stream(&spec, &reader, status, err);
    if (rc == HZ_E_TIMEOUT && (words->pace == NULL || !words->pace->stopped))
        return hz_error_set(err, HZ_E_TIMEOUT,
                            _("par2 was not done after %" PRId64 " minutes and was ended: is the medium still there?"),
                            timeout_ms / 60000);
    return rc == HZ_OK ? rc : hz_error_context(err, "par2");
}

/* What takes longer than that of a file of this size has come to a stop: its medium, or somebody who keeps it. */
static int64_t limit_ms(uint64_t size, uint64_t rate)
{
    return (int64_t)(LEAST_SECONDS + size / rate) * 1000;
}

/* The same for work on a file that is there. */
static int work_limit_ms(const char *path, int64_t *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx st;
    int rc = io_open_input(path, &fd, err);

    if (rc == HZ_OK)
        rc = io_statx(fd, &st, err);
    if (rc == HZ_OK)
        *out = limit_ms(st.stx_size, MAKE_RATE);
    return rc;
}

/* "<folder>/<file>" with something behind it. */
static int join(const char *folder, const char *file, const char *suffix, struct buf *out, struct hz_error *err)
{
    buf_printf(out, "%s/%s%s", folder, file, suffix);
    buf_text(out);
    return buf_check(out, err);
}

/* With what lies beside FILE. */
static int use(const char *verb, const char *folder, const char *file, struct words *words, int64_t timeout_ms,
               int *status, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    HZ_CLEANUP(buf_free) struct buf index = BUF_INIT(16384);
    int rc = join(folder, file, "", &path, err);

    if (rc == HZ_OK)
        rc = join(folder, file, ".par2", &index, err);
    if (rc != HZ_OK)
        return rc;
    const char *const argv[] = { "par2", verb, "-q", "-q", (const char *)index.data, (const char *)path.data, NULL };
    return call(argv, words, timeout_ms, status, err);
}

static void release(char **text)
{
    free(*text);
}

static void words_free(struct words *w)
{
    buf_free(&w->error);
}

/* With the first line that it wrote; who prints that escapes it. */
static int failed(const char *folder, const char *file, int status, struct words *words, struct hz_error *err)
{
    const char *said = buf_text(&words->error);

    return hz_error_set(err, HZ_E_IO, _("%s/%s: par2 ended with exit code %d: %.*s"), folder, file, status,
                        said != NULL ? (int)strcspn(said, "\n") : 0, said != NULL ? said : "");
}

int archive_parity_make(const char *folder, const char *file, const char *bundle, unsigned percent,
                        struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf index = BUF_INIT(16384);
    HZ_CLEANUP(buf_free) struct buf base = BUF_INIT(16384);
    HZ_CLEANUP(words_free) struct words words = { 0 };
    HZ_CLEANUP(release) char *path = NULL;
    char option[16];
    int64_t timeout_ms = 0;
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
    rc = work_limit_ms(bundle, &timeout_ms, err);
    if (rc == HZ_OK)
        rc = call(argv, &words, timeout_ms, &status, err);
    return rc == HZ_OK && status != 0 ? failed(folder, file, status, &words, err) : rc;
}

int archive_parity_look(const char *folder, const char *file, uint64_t size, struct archive_pace *pace,
                        enum archive_parity *out, struct hz_error *err)
{
    HZ_CLEANUP(words_free) struct words words = { .pace = pace };
    int status = 0, rc = use("verify", folder, file, &words, limit_ms(size, LEAST_RATE), &status, err);

    if (rc != HZ_OK)
        return rc;
    *out = status == 0 ? ARCHIVE_PARITY_WHOLE : status == 1 ? ARCHIVE_PARITY_CAN : ARCHIVE_PARITY_CANNOT;
    return HZ_OK;
}

int archive_parity_mend(const char *folder, const char *file, struct hz_error *err)
{
    HZ_CLEANUP(words_free) struct words words = { 0 };
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    int64_t timeout_ms = 0;
    int status = 0, rc = join(folder, file, "", &path, err);

    if (rc == HZ_OK)
        rc = work_limit_ms((const char *)path.data, &timeout_ms, err);
    if (rc == HZ_OK)
        rc = use("repair", folder, file, &words, timeout_ms, &status, err);
    if (rc == HZ_OK && status != 0)
        return hz_error_set(err, HZ_E_INVALID, _("%s/%s: the damage is greater than what the recovery data can mend"),
                            folder, file);
    return rc;
}

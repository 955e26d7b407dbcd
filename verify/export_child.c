#include "verify/export_child.h"

#include <string.h>

#include "base/child.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/jail.h"
#include "base/lang.h"
#include "formats/read/trust.h"

#define START_SECONDS 60

struct work {
    const struct export_job *job;
    struct exported *x; /* the parent's: with what was found before */
};

/* Behind the byte that says that it runs: all members have one size, so that the parent reads exactly one of these. */
struct answer {
    int32_t code;
    char text[EXPORTED_DETAIL];
    struct exported x;
};

/* OpenSSL loads what it needs when it is first asked; in the jail it could not. */
static int warm_up(struct hz_error *err)
{
    /* the generator of P-256 (FIPS 186-4 D.1.2.3), the base point of Ed25519 (RFC 8032 section 5.1) */
    static const unsigned char p256[65] = {
        0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
        0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
        0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce,
        0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
    };
    static const unsigned char ed25519[32] = { 0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                               0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                               0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66 };
    unsigned char one[64] = { [31] = 1, [63] = 1 }, zero[64] = { 0 };
    int rc = r_trust_p256(p256, one, "", 0, err);

    if (rc == HZ_E_INVALID)
        rc = r_trust_ed25519(ed25519, zero, "", 0, err);
    return rc == HZ_E_INVALID ? HZ_OK : rc;
}

static int work(const struct work *w, struct answer *a, int out)
{
    struct hz_error err = { 0 }, unheard = { 0 };
    int rc = r_hash_start(&err);

    a->x = *w->x;
    if (rc == HZ_OK)
        rc = warm_up(&err);
    if (rc == HZ_OK)
        rc = jail_enter(&a->x.jail, &err);
    if (io_write(out, "", 1, &unheard) != HZ_OK) /* whatever the answer, it stands behind this byte */
        return child_unheard(unheard.sys_errno);
    if (rc == HZ_OK)
        rc = export_check(w->job, &a->x, &err);
    a->code = rc;
    memcpy(a->text, err.text, sizeof a->text - 1);
    return io_write(out, a, sizeof *a, &unheard) == HZ_OK ? HZ_EXIT_OK : child_unheard(unheard.sys_errno);
}

static int serve(void *argument, int out)
{
    static const struct answer empty;
    const struct work *w = argument;
    struct answer a = empty;

#ifndef HOZEN_SANITIZED /* a sanitizer must be able to say what it found */
    child_close_others(w->job->entries, out);
#endif
    return work(w, &a, out);
}

static int take(const struct answer *a, size_t got, int status, struct exported *x, struct hz_error *err)
{
    const int unheard = child_unheard_errno(status);

    if (unheard != 0)
        return hz_error_sys(err, HZ_E_IO, unheard, _("the sandboxed reader ended before its work was done"));
    if (got != sizeof *a || memchr(a->text, 0, sizeof a->text) == NULL || !exported_is_sane(&a->x))
        return hz_error_set(err, HZ_E_IO, _("the sandboxed reader ended before its work was done"));
    if (a->code != HZ_OK)
        return hz_error_set(err, a->code == HZ_E_NOMEM ? HZ_E_NOMEM : HZ_E_IO, "%s", a->text);
    *x = a->x;
    return HZ_OK;
}

int export_child(const struct export_job *job, struct exported *x, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int read_end = -1;
    struct work w = { job, x };
    struct answer a;
    size_t got = 0;
    char sign;
    pid_t pid;
    int waited, status, rc = child_fork(serve, &w, &pid, &read_end, err);

    if (rc != HZ_OK)
        return rc;
    rc = child_await(read_end, START_SECONDS, err);
    if (rc != HZ_OK) {
        child_kill(pid);
        return hz_error_context(err, "%s", _("the sandboxed reader does not start"));
    }
    rc = io_read(read_end, &sign, 1, &got, err);
    if (rc == HZ_OK)
        rc = io_read(read_end, &a, sizeof a, &got, err);
    if (rc != HZ_OK) {
        child_kill(pid); /* it may wait for somebody to read the rest */
        return rc;
    }
    waited = child_wait(pid, &status, err);
    if (waited == HZ_OK && status > 128)
        return hz_error_set(err, HZ_E_IO, _("the sandboxed reader was killed by signal %d; nothing can be told"),
                            status - 128);
    return waited == HZ_OK ? take(&a, got, status, x, err) : waited;
}

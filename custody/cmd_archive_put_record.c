/* The evidence record beside the bundle of a put: nothing is sealed of which it was not looked at what it is. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/out.h"
#include "custody/cmd_archive_put.h"
#include "custody/timestamp.h"
#include "formats/read/ers.h"

#define CHUNK ((size_t)1 << 20)

struct look {
    struct r_ers_object bundle;
    struct r_ers_order order;
    struct r_timestamp_roots *roots; /* owned */
    struct r_ers said;
};

static void look_free(struct look *l)
{
    r_timestamp_roots_free(l->roots);
}

static void release(char **text)
{
    free(*text);
}

static void digest_free(struct w_digest **d)
{
    w_digest_free(*d);
}

/* The SHA-512 of what is to be copied, of which the SHA-256 is known. */
static int widen(struct r_ers_object *o, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(digest_free) struct w_digest *d = NULL;
    HZ_CLEANUP(release) char *chunk = malloc(CHUNK);
    HZ_CLEANUP(io_close) int fd = -1;
    unsigned char narrow[W_DIGEST_SIZE];
    char wide[W_DIGEST_512_HEX];
    size_t got = 1;
    int rc = chunk != NULL ? w_digest_new_both(&d, err) : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));

    if (rc == HZ_OK)
        rc = w_digest_start(d, err);
    if (rc == HZ_OK)
        rc = io_open_input(path, &fd, err);
    for (uint64_t at = 0; rc == HZ_OK && got > 0; at += got) {
        rc = io_read_at(fd, at, chunk, CHUNK, &got, err);
        if (rc == HZ_OK)
            rc = w_digest_update(d, chunk, got, err);
    }
    if (rc == HZ_OK)
        rc = w_digest_end(d, narrow, err);
    if (rc == HZ_OK)
        rc = w_digest_end_512_hex(d, wide, err);
    if (rc == HZ_OK && memcmp(narrow, o->sha256, sizeof narrow) != 0)
        return hz_error_set(err, HZ_E_CHANGED,
                            _("%s: changed while it was read; keep others away from it and try again"), path);
    return rc == HZ_OK ? text_unhex(o->sha512, sizeof o->sha512, wide, strlen(wide)) : rc;
}

static int begin(struct look *l, const struct put *p, struct hz_error *err)
{
    const char *roots = getenv(TIMESTAMP_ROOTS_VARIABLE);
    int rc = roots != NULL && roots[0] != '\0' ? timestamp_roots(roots, &l->roots, err) : HZ_OK;

    l->order = (struct r_ers_order) { &l->bundle, 1, false, l->roots, stamp_now() };
    return rc == HZ_OK ? text_unhex(l->bundle.sha256, R_SHA256_SIZE, p->seen.file_sha256, W_DIGEST_HEX - 1) : rc;
}

static int judge(struct look *l, const struct put *p, struct hz_error *err)
{
    int rc = r_ers_check(p->record.data, p->record.len, &l->order, &l->said, err);

    if (rc != HZ_OK || l->said.why != R_ERS_WIDE)
        return rc;
    rc = widen(&l->bundle, p->bundle, err);
    l->order.wide = true;
    return rc == HZ_OK ? r_ers_check(p->record.data, p->record.len, &l->order, &l->said, err) : rc;
}

static void leave(struct put *p, const char *path, const char *why)
{
    p->left_out = true;
    buf_reset(&p->record);
    cli_message(p->w.args->command->program, _("%s: does not hold, and is left where it is: %s"), path, why);
}

/* What is sealed, and what is not known of it. */
static void say(const struct look *l, const struct put *p, const char *path)
{
    if (l->roots == NULL)
        cli_note(
            p->w.args,
            _("%s is taken along; whose time stamps are in it was not checked (HOZEN_TIMESTAMP_ROOTS names whom you "
              "trust)"),
            path);
    else if (l->said.status != R_ERS_PROVEN)
        cli_note(p->w.args, _("%s is taken along, and is not proven: %s"), path, _(r_ers_sentence(l->said.why)));
}

int put_find_record(struct put *p, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
    HZ_CLEANUP(look_free) struct look l = { .roots = NULL };
    struct hz_error why = { 0 };
    bool there;
    int rc;

    buf_init(&p->record, R_ERS_MAX);
    buf_printf(&path, "%s%s", p->bundle, ARCHIVE_ATTACH_SUFFIX);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    rc = io_find_regular(AT_FDCWD, (const char *)path.data, (const char *)path.data, &there, err);
    if (rc != HZ_OK || !there)
        return rc;
    rc = io_read_file((const char *)path.data, &p->record, &why);
    if (rc == HZ_E_LIMIT) {
        leave(p, (const char *)path.data, _(r_ers_sentence(R_ERS_LARGE)));
        return HZ_OK;
    }
    if (rc != HZ_OK)
        *err = why;
    if (rc == HZ_OK)
        rc = begin(&l, p, err);
    if (rc == HZ_OK)
        rc = judge(&l, p, err);
    if (rc == HZ_OK && l.said.status == R_ERS_INVALID)
        leave(p, (const char *)path.data, _(r_ers_sentence(l.said.why)));
    else if (rc == HZ_OK)
        say(&l, p, (const char *)path.data);
    return rc;
}

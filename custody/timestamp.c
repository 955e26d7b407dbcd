#include "custody/timestamp.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/http.h"
#include "custody/verifier.h"
#include "formats/read/checkpoint.h"
#include "formats/read/ledger_text.h"
#include "formats/read/sshsig.h"
#include "formats/write/timestamp.h"

#define SIGNATURE_MAX 8192

void timestamp_free(struct timestamp_targets *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->list[i].base);
    memset(t, 0, sizeof *t);
}

static int add(struct timestamp_targets *t, const char *base, const unsigned char digest[R_SHA256_SIZE],
               struct hz_error *err)
{
    struct timestamp_target *target = &t->list[t->count];

    target->base = text_copy(base);
    if (target->base == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    memcpy(target->digest, digest, R_SHA256_SIZE);
    t->count++;
    return HZ_OK;
}

/* A small file: a checkpoint or a signature, by its first bytes */
static int add_file(struct timestamp_targets *t, const char *path, bool checkpoint, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(SIGNATURE_MAX);
    unsigned char digest[R_SHA256_SIZE];
    struct r_checkpoint c;
    struct r_sshsig sig;
    const char *wrong;
    int rc = io_read_file(path, &bytes, err);

    if (rc != HZ_OK)
        return rc;
    rc = checkpoint ? r_checkpoint_parse(&c, bytes.data, bytes.len, err)
                    : r_sshsig_read(bytes.data, bytes.len, &sig, &wrong);
    if (rc == HZ_E_NOMEM)
        return hz_error_set(err, rc, _("out of memory"));
    if (rc != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT,
                            checkpoint ? _("%s: it begins as a checkpoint, but is none")
                                       : _("%s: it begins as a signature, but is none"),
                            path);
    r_hash_sha256(digest, bytes.data, bytes.len);
    return add(t, path, digest, err);
}

/* Those inside a bundle, by what hozen-verify says of them */
static int add_inside(struct timestamp_targets *t, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(verifier_free) struct verifier v = { 0 };
    int rc = verifier_run(&v, path, NULL, err);

    for (size_t i = 0; rc == HZ_OK && i < v.signer_count && t->count < SIDECAR_MAX; i++) {
        HZ_CLEANUP(buf_free) struct buf base = BUF_INIT(32768);
        unsigned char digest[R_SHA256_SIZE];
        char keyid[R_SHA256_HEX];

        if (!v.signers[i].collector || text_unhex(digest, sizeof digest, v.signers[i].signature, 64) != HZ_OK)
            continue;
        r_ledger_text_keyid(keyid, v.signers[i].key);
        buf_printf(&base, "%s.%s.sshsig", path, keyid);
        rc = buf_text(&base) != NULL ? add(t, (const char *)base.data, digest, err) : buf_check(&base, err);
    }
    if (rc == HZ_OK && t->count == 0)
        return hz_error_set(err, HZ_E_FORMAT,
                            _("%s: it is neither a checkpoint nor a signature, nor a bundle with a signature that "
                              "holds; nothing was stamped"),
                            path);
    return rc;
}

static int add_bundle(struct timestamp_targets *t, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(sidecar_free) struct sidecars beside = { 0 };
    int rc = sidecar_find(&beside, path, err);

    for (size_t i = 0; rc == HZ_OK && i < beside.count; i++)
        rc = add_file(t, beside.path[i], false, err);
    return rc == HZ_OK && beside.count == 0 ? add_inside(t, path, err) : rc;
}

int timestamp_find(struct timestamp_targets *out, const char *path, struct hz_error *err)
{
    static const char checkpoint[] = "hozen-ledger/", signature[] = "-----BEGIN SSH SIGNATURE-----";
    HZ_CLEANUP(timestamp_free) struct timestamp_targets found = { 0 };
    HZ_CLEANUP(io_close) int fd = -1;
    char head[sizeof signature];
    size_t got;
    int rc = io_open_input(path, &fd, err);

    if (rc == HZ_OK)
        rc = io_read(fd, head, sizeof head - 1, &got, err);
    if (rc != HZ_OK)
        return rc;
    if (got >= sizeof checkpoint - 1 && memcmp(head, checkpoint, sizeof checkpoint - 1) == 0)
        rc = add_file(&found, path, true, err);
    else if (got == sizeof signature - 1 && memcmp(head, signature, got) == 0)
        rc = add_file(&found, path, false, err);
    else
        rc = add_bundle(&found, path, err);
    if (rc != HZ_OK)
        return rc;
    *out = found;
    memset(&found, 0, sizeof found);
    return HZ_OK;
}

int timestamp_roots(const char *path, struct r_timestamp_roots **out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf pem = BUF_INIT(R_TIMESTAMP_ROOTS_MAX);
    int rc = path != NULL ? io_read_file(path, &pem, err) : HZ_OK;

    *out = NULL;
    if (rc != HZ_OK || path == NULL)
        return rc;
    rc = r_timestamp_roots_read(pem.data, pem.len, out, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

int timestamp_judge(const struct timestamp_target *target, const struct buf *answer, const unsigned char *nonce,
                    const struct r_timestamp_roots *roots, struct r_timestamp *out, struct hz_error *err)
{
    struct r_timestamp t;
    int rc = (target->wide ? r_timestamp_check_wide : r_timestamp_check)(
        answer->len > 0 ? answer->data : (const unsigned char *)"", answer->len, roots, &t, err);

    if (rc != HZ_OK)
        return rc;
    r_timestamp_hold(&t, target->digest, nonce);
    if (t.status == R_TIMESTAMP_INVALID || (roots != NULL && t.status != R_TIMESTAMP_PROVEN))
        return hz_error_set(err, HZ_E_INVALID, _("the time stamp is not kept: %s"), _(r_timestamp_sentence(t.why)));
    *out = t;
    return HZ_OK;
}

static void release(char **text)
{
    free(*text);
}

int timestamp_ask(const struct timestamp_target *target, const char *url, const struct r_timestamp_roots *roots,
                  struct buf *answer, struct r_timestamp *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf query = BUF_INIT(W_TIMESTAMP_QUERY);
    struct http_post post = { url, "application/timestamp-query", "application/timestamp-reply", &query };
    HZ_CLEANUP(release) char *shown = http_shown(url);
    unsigned char digest[R_SHA512_SIZE], nonce[R_TIMESTAMP_NONCE];
    int rc = shown != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));

    if (rc == HZ_OK)
        rc = w_timestamp_query(target->digest, target->wide, &query, err);
    if (rc == HZ_OK && r_timestamp_query(query.data, query.len, target->wide, digest, nonce) != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: is not a query of this program"), shown);
    if (rc == HZ_OK)
        rc = http_post(&post, answer, err);
    if (rc != HZ_OK)
        return rc;
    rc = timestamp_judge(target, answer, nonce, roots, out, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", shown);
}

int timestamp_keep(const struct timestamp_target *target, const struct buf *answer, char **file, struct hz_error *err)
{
    for (unsigned i = 1; i <= R_TIMESTAMP_BESIDE; i++) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
        int rc;

        if (i == 1)
            buf_printf(&path, "%s.tsr", target->base);
        else
            buf_printf(&path, "%s.%u.tsr", target->base, i);
        if (buf_text(&path) == NULL)
            return buf_check(&path, err);
        rc = io_commit_bytes((const char *)path.data, 0644, answer->data, answer->len, err);
        if (rc == HZ_E_EXISTS)
            continue;
        if (rc == HZ_OK && (*file = text_copy((const char *)path.data)) == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        return rc;
    }
    return hz_error_set(err, HZ_E_LIMIT, _("%s: %d time stamps lie beside it already"), target->base,
                        R_TIMESTAMP_BESIDE);
}

int timestamp_clock(const struct r_timestamp *token, struct hz_error *err)
{
    int64_t behind = token->time.seconds - stamp_now().seconds;

    if (token->status == R_TIMESTAMP_PROVEN && behind > R_TIMESTAMP_TOLERANCE)
        return hz_error_set(err, HZ_E_DENIED,
                            _("the clock of this machine is %lld seconds behind the authority's: set it first"),
                            (long long)behind);
    return HZ_OK;
}

#include "custody/verifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/intake_file.h"
#include "custody/interrupt.h"
#include "custody/sidecar.h"
#include "custody/timestamp.h"
#include "formats/read/signers.h"
#include "formats/write/digest.h"

#define ANSWER_MAX ((size_t)64 << 20)
#define CHUNK ((size_t)1 << 20)
#define ROOTS "HOZEN_TIMESTAMP_ROOTS" /* of commands that verify evidence by the way, as HOZEN_SIGNERS is */

static void digest_free(struct w_digest **d)
{
    w_digest_free(*d);
}

static void release(char **text)
{
    free(*text);
}

int verifier_hash(int fd, char out[W_DIGEST_HEX], struct hz_error *err)
{
    HZ_CLEANUP(digest_free) struct w_digest *d = NULL;
    HZ_CLEANUP(release) char *chunk = malloc(CHUNK);
    uint64_t offset = 0;
    size_t got = 1;
    int rc = chunk != NULL ? w_digest_new(&d, err) : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));

    if (rc == HZ_OK)
        rc = w_digest_start(d, err);
    while (rc == HZ_OK && got > 0) {
        rc = io_read_at(fd, offset, chunk, CHUNK, &got, err);
        if (rc == HZ_OK)
            rc = interrupt_asked() ? hz_error_set(err, HZ_E_TIMEOUT, _("interrupted"))
                                   : w_digest_update(d, chunk, got, err);
        offset += got;
    }
    return rc == HZ_OK ? w_digest_end_hex(d, out, err) : rc;
}

/* The words of the command: the bundle by its descriptor, then --signature and --timestamp for each file beside it. */
struct command {
    char *path; /* owned */
    char bundle[32];
    const char *argv[16 + 4 * SIDECAR_MAX];
};

static void command_free(struct command *c)
{
    free(c->path);
}

/* What lies beside the bundle. */
struct beside {
    struct sidecars signatures, tokens;
};

static void beside_free(struct beside *b)
{
    sidecar_free(&b->signatures);
    sidecar_free(&b->tokens);
}

static size_t add_files(const char **argv, const char *option, const struct sidecars *files)
{
    for (size_t i = 0; i < files->count; i++) {
        argv[2 * i] = option;
        argv[2 * i + 1] = files->path[i];
    }
    return 2 * files->count;
}

static int make_command(struct command *c, int fd, const char *signers, const struct beside *beside,
                        struct hz_error *err)
{
    int rc = child_sibling("hozen-verify", &c->path, err);
    size_t n = 0;

    if (rc != HZ_OK)
        return rc;
    snprintf(c->bundle, sizeof c->bundle, "/proc/self/fd/%d", fd);
    c->argv[n++] = "hozen-verify";
    c->argv[n++] = "verify";
    c->argv[n++] = "--json";
    if (signers != NULL) {
        c->argv[n++] = "--signers";
        c->argv[n++] = signers;
    }
    if (getenv(ROOTS) != NULL && getenv(ROOTS)[0] != '\0') {
        c->argv[n++] = "--timestamp-roots";
        c->argv[n++] = getenv(ROOTS);
    }
    n += add_files(c->argv + n, "--signature", &beside->signatures);
    n += add_files(c->argv + n, "--timestamp", &beside->tokens);
    c->argv[n++] = "--";
    c->argv[n++] = c->bundle;
    c->argv[n] = NULL;
    return HZ_OK;
}

static int put(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    struct buf *answer = context;

    if (error)
        return io_write(STDERR_FILENO, bytes, len, err);
    buf_put(answer, bytes, len);
    return buf_check(answer, err);
}

static bool stopped(void *context)
{
    (void)context;
    return interrupt_asked();
}

static int run(int fd, const char *signers, const struct beside *beside, struct buf *answer, struct hz_error *err)
{
    static const char *const environment[] = { "LC_ALL=C", NULL };
    HZ_CLEANUP(command_free) struct command c = { 0 };
    struct child_spec spec = { .argv = c.argv, .envp = environment, .keep = &fd, .keep_count = 1 };
    const struct child_reader reader = { .context = answer, .put = put, .stopped = stopped };
    int status = 0, rc = make_command(&c, fd, signers, beside, err);

    spec.path = c.path;
    if (rc == HZ_OK)
        rc = child_stream(&spec, &reader, &status, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "hozen-verify");
    if (answer->len == 0 || (status != HZ_EXIT_OK && status != HZ_EXIT_FINDINGS && status != HZ_EXIT_FAILED))
        return hz_error_set(err, HZ_E_IO, _("hozen-verify ended with exit code %d and without an answer"), status);
    return HZ_OK;
}

/* So that a list that cannot be used is told in the user's language, once. */
static int check_list(const char *signers, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_SIGNERS_FILE_MAX);
    HZ_CLEANUP(r_signers_free) struct r_signers list = { 0 };
    int rc = io_read_file(signers, &text, err);

    if (rc != HZ_OK)
        return rc;
    rc = r_signers_read((const char *)text.data, text.len, &list, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", signers);
}

static int check_roots(const char *path, struct hz_error *err)
{
    struct r_timestamp_roots *roots = NULL;
    int rc = path != NULL && path[0] != '\0' ? timestamp_roots(path, &roots, err) : HZ_OK;

    r_timestamp_roots_free(roots);
    return rc;
}

int verifier_run(struct verifier *out, const char *path, const char *signers, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf answer = BUF_INIT(ANSWER_MAX);
    HZ_CLEANUP(beside_free) struct beside beside = { 0 };
    HZ_CLEANUP(verifier_free) struct verifier v = { 0 };
    HZ_CLEANUP(io_close) int fd = -1;
    char digest[W_DIGEST_HEX];
    int rc = io_open_input(path, &fd, err);

    if (rc == HZ_OK && signers != NULL)
        rc = check_list(signers, err);
    if (rc == HZ_OK)
        rc = check_roots(getenv(ROOTS), err);
    if (rc != HZ_OK)
        return rc; /* names its file already */
    rc = sidecar_find(&beside.signatures, path, err);
    if (rc == HZ_OK)
        rc = sidecar_tokens(&beside.tokens, path, err);
    if (rc == HZ_OK)
        rc = run(fd, signers, &beside, &answer, err);
    if (rc == HZ_OK)
        rc = verifier_read(&v, answer.data, answer.len, err);
    if (rc == HZ_OK)
        rc = verifier_hash(fd, digest, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", path);
    if (v.file_sha256[0] != '\0' && strcmp(v.file_sha256, digest) != 0)
        return hz_error_set(err, HZ_E_CHANGED,
                            _("%s: changed while it was read; keep others away from it and try again"), path);
    memcpy(v.file_sha256, digest, sizeof v.file_sha256);
    *out = v;
    memset(&v, 0, sizeof v);
    return HZ_OK;
}

static int say(struct verifier *v, const char *recorded, struct hz_error *err)
{
    bool same = strcmp(v->file_sha256, recorded) == 0;

    v->verdict = text_copy(same ? "undetermined" : "failed");
    v->integrity = text_copy(same ? "intact" : "altered");
    v->authenticity = text_copy("absent");
    if (v->verdict == NULL || v->integrity == NULL || v->authenticity == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    return HZ_OK;
}

int verifier_by_digest(struct verifier *out, const char *path, const char *recorded, struct hz_error *err)
{
    HZ_CLEANUP(intake_file_close) struct intake_file file = INTAKE_FILE_INIT;
    HZ_CLEANUP(verifier_free) struct verifier v = { 0 };
    const struct intake_progress quiet = { 0 };
    int rc = intake_file_open(&file, path, err);

    if (rc != HZ_OK)
        return rc; /* names its file already */
    rc = intake_file_hash(&file, false, &quiet, err);
    memcpy(v.file_sha256, file.sha256, sizeof v.file_sha256);
    if (rc == HZ_OK)
        rc = say(&v, recorded, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", path);
    *out = v;
    memset(&v, 0, sizeof v);
    return HZ_OK;
}

int verifier_of_digest(struct verifier *out, const char sha256[R_SHA256_HEX], const char *recorded,
                       struct hz_error *err)
{
    HZ_CLEANUP(verifier_free) struct verifier v = { 0 };
    int rc;

    memcpy(v.file_sha256, sha256, sizeof v.file_sha256);
    rc = say(&v, recorded, err);
    if (rc != HZ_OK)
        return rc;
    *out = v;
    memset(&v, 0, sizeof v);
    return HZ_OK;
}

/* Codes ascend; a list that is full gives up its last one. */
static int add_finding(struct verifier *v, const char *code, struct hz_error *err)
{
    char *copy = text_copy(code);
    size_t at = 0;

    if (copy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    while (at < v->finding_count && strcmp(v->findings[at], code) < 0)
        at++;
    if (v->finding_count == R_STATEMENT_LIST)
        free(v->findings[--v->finding_count]);
    at = at < v->finding_count ? at : v->finding_count; /* one gave way */
    memmove(&v->findings[at + 1], &v->findings[at], (v->finding_count - at) * sizeof v->findings[0]);
    v->findings[at] = copy;
    v->finding_count++;
    return HZ_OK;
}

int verifier_hold(struct verifier *v, const char *recorded, struct hz_error *err)
{
    char *verdict, *integrity;

    if (strcmp(v->file_sha256, recorded) == 0)
        return HZ_OK;
    verdict = text_copy("failed");
    integrity = text_copy("altered");
    if (verdict == NULL || integrity == NULL) {
        free(verdict);
        free(integrity);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    free(v->verdict);
    free(v->integrity);
    v->verdict = verdict;
    v->integrity = integrity;
    return add_finding(v, VERIFIER_MISMATCH, err);
}

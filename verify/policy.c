#include "verify/policy.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"

static int load_signers(struct policy *p, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_SIGNERS_FILE_MAX);
    int code = io_read_file(path, &text, err);

    if (code)
        return code;
    code = r_signers_read(text.len ? (const char *)text.data : "", text.len, &p->signers, err);
    if (code)
        return hz_error_context(err, "%s", path);
    p->use.signers = &p->signers;
    return HZ_OK;
}

static int load_revoked(struct policy *p, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(R_SIGNERS_FILE_MAX);
    int code = io_read_file(path, &text, err);

    if (code)
        return code;
    code = r_signers_revoked(text.len ? (const char *)text.data : "", text.len, &p->revoked, err);
    if (code)
        return hz_error_context(err, "%s", path);
    p->use.revoked = &p->revoked;
    return HZ_OK;
}

static int add_sidecar(struct policy *p, const char *path, const char *name, const char *keyid, struct hz_error *err)
{
    struct verdict_sidecar *s = &p->sidecars[p->use.sidecar_count];

    if (p->use.sidecar_count == VERDICT_SIDECARS)
        return hz_error_set(err, HZ_E_LIMIT, _("more than %d signatures beside the bundle"), VERDICT_SIDECARS);
    buf_init(&s->text, R_BUNDLE_SIGNATURE_MAX);
    s->name = text_copy(name);
    snprintf(s->keyid, sizeof s->keyid, "%.64s", keyid);
    p->use.sidecar_count++;
    return s->name ? io_read_file(path, &s->text, err) : hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
}

static int load_roots(struct policy *p, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf pem = BUF_INIT(R_TIMESTAMP_ROOTS_MAX);
    int code = io_read_file(path, &pem, err);

    if (!code) {
        code = r_timestamp_roots_read(pem.data, pem.len, &p->timestamp_roots, err);
        if (code)
            return hz_error_context(err, "%s", path);
    }
    p->use.timestamps.roots = p->timestamp_roots;
    return code;
}

/* What is too large to be a token is kept as empty, so that a notice names it. */
static int add_timestamp(struct policy *p, const char *path, const char *name, struct hz_error *err)
{
    struct timestamps_file *t = &p->timestamps[p->use.timestamps.count];
    int code;

    if (p->use.timestamps.count == TIMESTAMPS_FILES)
        return hz_error_set(err, HZ_E_LIMIT, _("more than %d time stamps beside the bundle"), TIMESTAMPS_FILES);
    buf_init(&t->bytes, R_TIMESTAMP_MAX);
    t->name = text_copy(name);
    p->use.timestamps.count++;
    if (!t->name)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    code = io_read_file(path, &t->bytes, err);
    if (code != HZ_E_LIMIT)
        return code;
    buf_reset(&t->bytes);
    return HZ_OK;
}

/* What is too large to be a record is kept as empty, so that a notice names it. */
static int set_evidence(struct policy *p, const char *path, const char *name, struct hz_error *err)
{
    struct evidence_file *e = &p->use.evidence;
    int code;

    buf_init(&e->bytes, R_ERS_MAX);
    e->name = text_copy(name);
    if (!e->name)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    code = io_read_file(path, &e->bytes, err);
    if (code != HZ_E_LIMIT)
        return code;
    buf_reset(&e->bytes);
    return HZ_OK;
}

/* <base>.<64 lower-case hex>.sshsig: where the digits begin, NULL when it is none */
static const char *keyid_in(const char *name, const char *base)
{
    unsigned char id[R_SHA256_SIZE];
    size_t n = strlen(base);

    if (strlen(name) != n + 1 + 64 + 7 || strncmp(name, base, n) != 0 || name[n] != '.' ||
        strcmp(name + n + 65, ".sshsig") != 0 || text_unhex(id, sizeof id, name + n + 1, 64))
        return NULL;
    return name + n + 1;
}

/* <base>.<64 lower-case hex>.sshsig.tsr, or with a number */
static bool is_timestamp(const char *name, const char *base)
{
    unsigned char id[R_SHA256_SIZE];
    size_t n = strlen(base), signature = n + 1 + 64 + 7;

    return strlen(name) > signature && strncmp(name, base, n) == 0 && name[n] == '.' &&
           strncmp(name + n + 65, ".sshsig", 7) == 0 && !text_unhex(id, sizeof id, name + n + 1, 64) &&
           r_timestamp_is_beside(name, name, signature);
}

/* <base>.er */
static bool is_evidence(const char *name, const char *base)
{
    size_t n = strlen(base);

    return strncmp(name, base, n) == 0 && strcmp(name + n, ".er") == 0;
}

static int compare_files(const void *a, const void *b)
{
    const struct timestamps_file *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static int compare_names(const void *a, const void *b)
{
    const struct verdict_sidecar *x = a, *y = b;

    return strcmp(x->name, y->name);
}

enum kind { OTHER, SIGNATURE, TIMESTAMP, EVIDENCE };

static enum kind kind_of(const char *name, const char *base)
{
    if (keyid_in(name, base))
        return SIGNATURE;
    if (is_timestamp(name, base))
        return TIMESTAMP;
    return is_evidence(name, base) ? EVIDENCE : OTHER;
}

static int take(struct policy *p, int folder, const char *path, const char *base, struct hz_error *err)
{
    const char *name = strrchr(path, '/') + 1;
    enum kind kind = kind_of(name, base);
    size_t before = p->use.sidecar_count;
    bool there;
    int code = io_find_regular(folder, name, path, &there, err);

    if (code || !there)
        return code;
    if (kind == EVIDENCE)
        return set_evidence(p, path, name, err);
    if (kind == TIMESTAMP)
        return add_timestamp(p, path, name, err);
    code = add_sidecar(p, path, name, keyid_in(name, base), err);
    if (code != HZ_E_LIMIT || p->use.sidecar_count == before)
        return code;
    buf_reset(&p->sidecars[before].text); /* too large to be one: a notice will say so */
    return HZ_OK;
}

static int scan(struct policy *p, DIR *listing, const char *folder, const char *base, struct hz_error *err)
{
    const int before = errno; /* of a library that began without memory, and says so later in no other way */
    struct dirent *entry;
    int code = HZ_OK;

    for (errno = 0; !code && (entry = readdir(listing)) != NULL; errno = 0) {
        char *path = NULL;

        if (kind_of(entry->d_name, base) == OTHER)
            continue;
        if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        code = take(p, dirfd(listing), path, base, err);
        free(path);
    }
    if (!code && errno != 0)
        code = hz_error_sys(err, hz_error_class(errno), errno, "%s", folder);
    errno = before;
    if (!code) /* the order of a directory listing is nobody's */
        qsort(p->sidecars, p->use.sidecar_count, sizeof p->sidecars[0], compare_names);
    if (!code)
        qsort(p->timestamps, p->use.timestamps.count, sizeof p->timestamps[0], compare_files);
    return code;
}

static int find_beside(struct policy *p, const char *bundle, struct hz_error *err)
{
    const char *slash = strrchr(bundle, '/'), *base = slash ? slash + 1 : bundle;
    char *folder = slash ? strndup(bundle, slash == bundle ? 1 : (size_t)(slash - bundle)) : text_copy(".");
    DIR *listing;
    int fd, code;

    if (!folder)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    code = io_open_directory(folder, &fd, err);
    if (code == HZ_E_DENIED) { /* a folder that may be passed but not listed */
        free(folder);
        return HZ_OK;
    }
    listing = code ? NULL : fdopendir(fd);
    if (listing) {
        code = scan(p, listing, folder, base, err);
        closedir(listing);
    } else if (!code) {
        int failed = errno;

        io_close(&fd);
        code = hz_error_sys(err, hz_error_class(failed), failed, "%s", folder);
    }
    free(folder);
    return code;
}

int policy_load(struct policy *p, const struct policy_order *o, struct hz_error *err)
{
    size_t i;
    int code = r_hash_start(err);

    memset(p, 0, sizeof *p);
    p->use.now = stamp_now();
    p->use.required = o->required;
    p->use.sidecars = p->sidecars;
    p->use.timestamps.files = p->timestamps;
    p->use.evidence.bundle = -1;
    if (!code && o->signers)
        code = load_signers(p, o->signers, err);
    if (!code && o->revoked)
        code = load_revoked(p, o->revoked, err);
    if (!code && o->timestamp_roots)
        code = load_roots(p, o->timestamp_roots, err);
    if (!code && o->bundle && strcmp(o->bundle, "-") != 0)
        code = find_beside(p, o->bundle, err);
    for (i = 0; i < o->signature_count && !code; i++)
        code = add_sidecar(p, o->signatures[i], o->signatures[i], "", err);
    for (i = 0; i < o->timestamp_count && !code; i++)
        code = add_timestamp(p, o->timestamps[i], o->timestamps[i], err);
    return code;
}

void policy_free(struct policy *p)
{
    size_t i;

    r_signers_free(&p->signers);
    r_signers_revoked_free(&p->revoked);
    for (i = 0; i < p->use.sidecar_count; i++) {
        free(p->sidecars[i].name);
        buf_free(&p->sidecars[i].text);
    }
    for (i = 0; i < p->use.timestamps.count; i++) {
        free(p->timestamps[i].name);
        buf_free(&p->timestamps[i].bytes);
    }
    free(p->use.evidence.name);
    buf_free(&p->use.evidence.bytes);
    r_timestamp_roots_free(p->timestamp_roots);
    memset(p, 0, sizeof *p);
}

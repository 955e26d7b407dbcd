#include "custody/sidecar.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/read/timestamp.h"
#include "formats/write/sshsig.h"

#define NAMESPACE "hozen-countersign-v1"
#define SUFFIX ".sshsig"

void sidecar_free(struct sidecars *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->path[i]);
    memset(s, 0, sizeof *s);
}

/* "<base>.<64 hex>.sshsig" */
static bool is_sidecar(const char *name, const char *base)
{
    size_t len = strlen(base);
    unsigned char id[32];

    return strncmp(name, base, len) == 0 && name[len] == '.' && strlen(name + len) == 1 + 64 + strlen(SUFFIX) &&
           text_unhex(id, sizeof id, name + len + 1, 64) == HZ_OK && strcmp(name + len + 65, SUFFIX) == 0;
}

/* "<base>.<64 hex>.sshsig.tsr", or with a number */
static bool is_token(const char *name, const char *base)
{
    size_t signature = strlen(base) + 1 + 64 + strlen(SUFFIX);
    unsigned char id[32];

    return strlen(name) > signature && strncmp(name, base, strlen(base)) == 0 && name[strlen(base)] == '.' &&
           strncmp(name + strlen(base) + 65, SUFFIX, strlen(SUFFIX)) == 0 &&
           text_unhex(id, sizeof id, name + strlen(base) + 1, 64) == HZ_OK &&
           r_timestamp_is_beside(name, name, signature);
}

/* "<folder>/<name>"; the folder's length counts its slash, 0 for none. */
static int add(struct sidecars *s, const char *path, size_t folder, const char *name, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf full = BUF_INIT(32768);
    size_t at = s->count;
    char *copy;

    if (s->count == SIDECAR_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("more than %d files of one kind lie beside it"), SIDECAR_MAX);
    buf_put(&full, path, folder);
    buf_puts(&full, name);
    copy = text_copy(buf_text(&full));
    if (copy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    for (; at > 0 && strcmp(s->path[at - 1], copy) > 0; at--)
        s->path[at] = s->path[at - 1];
    s->path[at] = copy;
    s->count++;
    return HZ_OK;
}

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        closedir(*listing);
}

static int open_listing(const char *path, size_t folder, DIR **listing, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(32768);
    int fd, rc;

    buf_put(&name, folder > 0 ? path : ".", folder > 0 ? folder : 1);
    if (buf_text(&name) == NULL)
        return buf_check(&name, err);
    rc = io_open_directory((const char *)name.data, &fd, err);
    if (rc != HZ_OK)
        return rc;
    *listing = fdopendir(fd);
    if (*listing != NULL)
        return HZ_OK;
    rc = hz_error_sys(err, HZ_E_IO, errno, "%s", (const char *)name.data);
    io_close(&fd);
    return rc;
}

static int find(struct sidecars *out, const char *path, bool (*is)(const char *name, const char *base),
                struct hz_error *err)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    HZ_CLEANUP(sidecar_free) struct sidecars found = { 0 };
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    struct dirent *entry;
    int rc = open_listing(path, (size_t)(base - path), &listing, err);

    while (rc == HZ_OK) {
        errno = 0;
        entry = readdir(listing);
        if (entry == NULL)
            break;
        if (is(entry->d_name, base))
            rc = add(&found, path, (size_t)(base - path), entry->d_name, err);
    }
    if (rc == HZ_OK && errno != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", path);
    if (rc != HZ_OK)
        return rc;
    *out = found;
    memset(&found, 0, sizeof found);
    return HZ_OK;
}

int sidecar_find(struct sidecars *out, const char *path, struct hz_error *err)
{
    return find(out, path, is_sidecar, err);
}

int sidecar_tokens(struct sidecars *out, const char *path, struct hz_error *err)
{
    return find(out, path, is_token, err);
}

static int check(const struct verifier *v, const char *fingerprint, unsigned char hash[W_SSHSIG_HASH],
                 struct hz_error *err)
{
    if (strcmp(v->integrity, "undetermined") == 0)
        return hz_error_set(err, HZ_E_UNSUPPORTED,
                            _("it could not be checked; nothing was signed; hozen verify says why"));
    if (strcmp(v->integrity, "intact") != 0)
        return hz_error_set(err, HZ_E_INVALID, _("it is not intact; nothing was signed"));
    if (strcmp(v->authenticity, "invalid") == 0)
        return hz_error_set(err, HZ_E_INVALID, _("a signature of it is invalid; nothing was signed"));
    if (!verifier_signed_by(v, fingerprint))
        return hz_error_set(err, HZ_E_INVALID, _("no signature inside it is by the key %s; nothing was signed"),
                            fingerprint);
    if (v->tagmanifest_sha512 == NULL ||
        text_unhex(hash, W_SSHSIG_HASH, v->tagmanifest_sha512, strlen(v->tagmanifest_sha512)) != HZ_OK)
        return hz_error_set(err, HZ_E_FORMAT, _("hozen-verify gave no answer that this version understands"));
    return HZ_OK;
}

int sidecar_countersign(const char *bundle, const struct verifier *v, const char *fingerprint,
                        const struct actor *actor, char **file, bool *there, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
    HZ_CLEANUP(buf_free) struct buf armour = BUF_INIT(8192);
    unsigned char hash[W_SSHSIG_HASH];
    char *copy;
    int rc = check(v, fingerprint, hash, err);

    if (rc == HZ_OK)
        rc = w_sshsig_make_hash(actor->key, NAMESPACE, hash, &armour, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", bundle);
    buf_printf(&path, "%s.%s%s", bundle, w_key_id(actor->key), SUFFIX);
    copy = text_copy(buf_text(&path));
    if (copy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = io_commit_bytes(copy, 0644, armour.data, armour.len, err);
    if (rc != HZ_OK && rc != HZ_E_EXISTS) {
        free(copy);
        return rc;
    }
    *there = rc == HZ_E_EXISTS;
    *file = copy;
    return HZ_OK;
}

/* Targets that are buckets with Object Lock: what is put there is kept by the store itself. A copy's small files are
 * made in a folder of this machine first; the bundle goes from where it lies. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_scan.h"
#include "base/io_seal.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/archive.h"
#include "custody/archive_local.h"
#include "custody/archive_store_mark.h"
#include "custody/s3.h"
#include "custody/verifier.h"

_Static_assert(ARCHIVE_VERSION == S3_NAME, "a version of an object has one room");

static int open_target(struct archive_target *t, bool make, struct hz_error *err)
{
    int rc;

    t->store = calloc(1, sizeof *t->store);
    if (t->store == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    rc = s3_open(t->store, t->url, err);
    if (rc == HZ_OK)
        rc = s3_bucket(t->store, err);
    return rc == HZ_OK ? archive_store_mark(t, make, err) : rc;
}

static void drop(struct archive_stage *s)
{
    io_tree_abort(&s->tree);
    free(s->path);
    *s = (struct archive_stage)ARCHIVE_STAGE_INIT;
}

static int cannot_mend(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_UNSUPPORTED, "%s",
                        _("a copy in an object store is not mended: put another one (hozen archive put)"));
}

static int begin(struct archive_target *t, const char *name, bool replace, struct archive_stage *out,
                 struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    struct archive_stage s = ARCHIVE_STAGE_INIT;
    int rc;

    (void)t;
    if (replace)
        return cannot_mend(err);
    rc = archive_local_stage(name, &s.tree, &path, err);
    if (rc == HZ_OK)
        rc = io_seal_lock(s.tree.fd, err);
    buf_puts(&path, ".partial");
    s.path = text_copy(buf_text(&path));
    s.elsewhere = true;
    if (rc == HZ_OK && s.path == NULL)
        rc = hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (rc == HZ_OK) {
        io_tree_clear(s.tree.fd, NULL);
        *out = s;
        return HZ_OK;
    }
    io_close(&s.tree.fd); /* somebody else's, perhaps: it stays */
    drop(&s);
    return rc;
}

static int key_of(const char *name, const char *file, struct buf *out, struct hz_error *err)
{
    buf_printf(out, "%s/%s", name, file);
    buf_text(out);
    return buf_check(out, err);
}

static int carry(struct archive_target *t, struct archive_stage *s, int fd, const char *file, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(2048);
    int rc = key_of(s->tree.name + strlen("hozen-"), file, &key, err);

    return rc == HZ_OK ? s3_put_file(t->store, (const char *)key.data, fd, s->version, err) : rc;
}

static int mend(struct archive_target *t, struct archive_stage *s, const char *name, const char *file,
                struct hz_error *err)
{
    (void)t;
    (void)s;
    (void)name;
    (void)file;
    return cannot_mend(err);
}

/* Asked for, set, and read back: what the store answers to the setting alone proves nothing. */
static int lock(struct s3 *store, const char *key, const char *version, const struct archive_seal *seal,
                struct hz_error *err)
{
    struct s3_lock asked = { .hold = seal->legal_hold }, found;
    struct stamp until;
    int rc;

    if (!asked.hold) {
        char text[STAMP_SIZE];
        memcpy(asked.mode, "COMPLIANCE", sizeof "COMPLIANCE");
        stamp_format(text, (struct stamp) { seal->retain_until.seconds, 0 });
        snprintf(asked.until, sizeof asked.until, "%.*sZ", (int)strcspn(text, "."), text);
    }
    rc = s3_lock_set(store, key, version, &asked, err);
    if (rc == HZ_OK)
        rc = s3_lock_of(store, key, version, &found, err);
    if (rc != HZ_OK)
        return rc;
    if (asked.hold ? found.hold
                   : strcmp(found.mode, "COMPLIANCE") == 0 && stamp_parse_lenient(&until, found.until) == HZ_OK &&
                         stamp_compare(until, (struct stamp) { seal->retain_until.seconds, 0 }) >= 0)
        return HZ_OK;
    return hz_error_set(err, HZ_E_INVALID, _("%s: the store does not keep it as it was asked to"), key);
}

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        closedir(*listing);
}

/* The version that the store named is what was sent, and it keeps that. */
static int keep(struct archive_target *t, const char *key, const char *version, const char *sha256,
                const struct archive_seal *seal, struct hz_error *err)
{
    char digest[W_DIGEST_HEX];
    const char *read_back;
    int rc;

    if (version[0] == '\0')
        return hz_error_set(err, HZ_E_INVALID, _("%s: the store names no version of what it took"), t->url);
    rc = archive_digest(t, key, version, NULL, digest, &read_back, err);
    if (rc == HZ_OK && strcmp(digest, sha256) != 0)
        return archive_not_back(key, err);
    return rc == HZ_OK ? lock(t->store, key, version, seal, err) : rc;
}

/* What must lie beside the bundle has the digest that is recorded of it, too. */
static int note_beside(const struct archive_seal *seal, const char *name, const char *sha256, const char *version,
                       struct hz_error *err)
{
    for (size_t i = 0; i < seal->beside_count; i++) {
        struct archive_sidecar *b = &seal->beside[i];
        if (strcmp(b->file, name) != 0)
            continue;
        if (strcmp(b->sha256, sha256) != 0)
            return hz_error_set(err, HZ_E_CHANGED, _("%s: it changed while it was copied; run it again"), name);
        snprintf(b->version, sizeof b->version, "%s", version);
    }
    return HZ_OK;
}

/* inside: how much of key is before the path in the copy. */
static int send_all(struct archive_target *t, int folder, const char *key, size_t inside,
                    const struct archive_seal *seal, struct hz_error *err);

static int send_one(struct archive_target *t, int folder, const char *name, const char *key, size_t inside,
                    const struct archive_seal *seal, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf below = BUF_INIT(2048);
    HZ_CLEANUP(io_close) int fd = -1;
    char version[S3_NAME], sha256[W_DIGEST_HEX];
    int rc = key_of(key, name, &below, err);

    if (rc != HZ_OK)
        return rc;
    if (!io_is_regular(folder, name)) {
        rc = io_enter_directory(folder, name, 0700, &fd, err);
        return rc == HZ_OK ? send_all(t, fd, (const char *)below.data, inside, seal, err) : rc;
    }
    rc = io_evidence_open(folder, name, &fd, err);
    if (rc == HZ_OK)
        rc = verifier_hash(fd, sha256, err);
    if (rc == HZ_OK)
        rc = s3_put_file(t->store, (const char *)below.data, fd, version, err);
    if (rc == HZ_OK)
        rc = keep(t, (const char *)below.data, version, sha256, seal, err);
    return rc == HZ_OK ? note_beside(seal, (const char *)below.data + inside, sha256, version, err) : rc;
}

/* The files of a folder of this machine, each as an object. */
static int send_all(struct archive_target *t, int folder, const char *key, size_t inside,
                    const struct archive_seal *seal, struct hz_error *err)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    struct dirent *entry;
    int fd = -1, noatime, rc = io_scan_open(folder, "", true, &fd, &noatime, err);

    if (rc != HZ_OK)
        return rc;
    listing = fdopendir(fd);
    if (listing == NULL) {
        io_close(&fd);
        return hz_error_sys(err, HZ_E_IO, errno, "%s", key);
    }
    for (errno = 0; rc == HZ_OK && (entry = readdir(listing)) != NULL; errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = send_one(t, folder, entry->d_name, key, inside, seal, err);
    return rc == HZ_OK && errno != 0 ? hz_error_sys(err, HZ_E_IO, errno, "%s", key) : rc;
}

/* The mark is kept at least as long as what needs it. */
static int keep_mark(struct archive_target *t, const struct archive_seal *seal, struct hz_error *err)
{
    struct s3_lock kept;
    struct stamp until;
    int rc = s3_lock_of(t->store, ARCHIVE_MARK, t->mark, &kept, err);

    if (rc != HZ_OK)
        return rc;
    if (seal->legal_hold ? kept.hold
                         : strcmp(kept.mode, "COMPLIANCE") == 0 && stamp_parse_lenient(&until, kept.until) == HZ_OK &&
                               stamp_compare(until, (struct stamp) { seal->retain_until.seconds, 0 }) >= 0)
        return HZ_OK;
    return lock(t->store, ARCHIVE_MARK, t->mark, seal, err);
}

static int commit(struct archive_target *t, struct archive_stage *s, const char *file, const char *sha256,
                  struct archive_seal *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf key = BUF_INIT(2048);
    const char *name = s->tree.name + strlen("hozen-");
    int rc = key_of(name, file, &key, err);

    if (rc == HZ_OK)
        rc = keep(t, (const char *)key.data, s->version, sha256, out, err);
    if (rc == HZ_OK)
        rc = send_all(t, s->tree.fd, name, strlen(name) + 1, out, err);
    for (size_t i = 0; rc == HZ_OK && i < out->beside_count; i++)
        if (out->beside[i].version[0] == '\0')
            rc = hz_error_set(err, HZ_E_NOTFOUND, _("%s: it went away while it was copied; run it again"),
                              out->beside[i].file);
    if (rc == HZ_OK)
        rc = keep_mark(t, out, err);
    if (rc != HZ_OK)
        return rc;
    out->read_back = "store";
    memcpy(out->version, s->version, sizeof out->version);
    drop(s);
    return HZ_OK;
}

/* What a store keeps is kept by it alone. */
static int seal_again(struct archive_target *t, const char *name, const char *file, const char *sha256,
                      struct archive_seal *out, struct hz_error *err)
{
    (void)t;
    (void)name;
    (void)file;
    (void)sha256;
    (void)out;
    return cannot_mend(err);
}

static int look(struct archive_target *t, const char *path, const char *version, struct archive_found *out,
                struct hz_error *err)
{
    struct s3_found found;
    struct s3_lock kept;
    struct stamp until = { 0 };
    int rc = s3_look(t->store, path, version, &found, err);

    if (rc == HZ_OK && found.marker)
        return hz_error_set(err, HZ_E_NOTFOUND, "%s/%s", t->url, path);
    if (rc == HZ_OK)
        rc = s3_lock_of(t->store, path, version, &kept, err);
    if (rc != HZ_OK)
        return rc;
    if (kept.until[0] != '\0' && stamp_parse_lenient(&until, kept.until) != HZ_OK)
        until = (struct stamp) { 0 };
    if (strcmp(kept.mode, "COMPLIANCE") != 0)
        until = (struct stamp) { 0 };
    *out = (struct archive_found) { .size = found.size, .hold = kept.hold, .until = until };
    return HZ_OK;
}

static int read_object(struct archive_target *t, const char *path, const char *version, const struct archive_sink *sink,
                       const char **read_back, struct hz_error *err)
{
    *read_back = "store";
    return s3_read(t->store, path, version, &(struct s3_sink) { sink->put, sink->context }, err);
}

struct listing {
    int (*each)(void *context, const char *name, struct hz_error *err);
    void *context;
    char last[S3_KEY]; /* keys come in order: each folder once */
};

static int each_key(void *context, const char *key, struct hz_error *err)
{
    struct listing *l = context;
    size_t len = strcspn(key, "/");

    if (strcmp(key, ARCHIVE_MARK) == 0 || len >= sizeof l->last ||
        (strncmp(l->last, key, len) == 0 && l->last[len] == '\0'))
        return HZ_OK;
    memcpy(l->last, key, len);
    l->last[len] = '\0';
    return l->each(l->context, l->last, err);
}

static int list(struct archive_target *t, int (*each)(void *context, const char *name, struct hz_error *err),
                void *context, struct hz_error *err)
{
    return s3_list(t->store, "", each_key, &(struct listing) { .each = each, .context = context }, err);
}

const struct archive_kind archive_store = { open_target, begin, carry, mend,        commit, seal_again,
                                            drop,        drop,  look,  read_object, list };

#include "custody/archive_attach.h"

#include <string.h>

#include "base/io_open.h"
#include "base/io_scan.h"
#include "base/io_seal.h"
#include "base/lang.h"
#include "custody/archive_fill.h"
#include "custody/archive_version.h"
#include "custody/s3.h"
#include "formats/write/ers.h"

static int path_of(const struct archive_copy *c, struct buf *out, struct hz_error *err)
{
    buf_printf(out, "%s%s", c->file, ARCHIVE_ATTACH_SUFFIX);
    buf_text(out);
    return buf_check(out, err);
}

static int keep(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct buf *out = context;

    buf_put(out, bytes, len);
    return buf_check(out, err);
}

static int read_version(struct archive_target *t, const char *path, const char *version, struct buf *out,
                        struct hz_error *err)
{
    const char *read_back;

    return t->kind->read(t, path, version, &(struct archive_sink) { keep, out }, &read_back, err);
}

/* Of the latest renewal, or one that was taken along; NULL: the ledger names none. */
static const struct archive_beside *named(const struct archive_copy *c, const char *path)
{
    for (size_t i = 0; i < c->beside_count; i++)
        if (c->beside[i].record)
            return &c->beside[i];
    for (size_t i = 0; i < c->rest_count; i++)
        if (strcmp(c->rest[i].file, archive_fill_name(path)) == 0)
            return &c->rest[i];
    return NULL;
}

/* Which version in a store is the one that the ledger names; empty: the newest. */
static int choose(struct archive_target *t, const struct archive_copy *c, const char *path,
                  char version[ARCHIVE_VERSION], struct hz_error *err)
{
    const struct archive_beside *b = named(c, path);
    struct s3_found found;
    int rc;

    if (b == NULL)
        return HZ_OK;
    if (b->version == NULL)
        rc = archive_version_of(t, path, b->sha256, W_ERS_MAX, version, err);
    else
        rc = s3_look(t->store, path, b->version, &found, err);
    if (rc == HZ_OK && b->version != NULL)
        memcpy(version, found.version, sizeof found.version);
    return rc == HZ_E_NOTFOUND ? HZ_OK : rc;
}

int archive_attach_read(struct archive_target *t, const struct archive_copy *c, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    char version[ARCHIVE_VERSION] = "";
    int rc = path_of(c, &path, err);

    if (rc == HZ_OK && t->store != NULL)
        rc = choose(t, c, (const char *)path.data, version, err);
    return rc == HZ_OK ? read_version(t, (const char *)path.data, version[0] != '\0' ? version : NULL, out, err) : rc;
}

static int add_to_folder(struct archive_target *t, const struct archive_copy *c, const struct buf *record,
                         struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf folder = BUF_INIT(4096);
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(4096);
    HZ_CLEANUP(io_close) int fd = -1;
    const char *file = archive_fill_name(c->file);
    int noatime, rc;

    buf_put(&folder, c->file, (size_t)(file - c->file) - 1);
    buf_printf(&name, "%s%s", file, ARCHIVE_ATTACH_SUFFIX);
    if (buf_text(&folder) == NULL || buf_text(&name) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    rc = io_scan_open(t->folder, (const char *)folder.data, true, &fd, &noatime, err);
    if (rc == HZ_OK)
        rc = io_seal_lock(fd, err);
    return rc == HZ_OK ? io_seal_add(fd, (const char *)name.data, record->data, record->len, c->immutable, err) : rc;
}

/* The end of a retention; 0: there is none. */
static struct stamp end_of(const struct s3_lock *lock)
{
    struct stamp until = { 0 };

    return lock->mode[0] != '\0' && stamp_parse_lenient(&until, lock->until) == HZ_OK ? until : (struct stamp) { 0 };
}

/* A retention that has ended keeps nothing, and cannot be asked for. */
static void forget_ended(struct s3_lock *lock)
{
    if (stamp_compare(end_of(lock), stamp_now()) <= 0)
        lock->mode[0] = lock->until[0] = '\0';
}

static bool is_kept(const struct s3_lock *found, const struct s3_lock *asked)
{
    return (!asked->hold || found->hold) &&
           (asked->mode[0] == '\0' ||
            (strcmp(asked->mode, found->mode) == 0 && stamp_compare(end_of(found), end_of(asked)) >= 0));
}

static int lock_version(struct archive_target *t, const char *path, const char *version, const struct s3_lock *asked,
                        struct hz_error *err)
{
    struct s3_lock found;
    int rc = s3_lock_set(t->store, path, version, asked, err);

    if (rc == HZ_OK)
        rc = s3_lock_of(t->store, path, version, &found, err);
    if (rc == HZ_OK && !is_kept(&found, asked))
        rc = hz_error_set(err, HZ_E_INVALID, _("%s: the store does not keep it as it was asked to"), path);
    return rc == HZ_OK ? rc
                       : hz_error_context(err, _("version %s of %s was written, is not recorded, and can be deleted"),
                                          version, path);
}

/* Kept as long as the bundle is now, in the same way. */
static int add_to_store(struct archive_target *t, const struct archive_copy *c, const char *path,
                        const struct buf *record, char version[S3_NAME], bool *kept, struct hz_error *err)
{
    struct s3_lock asked;
    int rc = s3_lock_of(t->store, c->file, c->version, &asked, err);

    if (rc == HZ_OK)
        rc = s3_put(t->store, path, record->data, record->len, version, err);
    if (rc == HZ_OK && version[0] == '\0')
        return hz_error_set(err, HZ_E_INVALID, _("%s: the store names no version of what it took"), t->url);
    if (rc != HZ_OK)
        return rc;
    forget_ended(&asked);
    *kept = asked.hold || asked.mode[0] != '\0';
    return *kept ? lock_version(t, path, version, &asked, err) : HZ_OK;
}

int archive_attach_write(struct archive_target *t, const struct archive_copy *c, const struct buf *record,
                         char version[ARCHIVE_VERSION], bool *kept, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    HZ_CLEANUP(buf_free) struct buf back = BUF_INIT(W_ERS_MAX);
    int rc = path_of(c, &path, err);

    version[0] = '\0';
    *kept = true;
    if (rc == HZ_OK)
        rc = t->store != NULL ? add_to_store(t, c, (const char *)path.data, record, version, kept, err)
                              : add_to_folder(t, c, record, err);
    if (rc == HZ_OK)
        rc = read_version(t, (const char *)path.data, version[0] != '\0' ? version : NULL, &back, err);
    if (rc == HZ_OK && (back.len != record->len || memcmp(back.data, record->data, back.len) != 0))
        rc = archive_not_back((const char *)path.data, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", t->url);
}

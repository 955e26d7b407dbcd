/* Targets that are folders: a mounted disk, a tape file system, NFS. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io_direct.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_scan.h"
#include "base/io_seal.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/archive_mark.h"
#include "custody/archive_parity.h"

static int open_target(struct archive_target *t, bool make, struct hz_error *err)
{
    int rc = io_open_directory(t->url, &t->folder, err);

    if (rc == HZ_OK)
        rc = archive_mark(t->url, t->folder, make, t->volume, err);
    return rc == HZ_OK || t->folder < 0 ? rc : hz_error_context(err, "%s", t->url);
}

static void leave(struct archive_stage *s)
{
    io_close(&s->tree.fd);
    io_close(&s->tree.directory);
    free(s->tree.name);
    free(s->tree.partial);
    free(s->path);
    *s = (struct archive_stage)ARCHIVE_STAGE_INIT;
}

static void drop(struct archive_stage *s)
{
    io_tree_abort(&s->tree);
    leave(s);
}

/* Whoever may write to the target can make one of this name first. */
static int own(const struct io_tree *tree, struct hz_error *err)
{
    struct statx st;
    int rc = io_statx(tree->fd, &st, err);

    return rc == HZ_OK && st.stx_uid != geteuid()
               ? hz_error_set(err, HZ_E_DENIED, _("%s is somebody else's, and is not used: remove it"), tree->partial)
               : rc;
}

static int begin(struct archive_target *t, const char *name, bool replace, struct archive_stage *out,
                 struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(16384);
    struct archive_stage s = ARCHIVE_STAGE_INIT;
    int rc;

    buf_printf(&path, "%s/%s", t->url, name);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    rc = io_tree_resume(&s.tree, (const char *)path.data, replace, err);
    if (rc == HZ_OK && s.tree.found)
        rc = own(&s.tree, err);
    if (rc == HZ_OK)
        rc = io_seal_lock(s.tree.fd, err);
    buf_puts(&path, ".partial");
    s.path = text_copy(buf_text(&path));
    s.replace = replace;
    if (rc == HZ_OK && s.path == NULL)
        rc = hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (rc != HZ_OK)
        leave(&s);
    else
        *out = s;
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", t->url);
}

static void release(unsigned char **bytes)
{
    free(*bytes);
}

static int carry(struct archive_target *t, struct archive_stage *s, int from, const char *file, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int to = -1;
    uint64_t at = 0;
    int rc;

    io_tree_clear(s->tree.fd, file);
    rc = io_create_new(s->tree.fd, file, 0600, &to, err);
    if (rc == HZ_E_EXISTS) {
        rc = io_seal_reopen(s->tree.fd, file, &to, err);
        if (rc == HZ_OK)
            rc = archive_resume(from, to, s->most, &at, err);
    }
    if (rc == HZ_OK)
        rc = archive_pour(from, to, at, s->most > 0 ? s->most : UINT64_MAX, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s/%s/%s", t->url, s->tree.partial, file);
}

/* Past the cache where that can be; says how. */
static int read_file(int fd, const struct archive_sink *sink, const char **read_back, struct hz_error *err)
{
    HZ_CLEANUP(release) unsigned char *bytes = aligned_alloc(IO_DIRECT_ALIGN, ARCHIVE_CHUNK);
    bool dropped = io_seal_forget(fd), direct = io_direct_begin(fd);
    uint64_t at = 0;
    size_t got = 1;
    int rc = bytes != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));

    *read_back = direct ? "direct" : dropped ? "dropped" : "cached";
    while (rc == HZ_OK && got > 0) {
        rc = io_direct_read_at(fd, at, bytes, ARCHIVE_CHUNK, &got, err);
        if (rc == HZ_OK && got > 0)
            rc = sink->put(sink->context, bytes, got, err);
        at += got;
    }
    return rc;
}

/* path: "<folder>/<file>", or "<folder>/custody/<file>"; nothing is followed below the target. Both are the caller's,
 * also when it fails. */
static int open_below(const struct archive_target *t, const char *path, int *folder, int *file, struct hz_error *err)
{
    const char *slash = strrchr(path, '/'), *first = strchr(path, '/');
    char *name = slash == NULL ? NULL : strndup(path, (size_t)(slash - path));
    int rc = HZ_OK, noatime, looked = -1;

    if (name == NULL || (first != slash && strchr(first + 1, '/') != slash)) {
        free(name);
        return hz_error_set(err, HZ_E_FORMAT, _("%s is no file of a copy"), path);
    }
    rc = io_scan_open(t->folder, name, true, folder, &noatime, err);
    free(name);
    if (rc == HZ_OK)
        rc = io_evidence_look(*folder, slash + 1, &looked, err);
    if (rc == HZ_OK)
        rc = io_evidence_reopen(looked, file, &noatime, err);
    io_close(&looked);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s/%s", t->url, path);
}

static int open_file(const struct archive_target *t, const char *path, int *fd, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int folder = -1;

    return open_below(t, path, &folder, fd, err);
}

static int read_below(struct archive_target *t, const char *path, const char *version, const struct archive_sink *sink,
                      const char **read_back, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = open_file(t, path, &fd, err);

    (void)version;
    if (rc != HZ_OK)
        return rc;
    rc = read_file(fd, sink, read_back, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s/%s", t->url, path);
}

static int look(struct archive_target *t, const char *path, const char *version, struct archive_found *out,
                struct hz_error *err)
{
    HZ_CLEANUP(io_close) int folder = -1;
    HZ_CLEANUP(io_close) int fd = -1;
    struct statx file, around;
    int rc = open_below(t, path, &folder, &fd, err);

    (void)version;
    if (rc == HZ_OK)
        rc = io_statx(fd, &file, err);
    if (rc == HZ_OK)
        rc = io_statx(folder, &around, err);
    if (rc != HZ_OK)
        return rc;
    *out = (struct archive_found) { .size = file.stx_size,
                                    .read_only = ((file.stx_mode | around.stx_mode) & 0222) == 0,
                                    .immutable = io_seal_is_immutable(fd) && io_seal_is_immutable(folder),
                                    .verity = (file.stx_attributes & STATX_ATTR_VERITY) != 0 };
    return HZ_OK;
}

static int open_copy(const struct archive_target *t, const char *name, int *fd, struct hz_error *err)
{
    int noatime;

    return io_scan_open(t->folder, name, true, fd, &noatime, err);
}

/* What has the name already makes room; it is removed when the new one stands in its place. */
static int take_place(struct archive_target *t, struct io_tree *tree, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int old = -1;
    int rc = open_copy(t, tree->name, &old, err);

    if (rc == HZ_E_NOTFOUND)
        return io_tree_commit(tree, err);
    if (rc == HZ_OK)
        rc = io_seal_release(old, err);
    if (rc == HZ_OK)
        rc = io_seal_exchange(tree->directory, tree->name, tree->partial, err);
    if (rc != HZ_OK)
        return rc;
    io_close(&tree->fd);
    rc = io_enter_directory(tree->directory, tree->partial, 0700, &tree->fd, err);
    if (rc == HZ_OK)
        io_tree_abort(tree);
    return rc;
}

/* FILE of the copy has the digest when it is read past the cache. */
static int same_back(struct archive_target *t, const char *folder, const char *file, const char *sha256,
                     const char **read_back, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    char digest[W_DIGEST_HEX];
    int rc;

    buf_printf(&path, "%s/%s", folder, file);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    rc = archive_digest(t, (const char *)path.data, NULL, NULL, digest, read_back, err);
    return rc == HZ_OK && strcmp(digest, sha256) != 0 ? archive_not_back((const char *)path.data, err) : rc;
}

/* folder: the copy's, whatever its name is at the moment. */
static int check_back(struct archive_target *t, const char *folder, const char *file, const char *sha256,
                      struct archive_seal *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    HZ_CLEANUP(io_close) int fd = -1;
    unsigned char verity[IO_SEAL_DIGEST];
    const char *ignored;
    int rc = same_back(t, folder, file, sha256, &out->read_back, err);

    for (size_t i = 0; rc == HZ_OK && i < out->beside_count; i++)
        rc = same_back(t, folder, out->beside[i].file, out->beside[i].sha256, &ignored, err);
    buf_printf(&path, "%s/%s", folder, file);
    if (rc == HZ_OK && buf_text(&path) == NULL)
        rc = buf_check(&path, err);
    if (rc == HZ_OK)
        rc = open_file(t, (const char *)path.data, &fd, err);
    if (rc == HZ_OK && io_seal_verity(fd, verity)) {
        out->verity = true;
        text_hex(out->verity_digest, verity, sizeof verity);
    }
    return rc;
}

static int seal_again(struct archive_target *t, const char *name, const char *file, const char *sha256,
                      struct archive_seal *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int folder = -1;
    struct archive_seal seal = *out;
    int rc = check_back(t, name, file, sha256, &seal, err);

    if (rc == HZ_OK)
        rc = open_copy(t, name, &folder, err);
    if (rc == HZ_OK)
        rc = io_seal_release(folder, err); /* modes cannot be set on what is immutable */
    if (rc == HZ_OK)
        rc = io_seal_modes(folder, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", t->url);
    seal.read_only = true;
    seal.immutable = io_seal_immutable(folder);
    *out = seal;
    return HZ_OK;
}

static int commit(struct archive_target *t, struct archive_stage *s, const char *file, const char *sha256,
                  struct archive_seal *out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int folder = -1;
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(512);
    struct archive_seal seal = *out;
    int rc = io_sync_all(s->tree.fd, err);

    buf_puts(&name, s->tree.name);
    if (rc == HZ_OK)
        rc = buf_text(&name) != NULL ? check_back(t, s->tree.partial, file, sha256, &seal, err) : buf_check(&name, err);
    if (rc == HZ_OK)
        rc = io_seal_modes(s->tree.fd, err);
    if (rc == HZ_OK)
        rc = s->replace ? take_place(t, &s->tree, err) : io_tree_commit(&s->tree, err);
    if (rc == HZ_OK)
        rc = open_copy(t, (const char *)name.data, &folder, err);
    if (rc != HZ_OK) /* whether anything of it stays is the caller's to say */
        return hz_error_context(err, "%s", t->url);
    leave(s);
    seal.read_only = true;
    seal.immutable = io_seal_immutable(folder);
    *out = seal;
    return HZ_OK;
}

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        closedir(*listing);
}

/* FILE.par2, FILE.vol000+01.par2, ... */
static int take_recovery(struct archive_target *t, struct archive_stage *s, const char *name, const char *file,
                         struct hz_error *err)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    size_t len = strlen(file), end;
    struct dirent *entry;
    int folder = -1, rc = open_copy(t, name, &folder, err);

    if (rc != HZ_OK)
        return rc;
    listing = fdopendir(folder);
    if (listing == NULL) {
        io_close(&folder);
        return hz_error_sys(err, HZ_E_IO, errno, "%s", name);
    }
    for (errno = 0; rc == HZ_OK && (entry = readdir(listing)) != NULL; errno = 0) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
        HZ_CLEANUP(io_close) int from = -1;
        HZ_CLEANUP(io_close) int to = -1;
        end = strlen(entry->d_name);
        if (strncmp(entry->d_name, file, len) != 0 || entry->d_name[len] != '.' || end < len + 5 ||
            strcmp(entry->d_name + end - 5, ".par2") != 0 || !io_is_regular(folder, entry->d_name))
            continue;
        buf_printf(&path, "%s/%s", name, entry->d_name);
        rc = buf_text(&path) != NULL ? open_file(t, (const char *)path.data, &from, err) : buf_check(&path, err);
        if (rc != HZ_OK && archive_is_damage(err)) { /* the others may do */
            rc = HZ_OK;
            continue;
        }
        if (rc == HZ_OK)
            rc = io_create_new(s->tree.fd, entry->d_name, 0600, &to, err);
        if (rc == HZ_OK)
            rc = archive_pour(from, to, 0, UINT64_MAX, err);
    }
    return rc == HZ_OK && errno != 0 ? hz_error_sys(err, HZ_E_IO, errno, "%s", name) : rc;
}

static int mend(struct archive_target *t, struct archive_stage *s, const char *name, const char *file,
                struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    HZ_CLEANUP(io_close) int from = -1;
    int rc;

    buf_printf(&path, "%s/%s", name, file);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    rc = open_file(t, (const char *)path.data, &from, err);
    if (rc == HZ_OK)
        rc = carry(t, s, from, file, err);
    if (rc == HZ_OK)
        rc = take_recovery(t, s, name, file, err);
    if (rc == HZ_OK)
        rc = archive_parity_mend(s->path, file, err);
    if (rc == HZ_OK)
        io_tree_clear(s->tree.fd, file);
    return rc;
}

static int list(struct archive_target *t, int (*each)(void *context, const char *name, struct hz_error *err),
                void *context, struct hz_error *err)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    struct dirent *entry;
    int fd = -1, noatime, rc = io_scan_open(t->folder, "", true, &fd, &noatime, err);

    if (rc != HZ_OK)
        return rc;
    listing = fdopendir(fd);
    if (listing == NULL) {
        io_close(&fd);
        return hz_error_sys(err, HZ_E_IO, errno, "%s", t->url);
    }
    for (errno = 0; rc == HZ_OK && (entry = readdir(listing)) != NULL; errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, ARCHIVE_MARK) != 0 && strcmp(entry->d_name, "lost+found") != 0)
            rc = each(context, entry->d_name, err);
    return rc == HZ_OK && errno != 0 ? hz_error_sys(err, HZ_E_IO, errno, "%s", t->url) : rc;
}

const struct archive_kind archive_folder = { open_target, begin, carry, mend,       commit, seal_again,
                                             leave,       drop,  look,  read_below, list };

#include "custody/archive_beside.h"

#include <stdio.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "custody/archive_fill.h"
#include "custody/archive_rest.h"
#include "custody/archive_version.h"
#include "custody/export_file.h"
#include "custody/sidecar.h"

#define LONGEST ((uint64_t)1 << 30) /* no signature is as long: whoever reads on may never come to its end */
#define FOLDER ARCHIVE_REST_FOLDER "/"

static int is_none(const char *file, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("%s is no file of a copy"), file);
}

static int path_of(const struct archive_copy *c, const char *file, struct buf *out, struct hz_error *err)
{
    const char *slash = strchr(file, '/');

    if (slash != NULL && (strncmp(file, FOLDER, sizeof FOLDER - 1) != 0 || strchr(slash + 1, '/') != NULL))
        return is_none(file, err);
    buf_printf(out, "%.*s%s", (int)(archive_fill_name(c->file) - c->file), c->file, file);
    buf_text(out);
    return buf_check(out, err);
}

/* Recovery data is at most as long as what it mends, and what tells of it. */
static uint64_t longest(const struct archive_copy *c, const char *file)
{
    size_t len = strlen(file);

    if (len < 5 || strcmp(file + len - 5, ".par2") != 0)
        return LONGEST;
    return c->size > 0 ? 2 * c->size + LONGEST : 0;
}

/* Which one is meant; empty: the newest, or that of a folder. */
static int version_of(struct archive_target *t, const struct archive_beside *b, const char *path,
                      char version[ARCHIVE_VERSION], struct hz_error *err)
{
    int rc = HZ_OK;

    snprintf(version, ARCHIVE_VERSION, "%s", b->version != NULL ? b->version : "");
    if (t->store != NULL && b->version == NULL)
        rc = archive_version_of(t, path, b->sha256, LONGEST, version, err);
    return rc == HZ_E_NOTFOUND ? HZ_OK : rc;
}

int archive_beside_over(struct archive_target *t, const struct archive_copy *c, const struct archive_beside *b,
                        bool *over, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    char version[ARCHIVE_VERSION];
    int rc = t->store != NULL ? path_of(c, b->file, &path, err) : HZ_OK;

    *over = false;
    if (rc != HZ_OK || t->store == NULL)
        return rc;
    rc = version_of(t, b, (const char *)path.data, version, err);
    return rc == HZ_OK ? archive_version_over(t, (const char *)path.data, version, over, err) : rc;
}

int archive_beside_look(struct archive_target *t, const struct archive_copy *c, const struct archive_beside *b,
                        const struct archive_sink *also, enum archive_beside_found *out, char sha256[W_DIGEST_HEX],
                        struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    char version[ARCHIVE_VERSION];
    struct hz_error why = { 0 };
    const char *read_back;
    int rc = path_of(c, b->file, &path, err);

    sha256[0] = '\0';
    if (rc == HZ_OK)
        rc = version_of(t, b, (const char *)path.data, version, err);
    if (rc != HZ_OK)
        return rc;
    rc = archive_digest_of(t, (const char *)path.data, version[0] != '\0' ? version : NULL, longest(c, b->file), also,
                           sha256, &read_back, &why);
    if (rc == HZ_E_LIMIT) {
        sha256[0] = '\0';
        *out = ARCHIVE_BESIDE_ALTERED;
        return HZ_OK;
    }
    if (rc != HZ_OK && !archive_is_damage(&why)) {
        *err = why;
        return rc;
    }
    *out = rc == HZ_E_NOTFOUND              ? ARCHIVE_BESIDE_MISSING
           : rc != HZ_OK                    ? ARCHIVE_BESIDE_UNREADABLE
           : strcmp(sha256, b->sha256) == 0 ? ARCHIVE_BESIDE_SAME
                                            : ARCHIVE_BESIDE_ALTERED;
    return HZ_OK;
}

/* One that is too long is not what was recorded: it is read to its end all the same. */
static int add(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct buf *out = context;

    (void)err;
    buf_put(out, bytes, len);
    return out->failed == HZ_E_LIMIT ? HZ_OK : buf_check(out, err);
}

int archive_beside_take(struct archive_target *t, const struct archive_copy *c, size_t i, int folder,
                        enum archive_beside_found *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(ARCHIVE_BESIDE_MAX);
    const struct archive_sink sink = { add, &bytes };
    char sha256[W_DIGEST_HEX];
    int rc = strchr(c->beside[i].file, '/') == NULL ? archive_beside_look(t, c, &c->beside[i], &sink, out, sha256, err)
                                                    : is_none(c->beside[i].file, err);

    if (rc != HZ_OK || *out != ARCHIVE_BESIDE_SAME)
        return rc;
    rc = buf_check(&bytes, err);
    return rc == HZ_OK ? export_file_whole(folder, c->beside[i].file, bytes.data, bytes.len, NULL, err) : rc;
}

static int take_rest(struct archive_target *t, const struct archive_copy *c, const struct sidecars *files, int folder,
                     struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < files->count; i++) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
        HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(ARCHIVE_BESIDE_MAX);
        const char *name = archive_fill_name(files->path[i]), *read_back;
        struct hz_error ignored = { 0 };
        if (io_is_regular(folder, name))
            continue;
        buf_printf(&path, "%.*s%s", (int)(archive_fill_name(c->file) - c->file), c->file, name);
        if (buf_text(&path) == NULL)
            return buf_check(&path, err);
        if (t->kind->read(t, (const char *)path.data, NULL, &(struct archive_sink) { add, &bytes }, &read_back,
                          &ignored) == HZ_OK &&
            bytes.failed == HZ_OK)
            rc = export_file_whole(folder, name, bytes.data, bytes.len, NULL, err);
    }
    return rc;
}

int archive_beside_rest(struct archive_target *t, const struct archive_copy *c, int folder, struct hz_error *err)
{
    HZ_CLEANUP(sidecar_free) struct sidecars signatures = { 0 }, tokens = { 0 };
    HZ_CLEANUP(buf_free) struct buf bundle = BUF_INIT(16384);
    struct hz_error ignored = { 0 };
    int rc;

    buf_printf(&bundle, "%s/%s", t->url, c->file);
    if (buf_text(&bundle) == NULL)
        return buf_check(&bundle, err);
    if (sidecar_find(&signatures, (const char *)bundle.data, &ignored) != HZ_OK ||
        sidecar_tokens(&tokens, (const char *)bundle.data, &ignored) != HZ_OK)
        return HZ_OK; /* the folder itself is gone */
    rc = take_rest(t, c, &signatures, folder, err);
    return rc == HZ_OK ? take_rest(t, c, &tokens, folder, err) : rc;
}

size_t archive_beside_in(const struct archive_copy *other, const struct archive_beside *file)
{
    for (size_t i = 0; i < other->beside_count; i++)
        if (strcmp(other->beside[i].file, file->file) == 0 && strcmp(other->beside[i].sha256, file->sha256) == 0)
            return i;
    return SIZE_MAX;
}

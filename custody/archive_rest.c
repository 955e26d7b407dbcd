#include "custody/archive_rest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/verifier.h"

struct find {
    struct archive_rest *out;
    const char *bundle;
    const struct archive_sidecar *beside;
    size_t beside_count;
};

static bool is_known(const struct find *f, const char *name)
{
    bool known = strcmp(name, f->bundle) == 0;

    for (size_t i = 0; !known && i < f->beside_count; i++)
        known = strcmp(name, f->beside[i].file) == 0;
    return known;
}

/* below: the folder's name in the copy, and a slash; empty for the copy itself. */
static int add(struct find *f, int folder, const char *below, const char *name, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    HZ_CLEANUP(io_close) int fd = -1;
    struct archive_rest *r = f->out;
    int rc;

    buf_printf(&path, "%s%s", below, name);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    if (r->count == R_STATEMENT_BESIDE)
        return hz_error_set(err, HZ_E_LIMIT, _("%s: more than %d files belong to a copy"), f->bundle,
                            R_STATEMENT_BESIDE);
    rc = io_evidence_open(folder, name, &fd, err);
    if (rc == HZ_OK)
        rc = verifier_hash(fd, r->digests[r->count], err);
    if (rc != HZ_OK)
        return rc;
    r->names[r->count] = text_copy((const char *)path.data);
    if (r->names[r->count] == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    r->list[r->count] = (struct w_beside) { r->names[r->count], r->digests[r->count], NULL };
    r->count++;
    return HZ_OK;
}

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        closedir(*listing);
}

static int find_in(struct find *f, int stage, const char *folder, struct hz_error *err)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    const bool top = folder[0] == '\0';
    struct dirent *entry;
    int fd = -1, noatime, rc = io_scan_open(stage, folder, true, &fd, &noatime, err);

    if (rc != HZ_OK)
        return rc;
    listing = fdopendir(fd);
    if (listing == NULL) {
        io_close(&fd);
        return hz_error_sys(err, HZ_E_IO, errno, "%s", f->bundle);
    }
    for (errno = 0; rc == HZ_OK && (entry = readdir(listing)) != NULL; errno = 0) {
        bool there;
        rc = io_find_regular(dirfd(listing), entry->d_name, entry->d_name, &there, err);
        if (rc == HZ_OK && there && !(top && is_known(f, entry->d_name)))
            rc = add(f, dirfd(listing), top ? "" : ARCHIVE_REST_FOLDER "/", entry->d_name, err);
    }
    return rc == HZ_OK && errno != 0 ? hz_error_sys(err, HZ_E_IO, errno, "%s", f->bundle) : rc;
}

static int by_file(const void *a, const void *b)
{
    return strcmp(((const struct w_beside *)a)->file, ((const struct w_beside *)b)->file);
}

int archive_rest_find(struct archive_rest *out, const struct archive_stage *s, const char *bundle,
                      const struct archive_sidecar *beside, size_t beside_count, struct hz_error *err)
{
    struct find f = { out, bundle, beside, beside_count };
    int rc = find_in(&f, s->tree.fd, "", err);

    if (rc == HZ_OK)
        rc = find_in(&f, s->tree.fd, ARCHIVE_REST_FOLDER, err);
    if (rc == HZ_OK)
        qsort(out->list, out->count, sizeof out->list[0], by_file);
    return rc;
}

void archive_rest_free(struct archive_rest *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->names[i]);
    r->count = 0;
}

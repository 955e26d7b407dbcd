#include "custody/archive_ours.h"

#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/archive_attach.h"
#include "formats/read/export.h"

static int read_about(struct archive_target *t, const char *name, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    HZ_CLEANUP(io_close) int folder = -1;
    HZ_CLEANUP(io_close) int looked = -1;
    HZ_CLEANUP(io_close) int fd = -1;
    int noatime, rc;

    buf_printf(&path, "%s/custody", name);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    rc = io_scan_open(t->folder, (const char *)path.data, true, &folder, &noatime, err);
    if (rc == HZ_OK)
        rc = io_evidence_look(folder, "export.json", &looked, err);
    if (rc == HZ_OK)
        rc = io_evidence_reopen(looked, &fd, &noatime, err);
    return rc == HZ_OK ? io_read_all(fd, out, err) : rc;
}

static bool is_of(struct archive_target *t, const struct archive_ours *what)
{
    HZ_CLEANUP(buf_free) struct buf about = BUF_INIT(R_EXPORT_MAX);
    HZ_CLEANUP(r_export_free) struct r_export export = { 0 };
    struct hz_error ignored = { 0 };

    return read_about(t, what->name, &about, &ignored) == HZ_OK &&
           r_export_parse(&export, about.data, about.len, &ignored) == HZ_OK &&
           text_equal(export.ledger, what->ledger) && text_equal(export.item, what->item);
}

bool archive_ours(struct archive_target *t, const struct archive_ours *what)
{
    HZ_CLEANUP(buf_free) struct buf bundle = BUF_INIT(4096);
    HZ_CLEANUP(buf_free) struct buf record = BUF_INIT(4096);
    struct archive_found found;
    struct hz_error ignored = { 0 };
    char digest[W_DIGEST_HEX];
    const char *read_back;

    buf_printf(&bundle, "%s/%s", what->name, what->file);
    buf_printf(&record, "%s/%s%s", what->name, what->file, ARCHIVE_ATTACH_SUFFIX);
    return buf_text(&bundle) != NULL && buf_text(&record) != NULL && is_of(t, what) &&
           t->kind->look(t, (const char *)record.data, NULL, &found, &ignored) == HZ_E_NOTFOUND &&
           archive_digest(t, (const char *)bundle.data, NULL, NULL, digest, &read_back, &ignored) == HZ_OK &&
           strcmp(digest, what->sha256) == 0;
}

/* "<name>", or the folder in which that one would be prepared. */
static bool is_in_the_way(const char *theirs, const char *name)
{
    size_t len = strlen(name);

    return strncmp(theirs, name, len) == 0 && (theirs[len] == '\0' || strcmp(theirs + len, ".partial") == 0);
}

int archive_ours_free(const struct archive_target *t, const struct archive_held *all, const char *name,
                      struct hz_error *err)
{
    for (size_t i = 0; i < all->count; i++) {
        HZ_CLEANUP(buf_free) struct buf theirs = BUF_INIT(512);
        const struct archive_copy *c = &all->list[i];
        int rc = archive_name(c->item, c->copy, &theirs, err);
        if (rc != HZ_OK)
            return rc;
        if (text_equal(c->volume, t->volume) && is_in_the_way((const char *)theirs.data, name))
            return hz_error_set(err, HZ_E_EXISTS,
                                _("%s/%s: the copy %s of %s lies there: name this one otherwise with --copy"), t->url,
                                (const char *)theirs.data, c->copy, c->item);
    }
    return HZ_OK;
}

#include "custody/archive_stray.h"

#include <dirent.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "custody/archive_fill.h"
#include "custody/archive_rest.h"

struct find {
    const struct archive_copy *copy;
    int (*each)(void *context, const char *path, struct hz_error *err);
    void *context;
};

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        closedir(*listing);
}

static bool has(const struct archive_beside *list, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].file, path) == 0)
            return true;
    return false;
}

static bool is_known(const struct archive_copy *c, const char *path)
{
    return strcmp(path, archive_fill_name(c->file)) == 0 || has(c->beside, c->beside_count, path) ||
           has(c->rest, c->rest_count, path);
}

static int tell(const struct find *f, const char *below, const char *name, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);

    buf_printf(&path, "%s%s", below, name);
    if (buf_text(&path) == NULL)
        return buf_check(&path, err);
    return is_known(f->copy, (const char *)path.data) ? HZ_OK : f->each(f->context, (const char *)path.data, err);
}

/* below: the export's folder and a slash; empty: the copy itself. */
static int find_in(const struct find *f, int target, const char *folder, const char *below, struct hz_error *err)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    struct hz_error ignored = { 0 };
    struct dirent *entry;
    struct statx st;
    int fd = -1, noatime, rc = HZ_OK;

    if (io_scan_open(target, folder, true, &fd, &noatime, &ignored) != HZ_OK)
        return HZ_OK;
    listing = fdopendir(fd);
    if (listing == NULL) {
        io_close(&fd);
        return HZ_OK;
    }
    while (rc == HZ_OK && (entry = readdir(listing)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            io_scan_statx(dirfd(listing), name, &st, &ignored) != HZ_OK || S_ISREG(st.stx_mode) ||
            (S_ISDIR(st.stx_mode) && below[0] == '\0' && strcmp(name, ARCHIVE_REST_FOLDER) == 0))
            continue;
        rc = tell(f, below, name, err);
    }
    return rc;
}

int archive_stray(const struct archive_target *t, const struct archive_copy *c,
                  int (*each)(void *context, const char *path, struct hz_error *err), void *context,
                  struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf folder = BUF_INIT(1024);
    HZ_CLEANUP(buf_free) struct buf below = BUF_INIT(1024);
    const struct find f = { c, each, context };
    int rc;

    if (t->store != NULL)
        return HZ_OK;
    rc = archive_name(c->item, c->copy, &folder, err);
    buf_printf(&below, "%s.%s/%s", c->item, c->copy, ARCHIVE_REST_FOLDER);
    if (rc == HZ_OK && buf_text(&below) == NULL)
        rc = buf_check(&below, err);
    if (rc == HZ_OK)
        rc = find_in(&f, t->folder, (const char *)folder.data, "", err);
    return rc == HZ_OK ? find_in(&f, t->folder, (const char *)below.data, ARCHIVE_REST_FOLDER "/", err) : rc;
}

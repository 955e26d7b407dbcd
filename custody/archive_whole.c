#include "custody/archive_whole.h"

#include <dirent.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/io_scan.h"

static bool is_folder(struct archive_target *t, const struct archive_whole *what, const char *below)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    HZ_CLEANUP(io_close) int fd = -1;
    int noatime;

    buf_printf(&path, "%s/%s", what->name, below);
    return buf_text(&path) != NULL &&
           io_scan_open(t->folder, (const char *)path.data, true, &fd, &noatime, NULL) == HZ_OK;
}

/* sha256 NULL: whatever it holds. */
static bool is_file(struct archive_target *t, const struct archive_whole *what, const char *file, const char *sha256)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
    struct archive_found found;
    struct hz_error ignored = { 0 };
    char digest[W_DIGEST_HEX];
    const char *read_back;

    buf_printf(&path, "%s/%s", what->name, file);
    if (buf_text(&path) == NULL)
        return false;
    if (sha256 == NULL)
        return t->kind->look(t, (const char *)path.data, NULL, &found, &ignored) == HZ_OK && found.size > 0;
    return archive_digest(t, (const char *)path.data, NULL, NULL, digest, &read_back, &ignored) == HZ_OK &&
           strcmp(digest, sha256) == 0;
}

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        closedir(*listing);
}

/* FILE.vol000+12.par2: how many blocks it holds is in its name. */
static bool has_volume(struct archive_target *t, const struct archive_whole *what)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    size_t len = strlen(what->file);
    struct dirent *entry;
    bool found = false;
    int fd = -1, noatime;

    if (io_scan_open(t->folder, what->name, true, &fd, &noatime, NULL) != HZ_OK)
        return false;
    listing = fdopendir(fd);
    if (listing == NULL)
        io_close(&fd);
    while (listing != NULL && !found && (entry = readdir(listing)) != NULL)
        found = strncmp(entry->d_name, what->file, len) == 0 && strncmp(entry->d_name + len, ".vol", 4) == 0 &&
                is_file(t, what, entry->d_name, NULL);
    return found;
}

static bool has_parity(struct archive_target *t, const struct archive_whole *what)
{
    HZ_CLEANUP(buf_free) struct buf index = BUF_INIT(1024);

    buf_printf(&index, "%s.par2", what->file);
    return buf_text(&index) != NULL && is_file(t, what, (const char *)index.data, NULL) && has_volume(t, what);
}

bool archive_whole(struct archive_target *t, const struct archive_whole *what)
{
    bool whole = is_folder(t, what, "custody");

    if (what->bundle)
        whole = whole && is_file(t, what, "VERIFY.en.txt", NULL) && is_file(t, what, "VERIFY.ja.txt", NULL);
    for (size_t i = 0; whole && i < what->beside_count; i++)
        whole = is_file(t, what, what->beside[i].file, what->beside[i].sha256);
    return whole && (!what->parity || has_parity(t, what));
}

#include "custody/taken.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"

#define PAGE UINT64_C(65536)         /* of any machine */
#define NAMES_MAX ((size_t)64 << 20) /* bytes of paths */

static const char *folder(void)
{
    const char *where = getenv("TMPDIR");

    return where != NULL && where[0] == '/' ? where : "/var/tmp";
}

static int open_file(struct taken *t, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int directory = -1;
    int rc = t->fd >= 0 ? HZ_OK : io_open_directory(folder(), &directory, err);

    if (rc != HZ_OK || t->fd >= 0)
        return rc; /* names its folder already */
    rc = io_create_spool(directory, &t->fd, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", folder());
}

int taken_begin(struct taken *t, const char *path, struct hz_error *err)
{
    int rc = open_file(t, err);

    if (rc != HZ_OK)
        return rc;
    t->names += strlen(path) + sizeof *t->files;
    if (t->names > NAMES_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("too many databases"));
    if (t->count == t->room) {
        size_t room = t->room == 0 ? 64 : t->room * 2;
        struct taken_file *grown = realloc(t->files, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        t->files = grown;
        t->room = room;
    }
    t->end = (t->end + PAGE - 1) / PAGE * PAGE;
    t->files[t->count] = (struct taken_file) { .path = text_copy(path), .at = t->end };
    if (t->files[t->count].path == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    t->count++;
    t->sorted = false;
    return HZ_OK;
}

int taken_put(struct taken *t, const void *bytes, size_t len, struct hz_error *err)
{
    int rc = io_write_at(t->fd, t->end, bytes, len, err);

    if (rc != HZ_OK)
        return hz_error_context(err, "%s", folder());
    t->files[t->count - 1].size += len;
    t->end += len;
    return HZ_OK;
}

/* A slash is before every other byte. */
static int compare(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    return (*a == '/' ? 1 : (unsigned char)*a) - (*b == '/' ? 1 : (unsigned char)*b);
}

static int by_path(const void *a, const void *b)
{
    return compare(((const struct taken_file *)a)->path, ((const struct taken_file *)b)->path);
}

void taken_sort(struct taken *t)
{
    if (t->count > 1 && !t->sorted)
        qsort(t->files, t->count, sizeof *t->files, by_path);
    t->sorted = true;
}

static int of_path(const void *path, const void *file)
{
    return compare(path, ((const struct taken_file *)file)->path);
}

struct taken_file *taken_exact(const struct taken *t, const char *path)
{
    return t->count == 0 ? NULL : bsearch(path, t->files, t->count, sizeof *t->files, of_path);
}

struct taken_file *taken_find(const struct taken *t, const char *path, size_t len, const char *suffix)
{
    char wanted[1024];

    if (len + strlen(suffix) >= sizeof wanted)
        return NULL;
    memcpy(wanted, path, len);
    memcpy(wanted + len, suffix, strlen(suffix) + 1);
    return taken_exact(t, wanted);
}

void taken_free(struct taken *t)
{
    io_close(&t->fd);
    while (t->count > 0)
        free(t->files[--t->count].path);
    free(t->files);
    *t = (struct taken)TAKEN_INIT;
}

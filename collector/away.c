#include "collector/away.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_proc.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/persistence/pers_mounts.h"

#define MOUNTINFO_MAX ((size_t)4 << 20)

void away_free(struct away *a)
{
    for (size_t i = 0; i < a->count; i++)
        free(a->list[i]);
    free(a->list);
    *a = (struct away) { 0 };
}

static int keep(struct away *out, const struct pers_mounts *mounts, struct hz_error *err)
{
    out->list = calloc(mounts->count + 1, sizeof *out->list);
    if (out->list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (size_t i = 0; i < mounts->count; i++) {
        if (!mounts->list[i].served || strcmp(mounts->list[i].path, "/") == 0)
            continue;
        if ((out->list[out->count] = text_copy(mounts->list[i].path)) == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        out->count++;
    }
    return HZ_OK;
}

int away_find(int root, struct away *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(MOUNTINFO_MAX);
    HZ_CLEANUP(pers_mounts_free) struct pers_mounts mounts = { 0 };
    struct hz_error ignored;
    bool more = false;
    if (io_proc_read(root, "proc/self/mountinfo", MOUNTINFO_MAX, &text, &more, &ignored) != HZ_OK || text.len == 0)
        return HZ_OK;
    int rc = pers_mounts_parse(&mounts, (struct span) { (const char *)text.data, text.len }, err);
    return rc == HZ_OK ? keep(out, &mounts, err) : rc;
}

bool away_has(const struct away *a, const char *path)
{
    for (size_t i = 0; i < a->count; i++) {
        size_t len = strlen(a->list[i]);
        if (strncmp(path, a->list[i], len) == 0 && (path[len] == '\0' || path[len] == '/'))
            return true;
    }
    return false;
}

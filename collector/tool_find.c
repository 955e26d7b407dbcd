#include "collector/tool.h"

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/look.h"
#include "collector/resolve.h"
#include "collector/sum.h"

#define PATH_LIMIT ((size_t)1 << 20)

static int find_one(int root, const char *path, struct tool *out, struct hz_error *err)
{
    HZ_CLEANUP(resolve_free) struct resolved r;
    HZ_CLEANUP(buf_free) struct buf whole = BUF_INIT(PATH_LIMIT);
    HZ_CLEANUP(io_close) int looked = -1;
    HZ_CLEANUP(io_close) int fd = -1;
    int noatime;
    resolve_init(&r);
    buf_printf(&whole, "%s/", path); /* so that a last link is resolved, too */
    int rc = buf_text(&whole) == NULL ? buf_check(&whole, err) : resolve_path(root, (const char *)whole.data, &r, err);
    if (rc == HZ_OK && r.missing != 0)
        return hz_error_sys(err, hz_error_class(r.missing), r.missing, _("cannot open %s"), path);
    if (rc == HZ_OK)
        rc = look_path(root, (const char *)r.path.data, r.path.len, &looked, err);
    if (rc == HZ_OK)
        rc = io_evidence_reopen(looked, &fd, &noatime, err);
    if (rc == HZ_OK)
        rc = sum_fd(fd, out->sha256, err);
    if (rc == HZ_OK)
        out->path = path;
    return rc;
}

/* Of several failures the first that is more than "not there". */
int tool_find(int root, const char *const *paths, size_t count, struct tool *out, struct hz_error *err)
{
    struct hz_error first = { .code = HZ_OK };
    for (size_t i = 0; i < count; i++) {
        struct hz_error why;
        if (find_one(root, paths[i], out, &why) == HZ_OK)
            return HZ_OK;
        if (first.code == HZ_OK || first.code == HZ_E_NOTFOUND)
            first = why;
    }
    if (err != NULL)
        *err = first;
    return first.code;
}

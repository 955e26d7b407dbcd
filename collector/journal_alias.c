#include "collector/journal_alias.h"

#include <string.h>

#include "collector/options.h"
#include "collector/resolve.h"

static bool has_type(const char *unit)
{
    static const char *const types[] = { ".service", ".socket", ".device", ".mount", ".automount", ".swap",
                                         ".target",  ".path",   ".timer",  ".slice", ".scope" };
    const char *dot = strrchr(unit, '.');
    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dot, types[i]) == 0)
            return true;
    return false;
}

/* An alias has the type of what it stands for; a link to /dev/null masks a unit, one to "x@.service" is an instance. */
static bool is_alias(const char *name, const char *unit)
{
    const char *type = strrchr(name, '.'), *other = strrchr(unit, '.');
    return options_unit_valid(unit) && strcmp(name, unit) != 0 && other != NULL && strcmp(type, other) == 0 &&
           strstr(unit, "@.") == NULL;
}

static int look(int root, const char *folder, const char *name, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(1000);
    HZ_CLEANUP(resolve_free) struct resolved r;
    resolve_init(&r);
    buf_printf(&path, "%s/%s", folder, name);
    int rc = buf_text(&path) == NULL ? buf_check(&path, err) : resolve_path(root, (const char *)path.data, &r, err);
    if (rc != HZ_OK || r.missing != 0 || !r.link || buf_text(&r.target) == NULL)
        return rc;
    const char *slash = strrchr((const char *)r.target.data, '/');
    if (slash != NULL && is_alias(name, slash + 1))
        buf_puts(out, slash + 1);
    return buf_text(out) == NULL ? buf_check(out, err) : HZ_OK;
}

int journal_alias(int root, const char *unit, struct buf *out, struct hz_error *err)
{
    static const char *const folders[] = { "/etc/systemd/system", "/run/systemd/system",
                                           "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                           "/lib/systemd/system" };
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(1000);
    buf_printf(&name, "%s%s", unit, has_type(unit) ? "" : ".service");
    if (buf_text(&name) == NULL)
        return buf_check(&name, err);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && out->len == 0 && i < sizeof folders / sizeof folders[0]; i++)
        rc = look(root, folders[i], (const char *)name.data, out, err);
    return rc;
}

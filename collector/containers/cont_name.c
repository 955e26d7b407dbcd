#include "collector/containers/cont_name.h"

#include <stdbool.h>
#include <string.h>

#define DIGEST 64 /* hexadecimal digits of an identifier */

static bool is_digest(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strchr("0123456789abcdef", text[i]) == NULL || text[i] == '\0')
            return false;
    return len == DIGEST;
}

struct pattern { /* of one component: what stands before and behind the identifier */
    const char *prefix, *suffix, *runtime;
    bool digest; /* the identifier is one */
};

static const struct pattern patterns[] = {
    { "docker-", ".scope", "docker", true },
    { "libpod-", ".scope", "podman", true },
    { "libpod-", "", "podman", true },
    { "cri-containerd-", ".scope", "containerd", true },
    { "nerdctl-", ".scope", "containerd", true },
    { "crio-", ".scope", "cri-o", true },
    { "crio-", "", "cri-o", true },
    { "lxc.payload.", "", "lxc", false },
    { "machine-", ".scope", "nspawn", false },
    { "systemd-nspawn@", ".service", "nspawn", false },
};

/* "machine-qemu\x2d1\x2dNAME.scope" is a virtual machine of libvirt, and no container; the backslashes are in the name.
 */
static bool is_virtual(struct w_bytes id)
{
    static const char begin[] = "qemu\\x2d";
    return id.len >= sizeof begin - 1 && memcmp(id.data, begin, sizeof begin - 1) == 0;
}

static bool matches(const struct pattern *p, const char *text, size_t len, struct w_bytes *id)
{
    size_t before = strlen(p->prefix), behind = strlen(p->suffix);
    if (len <= before + behind || memcmp(text, p->prefix, before) != 0 ||
        memcmp(text + len - behind, p->suffix, behind) != 0)
        return false;
    *id = (struct w_bytes) { text + before, len - before - behind };
    return p->digest ? is_digest(id->data, id->len) : !is_virtual(*id);
}

static bool is(const char *text, size_t len, const char *name)
{
    return len == strlen(name) && memcmp(text, name, len) == 0;
}

/* What names itself by the folder that it lies in. */
static const char *by_folder(const char *folder, size_t folder_len, const char *text, size_t len)
{
    if (is(folder, folder_len, "lxc") || is(folder, folder_len, "lxc.payload"))
        return "lxc";
    if (!is_digest(text, len))
        return NULL;
    if (is(folder, folder_len, "docker"))
        return "docker";
    if (is(folder, folder_len, "libpod_parent"))
        return "podman";
    return "unknown";
}

static bool look_at(const char *folder, size_t folder_len, const char *text, size_t len, struct cont_name *out)
{
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (matches(&patterns[i], text, len, &out->id)) {
            out->runtime = patterns[i].runtime;
            return true;
        }
    /* "kubepods-...:cri-containerd:ID", as containerd names them under systemd */
    const char *colon = memrchr(text, ':', len);
    if (colon != NULL && is_digest(colon + 1, len - (size_t)(colon + 1 - text))) {
        out->id = (struct w_bytes) { colon + 1, DIGEST };
        out->runtime = "containerd";
        return true;
    }
    out->runtime = by_folder(folder, folder_len, text, len);
    out->id = (struct w_bytes) { text, len };
    return out->runtime != NULL;
}

/* The innermost component that names a container: they may be nested. */
static bool find_in_path(const char *path, size_t len, struct cont_name *out)
{
    bool found = false;
    const char *folder = path;
    size_t folder_len = 0;
    for (size_t at = 0; at < len;) {
        const char *slash = memchr(path + at, '/', len - at);
        size_t n = slash == NULL ? len - at : (size_t)(slash - (path + at));
        struct cont_name here;
        if (n > 0 && look_at(folder, folder_len, path + at, n, &here)) {
            here.path = (struct w_bytes) { path, at + n };
            *out = here;
            found = true;
        }
        folder = path + at;
        folder_len = n;
        at += n + 1;
    }
    return found;
}

/* Lines "hierarchy:controllers:path". */
int cont_name_find(struct cont_name *out, const void *text, size_t len)
{
    const char *at = text, *end = at + len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline == NULL ? end : newline;
        const char *first = memchr(at, ':', (size_t)(stop - at));
        const char *second = first == NULL ? NULL : memchr(first + 1, ':', (size_t)(stop - first - 1));
        if (second != NULL && find_in_path(second + 1, (size_t)(stop - second - 1), out))
            return HZ_OK;
        at = newline == NULL ? end : newline + 1;
    }
    return HZ_E_NOTFOUND;
}

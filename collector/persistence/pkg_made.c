#include "collector/persistence/pkg_made.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "collector/look.h"

#define RECORD_MAX ((size_t)4 << 20)

static const struct {
    const char *path, *copy_of;
} copies[] = {
    { "/etc/profile", "/usr/share/base-files/profile" },
    { "/root/.bashrc", "/usr/share/base-files/dot.bashrc" },
    { "/root/.profile", "/usr/share/base-files/dot.profile" },
};
#define COPIES (sizeof copies / sizeof copies[0])

int pkg_made_ask(struct pers_paths *paths, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < COPIES; i++)
        rc = pers_paths_add(paths, span_of(copies[i].copy_of), err);
    return rc;
}

static struct pkg_claim *unclaimed(struct pkg_owners *o, struct span path)
{
    size_t i = pers_paths_find(&o->paths, path);
    return i == SIZE_MAX || o->claims[i].package != NULL ? NULL : &o->claims[i];
}

static int take_over(struct pkg_claim *c, struct span package, const struct pkg_digest *digest, struct hz_error *err)
{
    c->package = strndup(package.at, package.len);
    if (c->package == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (digest != NULL)
        c->digest = *digest;
    return HZ_OK;
}

static int tell_copies(struct pkg_owners *o, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < COPIES; i++) {
        struct pkg_claim *c = unclaimed(o, span_of(copies[i].path));
        const struct pkg_claim *from = pkg_owner_of(o, span_of(copies[i].copy_of));
        if (c != NULL && from != NULL && from->package != NULL)
            rc = take_over(c, span_of(from->package), &from->digest, err);
    }
    return rc;
}

/* "PACKAGE PATH" a line, and "MD5  PATH" a line. */
static int tell_ucf(struct pkg_owners *o, struct span registry, struct span hashes, struct hz_error *err)
{
    struct span line, word;
    struct pkg_digest digest;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_line(&registry, &line))
        if (span_word(&line, &word)) {
            struct pkg_claim *c = unclaimed(o, line);
            rc = c == NULL ? HZ_OK : take_over(c, word, NULL, err);
        }
    while (span_line(&hashes, &line))
        if (span_word(&line, &word) && pkg_digest_parse(&digest, PKG_MD5, word.at, word.len)) {
            size_t i = pers_paths_find(&o->paths, line);
            if (i != SIZE_MAX && o->claims[i].digest.algorithm == PKG_NONE)
                o->claims[i].digest = digest;
        }
    return rc;
}

static int read_record(struct pkg_owners *o, const char *path, struct buf *out, struct hz_error *err)
{
    struct hz_error why;
    return look_read(o->root, path, out, &why) == HZ_OK ? HZ_OK
                                                        : pers_absences_failed(&o->absences, span_of(path), &why, err);
}

int pkg_made_tell(struct pkg_owners *o, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf registry = BUF_INIT(RECORD_MAX);
    HZ_CLEANUP(buf_free) struct buf hashes = BUF_INIT(RECORD_MAX);
    int rc = tell_copies(o, err);
    if (rc == HZ_OK)
        rc = read_record(o, "/var/lib/ucf/registry", &registry, err);
    if (rc == HZ_OK && registry.len > 0)
        rc = read_record(o, "/var/lib/ucf/hashfile", &hashes, err);
    return rc != HZ_OK ? rc
                       : tell_ucf(o, (struct span) { (const char *)registry.data, registry.len },
                                  (struct span) { (const char *)hashes.data, hashes.len }, err);
}

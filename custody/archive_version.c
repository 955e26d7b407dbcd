#include "custody/archive_version.h"

#include <string.h>

#include "custody/s3.h"

struct search {
    struct archive_target *t;
    const char *path, *sha256;
    uint64_t most;
    char *version; /* empty: not found */
};

static int each(void *context, const struct s3_found *found, bool *stop, struct hz_error *err)
{
    struct search *s = context;
    char digest[W_DIGEST_HEX];
    const char *read_back;
    int rc;

    if (found->size > s->most)
        return HZ_OK;
    rc = archive_digest(s->t, s->path, found->version, NULL, digest, &read_back, err);
    *stop = rc == HZ_OK && strcmp(digest, s->sha256) == 0;
    if (*stop)
        memcpy(s->version, found->version, strlen(found->version) + 1);
    return rc == HZ_E_NOTFOUND ? HZ_OK : rc; /* deleted meanwhile */
}

int archive_version_of(struct archive_target *t, const char *path, const char *sha256, uint64_t most,
                       char version[ARCHIVE_VERSION], struct hz_error *err)
{
    struct search s = { t, path, sha256, most, version };
    int rc;

    version[0] = '\0';
    rc = s3_versions(t->store, path, each, &s, err);
    return rc == HZ_OK && version[0] == '\0' ? hz_error_set(err, HZ_E_NOTFOUND, "%s/%s", t->url, path) : rc;
}

int archive_version_over(struct archive_target *t, const char *path, const char *version, bool *over,
                         struct hz_error *err)
{
    struct s3_found newest;
    int rc = s3_look(t->store, path, NULL, &newest, err);

    *over = rc == HZ_E_NOTFOUND || (rc == HZ_OK && strcmp(newest.version, version) != 0);
    return rc == HZ_E_NOTFOUND ? HZ_OK : rc;
}

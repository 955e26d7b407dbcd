/* What lies in a copy besides the bundle, as put records it. */
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "custody/archive_fill.h"
#include "custody/cmd_archive_put.h"

static int by_file(const void *a, const void *b)
{
    return strcmp(((const struct w_beside *)a)->file, ((const struct w_beside *)b)->file);
}

static int hash_beside(struct put *p, const struct sidecars *files, struct hz_error *err)
{
    int rc = HZ_OK;

    for (size_t i = 0; rc == HZ_OK && i < files->count; i++) {
        HZ_CLEANUP(io_close) int fd = -1;
        char *digest = p->digests[p->beside_count];
        rc = io_open_input(files->path[i], &fd, err);
        if (rc == HZ_OK)
            rc = verifier_hash(fd, digest, err);
        p->beside[p->beside_count++] = (struct w_beside) { archive_fill_name(files->path[i]), digest, NULL };
    }
    return rc;
}

int put_find_beside(struct put *p, struct hz_error *err)
{
    int rc = sidecar_find(&p->signatures, p->bundle, err);

    if (rc == HZ_OK)
        rc = sidecar_tokens(&p->tokens, p->bundle, err);
    if (rc == HZ_OK)
        rc = hash_beside(p, &p->signatures, err);
    if (rc == HZ_OK)
        rc = hash_beside(p, &p->tokens, err);
    qsort(p->beside, p->beside_count, sizeof p->beside[0], by_file);
    for (size_t i = 0; i < p->beside_count; i++)
        p->lying[i] = (struct archive_sidecar) { .file = p->beside[i].file, .sha256 = p->beside[i].sha256 };
    p->seal.beside = p->lying;
    p->seal.beside_count = p->beside_count;
    return rc;
}

void put_name_versions(struct put *p)
{
    for (size_t i = 0; i < p->beside_count; i++)
        p->beside[i].version = p->lying[i].version[0] != '\0' ? p->lying[i].version : NULL;
    for (size_t i = 0; i < p->rest.count; i++) {
        const char *version = p->lying[p->beside_count + i].version;
        p->rest.list[i].version = version[0] != '\0' ? version : NULL;
    }
}

int put_find_rest(struct put *p, const struct archive_stage *stage, struct hz_error *err)
{
    int rc = archive_rest_find(&p->rest, stage, p->file, p->lying, p->beside_count, err);

    for (size_t i = 0; rc == HZ_OK && i < p->rest.count; i++)
        p->lying[p->beside_count + i] =
            (struct archive_sidecar) { .file = p->rest.list[i].file, .sha256 = p->rest.list[i].sha256 };
    p->seal.beside_count = p->beside_count + p->rest.count;
    return rc;
}

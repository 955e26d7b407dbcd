#include "custody/archive_reseal.h"

#include <stdlib.h>

#include "base/lang.h"
#include "custody/archive_fill.h"

int archive_reseal_look(struct archive_target *t, const struct archive_copy *c, bool *lost, struct hz_error *err)
{
    struct archive_found found;
    int rc = t->kind->look(t, c->file, c->version, &found, err);

    *lost = rc == HZ_OK && !archive_held_sealed(c, &found);
    return rc;
}

const char *archive_reseal_text(const struct archive_copy *c)
{
    return c->retain_until.seconds != 0 && stamp_compare(c->retain_until, stamp_now()) <= 0
               ? _("its retention ended as it was recorded: nothing keeps it from being deleted")
               : _("no longer sealed as it was recorded");
}

static void release(struct archive_sidecar **list)
{
    free(*list);
}

static int seal(struct archive_target *t, const struct archive_copy *c, struct archive_seal *out, struct hz_error *err)
{
    HZ_CLEANUP(release) struct archive_sidecar *beside = calloc(c->beside_count + c->rest_count + 1, sizeof *beside);
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(512);
    int rc = beside != NULL ? archive_name(c->item, c->copy, &name, err)
                            : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));

    for (size_t i = 0; rc == HZ_OK && i < c->beside_count; i++)
        beside[i] = (struct archive_sidecar) { .file = c->beside[i].file, .sha256 = c->beside[i].sha256 };
    for (size_t i = 0; rc == HZ_OK && i < c->rest_count; i++)
        beside[c->beside_count + i] = (struct archive_sidecar) { .file = c->rest[i].file, .sha256 = c->rest[i].sha256 };
    out->beside = beside;
    out->beside_count = c->beside_count + c->rest_count;
    if (rc == HZ_OK)
        rc = t->kind->seal(t, (const char *)name.data, archive_fill_name(c->file), c->sha256, out, err);
    out->beside = NULL;
    out->beside_count = 0;
    return rc;
}

int archive_reseal(struct archive_target *t, const struct archive_copy *c, bool *done, struct hz_error *err)
{
    struct archive_seal sealed = { 0 };
    struct archive_found found;
    struct hz_error why = { 0 };
    char digest[W_DIGEST_HEX];
    const char *read_back;
    bool lost = false;
    int rc;

    *done = false;
    if (archive_reseal_look(t, c, &lost, &why) != HZ_OK || !lost ||
        archive_digest_of(t, c->file, c->version, c->size, NULL, digest, &read_back, &why) != HZ_OK)
        return HZ_OK; /* what is wrong with it is found by whoever mends it */
    rc = seal(t, c, &sealed, err);
    if (rc == HZ_E_INVALID || (rc != HZ_OK && archive_is_damage(err)))
        return HZ_OK;
    if (rc == HZ_OK)
        rc = t->kind->look(t, c->file, c->version, &found, err);
    if (rc != HZ_OK)
        return rc;
    *done = archive_held_sealed(c, &found);
    return *done ? HZ_OK
                 : hz_error_set(err, HZ_E_DENIED,
                                _("%s/%s: it cannot be sealed as it was: this user, or the file system, cannot do it"),
                                t->url, c->file);
}

#include "custody/cmd_archive_widen.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "custody/archive_fill.h"

#define LONGEST ((uint64_t)1 << 30) /* no signature is as long */

static void release(struct w_digest **d)
{
    w_digest_free(*d);
}

static int put(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    return w_digest_update(context, bytes, len, err);
}

static bool is_known(const struct archive_record *r, size_t i)
{
    static const unsigned char none[W_DIGEST_512_SIZE];

    return memcmp(r->wides[i], none, sizeof none) != 0;
}

/* One file of a copy; what cannot be read, or is not as it was recorded, stays unknown. */
static int widen_file(struct archive_record *r, struct archive_target *t, const char *path, const char *version,
                      uint64_t size, const char *sha256, struct hz_error *err)
{
    HZ_CLEANUP(release) struct w_digest *both = NULL;
    unsigned char narrow[W_DIGEST_SIZE];
    char wide[W_DIGEST_512_HEX], digest[W_DIGEST_HEX];
    struct hz_error ignored = { 0 };
    const char *read_back;
    size_t i = 0;
    int rc = w_digest_new_both(&both, err);

    if (rc != HZ_OK || text_unhex(narrow, sizeof narrow, sha256, strlen(sha256)) != HZ_OK)
        return rc;
    while (i < r->digest_count && memcmp(r->digests[i], narrow, sizeof narrow) != 0)
        i++;
    if (i == r->digest_count || is_known(r, i) ||
        archive_digest_of(t, path, version, size, &(struct archive_sink) { put, both }, digest, &read_back, &ignored) !=
            HZ_OK ||
        strcmp(digest, sha256) != 0)
        return HZ_OK;
    rc = w_digest_end_512_hex(both, wide, err);
    return rc == HZ_OK ? text_unhex(r->wides[i], sizeof r->wides[i], wide, strlen(wide)) : rc;
}

static int widen_copy(struct archive_record *r, struct archive_target *t, const struct archive_copy *c,
                      struct hz_error *err)
{
    int rc = is_known(r, 0) ? HZ_OK : widen_file(r, t, c->file, c->version, c->size, c->sha256, err);

    for (size_t i = 0; rc == HZ_OK && i < c->beside_count; i++) {
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(4096);
        const struct archive_beside *b = &c->beside[i];
        if (b->record || strchr(b->file, '/') != NULL)
            continue;
        buf_printf(&path, "%.*s%s", (int)(archive_fill_name(c->file) - c->file), c->file, b->file);
        if (buf_text(&path) == NULL)
            return buf_check(&path, err);
        rc = widen_file(r, t, (const char *)path.data, b->version, LONGEST, b->sha256, err);
    }
    return rc;
}

int cmd_archive_widen(struct archive_record *r, struct cmd_archive_targets *targets, const struct cli_args *args,
                      struct hz_error *err)
{
    int rc = HZ_OK;

    if (r->wides == NULL) {
        r->wides = calloc(R_ERS_OBJECTS, sizeof *r->wides);
        if (r->wides == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
        for (size_t i = 0; rc == HZ_OK && i < r->copy_count; i++) {
            struct cmd_archive_reached *reached;
            rc = cmd_archive_target(targets, args, &r->copies[i], &reached, err);
            if (rc == HZ_OK && reached->there)
                rc = widen_copy(r, &reached->target, &r->copies[i], err);
        }
    }
    if (rc == HZ_OK && !is_known(r, 0))
        return hz_error_set(err, HZ_E_NOTFOUND,
                            _("%s: its SHA-512 is needed, and no copy that is there has the recorded bytes"),
                            r->copies->item);
    return rc;
}

size_t cmd_archive_widen_unknown(const struct archive_record *r)
{
    size_t n = 0;

    for (size_t i = 1; r->wides != NULL && i < r->digest_count; i++)
        n += !is_known(r, i);
    return n;
}

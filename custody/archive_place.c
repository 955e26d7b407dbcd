#include "custody/archive_place.h"

#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "base/text.h"
#include "custody/archive_mark.h"

static bool is_store(const char *target)
{
    return strncmp(target, "s3://", 5) == 0;
}

static bool look(const char *path, struct statx *out)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored = { 0 };

    return io_open_directory(path, &fd, &ignored) == HZ_OK && io_statx(fd, out, &ignored) == HZ_OK;
}

bool archive_place_same(const char *one, const char *other)
{
    struct statx a, b;

    if (strcmp(one, other) == 0)
        return true;
    return !is_store(one) && !is_store(other) && look(one, &a) && look(other, &b) && a.stx_ino == b.stx_ino &&
           a.stx_dev_major == b.stx_dev_major && a.stx_dev_minor == b.stx_dev_minor;
}

/* Now, or when a copy was put there. */
static bool has_volume(const struct archive_target *t, const struct archive_held *all, const char *target)
{
    HZ_CLEANUP(archive_close) struct archive_target other = ARCHIVE_TARGET_INIT;
    struct hz_error ignored = { 0 };

    for (size_t i = 0; i < all->count; i++)
        if (text_equal(all->list[i].target, target) && text_equal(all->list[i].volume, t->volume))
            return true;
    return is_store(target) == is_store(t->url) && archive_open(&other, target, false, &ignored) == HZ_OK &&
           strcmp(other.volume, t->volume) == 0;
}

int archive_place_ruled(const struct archive_target *t, const struct archive_held *all, const struct r_policy *policy,
                        struct hz_error *err)
{
    for (size_t i = 0; i < policy->count; i++) {
        const struct r_policy_rule *rule = &policy->rules[i];
        for (size_t k = 0; k < rule->target_count; k++)
            if (strcmp(rule->targets[k], t->url) != 0 && has_volume(t, all, rule->targets[k]))
                return hz_error_set(err, HZ_E_DENIED,
                                    _("%s is what the policy calls %s, rule %s: name it so, mounted there"), t->url,
                                    rule->targets[k], rule->name);
    }
    return HZ_OK;
}

static bool is_of_ledger(const struct archive_held *all, const char *volume)
{
    for (size_t i = 0; i < all->count; i++)
        if (text_equal(all->list[i].volume, volume))
            return true;
    return false;
}

int archive_place_known(const struct archive_target *t, const struct archive_held *all, struct hz_error *err)
{
    if (is_of_ledger(all, t->volume))
        return HZ_OK;
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].target != NULL && archive_place_same(all->list[i].target, t->url))
            return hz_error_set(err, HZ_E_NOTFOUND,
                                _("%s: another medium is there than the one that has the copy %s of %s: mount that "
                                  "one, or say --new-medium; if only its mark was altered, hozen archive repair writes "
                                  "it anew"),
                                t->url, all->list[i].copy, all->list[i].item);
    return HZ_OK;
}

/* Of this volume, as it was recorded. */
static bool has_copy(struct archive_target *t, const char *volume, const struct archive_held *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct archive_copy *c = &all->list[i];
        struct hz_error ignored = { 0 };
        char digest[W_DIGEST_HEX];
        const char *read_back;
        if (c->file != NULL && text_equal(c->volume, volume) &&
            archive_digest_of(t, c->file, NULL, c->size, NULL, digest, &read_back, &ignored) == HZ_OK &&
            strcmp(digest, c->sha256) == 0)
            return true;
    }
    return false;
}

int archive_place_mark(const char *where, const char *volume, const struct archive_held *all, bool *done,
                       struct hz_error *err)
{
    HZ_CLEANUP(archive_close) struct archive_target t = ARCHIVE_TARGET_INIT;
    struct hz_error why = { 0 };
    int rc;

    *done = false;
    if (is_store(where))
        return HZ_OK;
    rc = archive_url(where, &t.url, err);
    if (rc != HZ_OK || io_open_directory(t.url, &t.folder, &why) != HZ_OK)
        return rc;
    t.kind = &archive_folder;
    rc = archive_mark(t.url, t.folder, false, t.volume, &why);
    if ((rc == HZ_OK && is_of_ledger(all, t.volume)) || !has_copy(&t, volume, all))
        return HZ_OK;
    rc = archive_mark_restore(t.url, volume, err);
    *done = rc == HZ_OK;
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", t.url);
}

#include "collector/persistence/pkg_owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/persistence/pkg_dpkg.h"
#include "collector/persistence/pkg_made.h"
#include "collector/persistence/pkg_rpm.h"

#define ALL_COMPARED_MAX ((uint64_t)256 << 20)

int pkg_owner_new(struct pkg_owners **out, int root, struct hz_error *err)
{
    struct pkg_owners *o = calloc(1, sizeof *o);
    if (o == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    o->root = fcntl(root, F_DUPFD_CLOEXEC, 3);
    if (o->root < 0) {
        free(o);
        return hz_error_sys(err, HZ_E_IO, errno, "%s", _("cannot open the root directory"));
    }
    *out = o;
    return HZ_OK;
}

void pkg_owner_free(struct pkg_owners *o)
{
    if (o == NULL)
        return;
    for (size_t i = 0; o->claims != NULL && i < o->claim_count; i++)
        free(o->claims[i].package);
    free(o->claims);
    pers_paths_free(&o->paths);
    pers_absences_free(&o->absences);
    io_close(&o->root);
    free(o);
}

struct search {
    struct pkg_owners *owners;
    struct pkg_dpkg *dpkg;
    struct buf place;
};

static struct pkg_claim *claim_of(struct search *s, struct span package, struct span path, struct hz_error *err,
                                  int *rc)
{
    bool diverted;
    *rc = pkg_dpkg_place(s->dpkg, package, path, &s->place, &diverted, err);
    if (*rc != HZ_OK) {
        *rc = *rc == HZ_E_LIMIT ? HZ_OK : *rc;
        return NULL;
    }
    size_t i = pers_paths_find(&s->owners->paths, (struct span) { (const char *)s->place.data, s->place.len });
    return i == SIZE_MAX ? NULL : &s->owners->claims[i];
}

static int note_owner(void *context, struct span package, struct span path, const struct pkg_digest *digest,
                      struct hz_error *err)
{
    int rc;
    (void)digest;
    struct pkg_claim *c = claim_of(context, package, path, err, &rc);
    if (c == NULL || c->package != NULL)
        return rc;
    c->package = strndup(package.at, package.len);
    return c->package != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

static int note_digest(void *context, struct span package, struct span path, const struct pkg_digest *digest,
                       struct hz_error *err)
{
    int rc;
    struct pkg_claim *c = claim_of(context, package, path, err, &rc);
    if (c != NULL && c->package != NULL && span_is(package, c->package))
        c->digest = *digest;
    return rc;
}

static bool is_claimed(void *context, struct span package)
{
    const struct search *s = context;
    for (size_t i = 0; i < s->owners->claim_count; i++)
        if (s->owners->claims[i].package != NULL && span_is(package, s->owners->claims[i].package))
            return true;
    return false;
}

static int note_conffiles(struct search *s, struct hz_error *err)
{
    struct span rest = { (const char *)s->dpkg->status.data, s->dpkg->status.len }, path;
    struct pkg_stanza stanza;
    struct pkg_digest digest;
    int rc = HZ_OK;
    while (rc == HZ_OK && pkg_dpkg_stanza(&rest, &stanza))
        while (rc == HZ_OK && pkg_dpkg_conffile(&stanza.conffiles, &path, &digest)) {
            struct pkg_claim *c = claim_of(s, stanza.name, path, err, &rc);
            if (c != NULL && c->package != NULL)
                c->digest = digest;
        }
    return rc;
}

static int search_dpkg(struct search *s, struct hz_error *err)
{
    int rc = pkg_dpkg_lists(s->dpkg, note_owner, s, err);
    if (rc == HZ_OK)
        rc = pkg_dpkg_sums(s->dpkg, is_claimed, note_digest, s, err);
    if (rc == HZ_OK)
        rc = note_conffiles(s, err);
    return rc == HZ_OK ? pkg_made_tell(s->owners, err) : rc;
}

struct rpm_search {
    struct pkg_owners *owners;
    struct pkg_aliases aliases;
    struct buf raw, place;
    struct span package;
};

static int note_rpm_file(void *context, const struct pkg_rpm_file *f, struct hz_error *err)
{
    struct rpm_search *s = context;
    buf_reset(&s->raw);
    buf_reset(&s->place);
    buf_put(&s->raw, f->folder.at, f->folder.len);
    buf_put(&s->raw, f->name.at, f->name.len);
    if (buf_check(&s->raw, err) != HZ_OK ||
        pkg_alias_put(&s->aliases, (struct span) { (const char *)s->raw.data, s->raw.len }, &s->place) != HZ_OK)
        return HZ_OK;
    size_t i = pers_paths_find(&s->owners->paths, (struct span) { (const char *)s->place.data, s->place.len });
    if (i == SIZE_MAX || s->owners->claims[i].package != NULL)
        return HZ_OK;
    s->owners->claims[i].digest = f->digest;
    s->owners->claims[i].package = strndup(s->package.at, s->package.len);
    return s->owners->claims[i].package != NULL ? HZ_OK : hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

static int note_rpm_package(void *context, const struct pkg_rpm *p, struct hz_error *err)
{
    struct rpm_search *s = context;
    s->package = p->name;
    return pkg_rpm_files(p, note_rpm_file, s, err);
}

/* A database that was read only in part says nothing about what is in none of its packages. */
static int search_rpm(struct pkg_owners *o, struct hz_error *err)
{
    struct rpm_search s = { .owners = o, .raw = BUF_INIT(PERS_PATH_MAX), .place = BUF_INIT(PERS_PATH_MAX) };
    struct hz_error why;
    int rc = pkg_alias_find(&s.aliases, o->root, &o->absences, &why);
    if (rc == HZ_OK)
        rc = pkg_rpm_read(o->root, &o->absences, note_rpm_package, &s, &why);
    o->known |= rc == HZ_OK;
    pkg_alias_free(&s.aliases);
    buf_free(&s.raw);
    buf_free(&s.place);
    if (rc == HZ_E_NOMEM || (rc != HZ_OK && absence_is_ours(why.sys_errno))) {
        *err = why;
        return rc;
    }
    return HZ_OK;
}

/* What cannot be read is not called altered. */
static int compare(struct pkg_owners *o, struct hz_error *err)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < o->claim_count && sum < ALL_COMPARED_MAX; i++) {
        HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
        HZ_CLEANUP(io_close) int fd = -1;
        struct pkg_claim *c = &o->claims[i];
        struct pkg_digest found;
        struct hz_error why;
        uint64_t size = 0;
        if (c->digest.algorithm == PKG_NONE)
            continue;
        int rc = pers_look(o->root, o->paths.list[i].at, &t, &why);
        if (rc == HZ_OK)
            rc = pers_look_open(&t, &fd, &why);
        o->exposed += t.exposed;
        if (rc == HZ_OK)
            rc = pkg_digest_file(fd, c->digest.algorithm, PKG_COMPARED_MAX, &found, &size, &why);
        if (rc != HZ_OK && pers_absences_failed(&o->absences, o->paths.list[i], &why, err) != HZ_OK)
            return err->code;
        c->altered = rc == HZ_OK && !pkg_digest_same(&found, &c->digest);
        sum += size;
    }
    return HZ_OK;
}

static int find(struct pkg_owners *o, struct hz_error *err)
{
    HZ_CLEANUP(pkg_dpkg_close) struct pkg_dpkg dpkg = PKG_DPKG_INIT;
    struct search s = { .owners = o, .dpkg = &dpkg, .place = BUF_INIT(PERS_PATH_MAX) };
    struct hz_error why;
    if (pkg_made_ask(&o->paths, err) != HZ_OK)
        return err->code;
    pers_paths_sort(&o->paths);
    o->claims = calloc(o->paths.count + 1, sizeof *o->claims);
    if (o->claims == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    o->claim_count = o->paths.count;
    int rc = pkg_dpkg_open(&dpkg, o->root, &why);
    if (rc != HZ_OK && rc != HZ_E_NOTFOUND) {
        *err = why;
        return rc;
    }
    o->known = rc == HZ_OK;
    if (o->known)
        rc = search_dpkg(&s, err);
    buf_free(&s.place);
    if (rc == HZ_OK || rc == HZ_E_NOTFOUND)
        rc = pers_absences_move(&o->absences, &dpkg.absences, err);
    if (rc == HZ_OK && dpkg.unread_errno != 0)
        rc = pers_absences_add(&o->absences, span_of("/var/lib/dpkg/info"), dpkg.unread_errno, err);
    o->known &= o->absences.count == 0; /* what no list names would be called nobody's */
    if (rc == HZ_OK)
        rc = search_rpm(o, err);
    return rc == HZ_OK && o->known ? compare(o, err) : rc;
}

void pkg_owner_find(void *context)
{
    struct pkg_owners *o = context;
    o->rc = find(o, &o->error);
}

const struct pkg_claim *pkg_owner_of(const struct pkg_owners *o, struct span path)
{
    size_t i = path.at == NULL ? SIZE_MAX : pers_paths_find(&o->paths, path);
    return i == SIZE_MAX || i >= o->claim_count ? NULL : &o->claims[i];
}

#include "collector/persistence/pkg_base.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_open.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/persistence/pkg_dpkg.h"
#include "collector/persistence/pkg_rpm.h"

#define BLOCK ((size_t)256 << 10)

struct pkg_block {
    struct pkg_block *next;
    size_t used, room;
    char bytes[];
};

static int no_memory(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
}

int pkg_base_new(struct pkg_base **out, int root, bool all, struct hz_error *err)
{
    struct pkg_base *b = calloc(1, sizeof *b);
    if (b == NULL)
        return no_memory(err);
    b->all = all;
    b->root = fcntl(root, F_DUPFD_CLOEXEC, 3);
    if (b->root < 0) {
        free(b);
        return no_memory(err);
    }
    *out = b;
    return HZ_OK;
}

void pkg_base_free(struct pkg_base *b)
{
    if (b == NULL)
        return;
    for (struct pkg_block *block = b->blocks, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(b->packages);
    free(b->files);
    pers_absences_free(&b->absences);
    io_close(&b->root);
    free(b);
}

/* A copy with a NUL and `more` behind it; at is NULL when memory is out. */
static struct span keep(struct pkg_base *b, struct span s, const void *more, size_t more_len)
{
    struct pkg_block *block = b->blocks;
    size_t len = s.len + 1 + more_len;
    if (s.at == NULL)
        return s;
    if (block == NULL || block->room - block->used < len) {
        size_t room = len > BLOCK ? len : BLOCK;
        block = malloc(sizeof *block + room);
        if (block == NULL)
            return SPAN_NONE;
        *block = (struct pkg_block) { .next = b->blocks, .room = room };
        b->blocks = block;
        b->bytes += room;
    }
    char *at = block->bytes + block->used;
    memcpy(at, s.at, s.len);
    at[s.len] = '\0';
    if (more_len > 0)
        memcpy(at + s.len + 1, more, more_len);
    block->used += len;
    return (struct span) { at, s.len };
}

static int grow(void *array, size_t each, size_t count, size_t *room, struct hz_error *err)
{
    void **at = array;
    if (count < *room)
        return HZ_OK;
    size_t wanted = *room == 0 ? 256 : *room * 2;
    void *grown = reallocarray(*at, wanted, each);
    if (grown == NULL)
        return no_memory(err);
    *at = grown;
    *room = wanted;
    return HZ_OK;
}

int pkg_base_add_package(struct pkg_base *b, const struct pkg_package *package, struct hz_error *err)
{
    if (b->package_count >= PKG_PACKAGES_MAX || b->bytes > PKG_BYTES_MAX) {
        b->truncated = true;
        return HZ_OK;
    }
    int rc = grow(&b->packages, sizeof *b->packages, b->package_count, &b->package_room, err);
    if (rc != HZ_OK)
        return rc;
    struct pkg_package kept = *package;
    struct span *texts[] = { &kept.name, &kept.version, &kept.architecture, &kept.status };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct span copy = keep(b, *texts[i], NULL, 0);
        if (copy.at == NULL && texts[i]->at != NULL)
            return no_memory(err);
        *texts[i] = copy;
    }
    b->packages[b->package_count++] = kept;
    return HZ_OK;
}

int pkg_base_add_file(struct pkg_base *b, const struct pkg_file *file, const struct pkg_digest *digest,
                      struct hz_error *err)
{
    if (b->file_count >= PKG_FILES_MAX || b->bytes > PKG_BYTES_MAX) {
        b->truncated = true;
        return HZ_OK;
    }
    int rc = grow(&b->files, sizeof *b->files, b->file_count, &b->file_room, err);
    if (rc != HZ_OK)
        return rc;
    struct pkg_file kept = *file;
    kept.algorithm = (uint8_t)digest->algorithm;
    kept.path = keep(b, file->path, digest->bytes, pkg_digest_size(digest->algorithm));
    if (kept.path.at == NULL)
        return no_memory(err);
    b->files[b->file_count++] = kept;
    return HZ_OK;
}

struct pkg_digest pkg_base_digest(const struct pkg_file *file)
{
    struct pkg_digest d = { .algorithm = file->algorithm };
    memcpy(d.bytes, file->path.at + file->path.len + 1, pkg_digest_size(d.algorithm));
    return d;
}

static bool is_library(struct span name)
{
    return span_ends(name, ".so") || span_has(name, ".so.");
}

/* "libc.so.6" in /usr/lib or /usr/lib/TRIPLET, and modules in a few folders below. */
static unsigned library_rank(struct span path)
{
    const char *slash = memrchr(path.at, '/', path.len);
    struct span name = slash == NULL ? path : span_from(path, (size_t)(slash - path.at) + 1);
    if (slash == NULL || !is_library(name))
        return 0;
    struct span folder = { path.at, (size_t)(slash - path.at) };
    if (span_ends(folder, "/security") || span_begins(name, "libnss_") || span_has(folder, "/gconv") ||
        span_has(folder, "/engines-") || span_has(folder, "/ossl-modules"))
        return 1;
    struct span rest = span_from(folder, span_begins(folder, "/usr") ? 4 : 0);
    unsigned depth = 0;
    for (size_t i = 0; i < rest.len; i++)
        depth += rest.at[i] == '/';
    return span_begins(rest, "/lib") && depth <= 2 ? 2 : 0;
}

unsigned pkg_base_matters(struct span path)
{
    static const char *const folders[] = { "/bin/",
                                           "/sbin/",
                                           "/usr/bin/",
                                           "/usr/sbin/",
                                           "/usr/local/",
                                           "/usr/libexec/",
                                           "/boot/",
                                           "/etc/",
                                           "/usr/lib/systemd/",
                                           "/lib/systemd/",
                                           "/usr/lib/udev/",
                                           "/lib/udev/",
                                           "/usr/lib/openssh/",
                                           "/usr/lib/sudo/",
                                           "/usr/lib/dbus-1.0/",
                                           "/usr/lib/polkit-1/",
                                           "/usr/lib/apt/",
                                           "/usr/lib/cron/",
                                           "/usr/share/dbus-1/",
                                           "/usr/share/polkit-1/" };
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (span_begins(path, folders[i]))
            return 1;
    return path.len > 0 ? library_rank(path) : 0;
}

static int by_rank(const void *a, const void *b)
{
    const struct pkg_file *x = a, *y = b;
    int by = (x->rank > y->rank) - (x->rank < y->rank);
    if (by == 0)
        by = strcmp(x->path.at, y->path.at);
    return by != 0 ? by : (x->package > y->package) - (x->package < y->package);
}

struct reading {
    struct pkg_base *base;
    struct pkg_dpkg *dpkg;
    struct buf place;
    uint32_t index; /* of the package whose files are read */
};

static int add_packages(struct reading *r, struct hz_error *err)
{
    struct span rest = { (const char *)r->dpkg->status.data, r->dpkg->status.len };
    struct pkg_stanza s;
    int rc = HZ_OK;
    while (rc == HZ_OK && pkg_dpkg_stanza(&rest, &s)) {
        struct pkg_package package = {
            .name = s.name, .version = s.version, .architecture = s.architecture, .status = s.status, .manager = "dpkg"
        };
        rc = pkg_dpkg_time(r->dpkg, s.name, s.architecture, &package.has_time, &package.installed, err);
        if (rc == HZ_OK)
            rc = pkg_base_add_package(r->base, &package, err);
    }
    return rc;
}

/* "libc6:amd64" is "libc6" of the architecture amd64. */
static uint32_t package_of(struct reading *r, struct span package)
{
    struct span architecture = package, name;
    if (!span_until(&architecture, ':', &name)) {
        name = package;
        architecture = SPAN_NONE;
    }
    for (size_t i = 0; i < r->base->package_count; i++) {
        const struct pkg_package *p = &r->base->packages[i];
        if (span_is(name, p->name.at) && (architecture.at == NULL || span_is(architecture, p->architecture.at)))
            return (uint32_t)i;
    }
    return UINT32_MAX;
}

static int add_file(struct reading *r, uint32_t package, struct span path, const struct pkg_digest *digest,
                    bool conffile, struct hz_error *err)
{
    struct pkg_file file = { .package = package, .conffile = conffile };
    struct span name = package == UINT32_MAX ? span_of("") : r->base->packages[package].name;
    unsigned rank = pkg_base_matters(path);
    if ((!r->base->all && rank == 0) || r->base->truncated)
        return HZ_OK;
    file.rank = (uint8_t)(rank == 0 ? 3 : rank);
    int rc = pkg_dpkg_place(r->dpkg, name, path, &r->place, &file.diverted, err);
    if (rc != HZ_OK)
        return rc == HZ_E_LIMIT ? HZ_OK : rc;
    file.path = (struct span) { (const char *)r->place.data, r->place.len };
    return memchr(file.path.at, '\0', file.path.len) != NULL ? HZ_OK : pkg_base_add_file(r->base, &file, digest, err);
}

static int add_sum(void *context, struct span package, struct span path, const struct pkg_digest *digest,
                   struct hz_error *err)
{
    const struct reading *r = context;
    (void)package;
    return add_file(context, r->index, path, digest, false, err);
}

static bool begin_package(void *context, struct span package)
{
    struct reading *r = context;
    r->index = package_of(r, package);
    return true;
}

static int add_conffiles(struct reading *r, struct hz_error *err)
{
    struct span rest = { (const char *)r->dpkg->status.data, r->dpkg->status.len }, path;
    struct pkg_stanza s;
    struct pkg_digest digest;
    int rc = HZ_OK;
    for (uint32_t i = 0; rc == HZ_OK && pkg_dpkg_stanza(&rest, &s) && i < r->base->package_count; i++)
        while (rc == HZ_OK && span_ends(s.status, " installed") && pkg_dpkg_conffile(&s.conffiles, &path, &digest))
            rc = add_file(r, i, path, &digest, true, err);
    return rc;
}

static int read_dpkg(struct pkg_base *b, struct hz_error *err)
{
    HZ_CLEANUP(pkg_dpkg_close) struct pkg_dpkg dpkg = PKG_DPKG_INIT;
    struct reading r = { .base = b, .dpkg = &dpkg, .place = BUF_INIT(PERS_PATH_MAX) };
    int rc = pkg_dpkg_open(&dpkg, b->root, err);
    if (rc != HZ_OK)
        return rc == HZ_E_NOTFOUND ? pers_absences_move(&b->absences, &dpkg.absences, err) : rc;
    b->found = true;
    rc = add_packages(&r, err);
    if (rc == HZ_OK)
        rc = pkg_dpkg_sums(&dpkg, begin_package, add_sum, &r, err);
    if (rc == HZ_OK)
        rc = add_conffiles(&r, err);
    if (rc == HZ_OK)
        rc = pers_absences_move(&b->absences, &dpkg.absences, err);
    b->exposed += dpkg.info.exposed;
    b->unread = dpkg.unread;
    b->truncated |= dpkg.status.len == PKG_STATUS_MAX;
    buf_free(&r.place);
    return rc;
}

struct rpm_reading {
    struct pkg_base *base;
    struct pkg_aliases aliases;
    struct buf raw, place;
    uint32_t package;
};

static int add_rpm_file(void *context, const struct pkg_rpm_file *f, struct hz_error *err)
{
    struct rpm_reading *r = context;
    struct pkg_file file = { .package = r->package, .conffile = f->config };
    buf_reset(&r->raw);
    buf_reset(&r->place);
    buf_put(&r->raw, f->folder.at, f->folder.len);
    buf_put(&r->raw, f->name.at, f->name.len);
    struct span path = { (const char *)r->raw.data, r->raw.len };
    unsigned rank = r->raw.failed == HZ_OK ? pkg_base_matters(path) : 0;
    if (!span_begins(path, "/") || (!r->base->all && rank == 0) || pkg_alias_put(&r->aliases, path, &r->place) != HZ_OK)
        return r->place.failed == HZ_E_NOMEM ? buf_check(&r->place, err) : HZ_OK;
    file.path = (struct span) { (const char *)r->place.data, r->place.len };
    file.rank = (uint8_t)(rank == 0 ? 3 : rank);
    return pkg_base_add_file(r->base, &file, &f->digest, err);
}

static int add_rpm_package(void *context, const struct pkg_rpm *p, struct hz_error *err)
{
    struct rpm_reading *r = context;
    HZ_CLEANUP(buf_free) struct buf version = BUF_INIT(4096);
    struct pkg_package package = { .name = p->name,
                                   .architecture = p->architecture,
                                   .manager = "rpm",
                                   .has_time = p->has_time,
                                   .installed = { .seconds = p->installed } };
    buf_put(&version, p->version.at, p->version.len);
    buf_putc(&version, '-');
    buf_put(&version, p->release.at, p->release.len);
    if (version.failed == HZ_OK)
        package.version = (struct span) { (const char *)version.data, version.len };
    size_t before = r->base->package_count;
    int rc = pkg_base_add_package(r->base, &package, err);
    r->package = r->base->package_count > before ? (uint32_t)before : UINT32_MAX;
    return rc == HZ_OK ? pkg_rpm_files(p, add_rpm_file, r, err) : rc;
}

/* A database that cannot be read is in the bundle all the same. */
static int read_rpm(struct pkg_base *b, struct hz_error *err)
{
    struct rpm_reading r = { .base = b, .raw = BUF_INIT(PERS_PATH_MAX), .place = BUF_INIT(PERS_PATH_MAX) };
    struct hz_error why;
    int rc = pkg_alias_find(&r.aliases, b->root, &b->absences, &why);
    if (rc == HZ_OK)
        rc = pkg_rpm_read(b->root, &b->absences, add_rpm_package, &r, &why);
    b->rpm_read = rc == HZ_OK;
    pkg_alias_free(&r.aliases);
    buf_free(&r.raw);
    buf_free(&r.place);
    if (rc != HZ_E_NOMEM && (rc == HZ_OK || !absence_is_ours(why.sys_errno)))
        return HZ_OK;
    *err = why;
    return rc;
}

static int find_rpm(struct pkg_base *b, struct hz_error *err)
{
    static const char *const files[] = { "/var/lib/rpm/rpmdb.sqlite",         "/var/lib/rpm/Packages",
                                         "/var/lib/rpm/Packages.db",          "/usr/lib/sysimage/rpm/rpmdb.sqlite",
                                         "/usr/lib/sysimage/rpm/Packages.db", "/usr/lib/sysimage/rpm/Packages" };
    for (size_t i = 0; !b->rpm && i < sizeof files / sizeof files[0]; i++) {
        HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
        struct hz_error why;
        b->rpm = pers_look(b->root, files[i], &t, &why) == HZ_OK;
        if (!b->rpm && pers_absences_failed(&b->absences, span_of(files[i]), &why, err) != HZ_OK)
            return err->code;
    }
    return HZ_OK;
}

void pkg_base_read(void *context)
{
    struct pkg_base *b = context;
    b->rc = find_rpm(b, &b->error);
    if (b->rc == HZ_OK)
        b->rc = read_dpkg(b, &b->error);
    if (b->rc == HZ_OK && b->rpm)
        b->rc = read_rpm(b, &b->error);
    if (b->rc == HZ_OK && b->file_count > 1)
        qsort(b->files, b->file_count, sizeof *b->files, by_rank);
}

/* What package managers of this host know: packages, and files with the digests that they had when they were delivered.
 */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_BASE_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/stamp.h"
#include "collector/persistence/pers_rows.h"
#include "collector/persistence/pers_text.h"
#include "collector/persistence/pkg_digest.h"

#define PKG_PACKAGES_MAX ((size_t)50000)
#define PKG_FILES_MAX ((size_t)400000)
#define PKG_BYTES_MAX ((size_t)36 << 20) /* of all names and digests */

struct pkg_package { /* texts are owned by the base */
    struct span name, version, architecture, status;
    const char *manager; /* "dpkg", "rpm" */
    bool has_time;
    struct stamp installed;
};

struct pkg_file {     /* small: there may be some hundred thousand */
    struct span path; /* where it should be now, links of folders resolved; owned by the base, NUL-terminated, the
                         digest behind it */
    uint32_t package; /* index; UINT32_MAX: of one that is in no list */
    uint8_t algorithm;
    uint8_t rank;  /* pkg_base_matters, 3 in place of 0 */
    bool conffile; /* its administrator may change it */
    bool diverted; /* moved away by dpkg-divert(8) */
};

struct pkg_block;

struct pkg_base {
    int root;       /* owned */
    bool all;       /* every file; else those that somebody who stays would replace (pkg_base_matters) */
    bool found;     /* there is a database of dpkg */
    bool rpm;       /* there is one of rpm */
    bool rpm_read;  /* and it could be read to its end */
    bool truncated; /* there is more than is kept */
    struct pkg_package *packages;
    size_t package_count, package_room;
    struct pkg_file *files; /* those that matter most first, then ascending by path */
    size_t file_count, file_room;
    struct pkg_block *blocks; /* texts */
    size_t bytes;
    uint64_t exposed;
    uint64_t unread; /* lists of dpkg that could not be read */
    struct pers_absences absences;
    int rc; /* not HZ_OK only for a shortage of ours */
    struct hz_error error;
};

int pkg_base_new(struct pkg_base **out, int root, bool all, struct hz_error *err);
void pkg_base_free(struct pkg_base *b); /* NULL is legal */
/* As a servant's work, once. context: a struct pkg_base. */
void pkg_base_read(void *context);
/* What somebody who stays would replace: 1 programs, modules of PAM and NSS, units and rules of what starts at boot,
 * kernels, configuration; 2 other libraries; 0 everything else. */
unsigned pkg_base_matters(struct span path);

/* What it should be. */
struct pkg_digest pkg_base_digest(const struct pkg_file *file);

/* For those that read databases. Texts are copied. */
int pkg_base_add_package(struct pkg_base *b, const struct pkg_package *package, struct hz_error *err);
int pkg_base_add_file(struct pkg_base *b, const struct pkg_file *file, const struct pkg_digest *digest,
                      struct hz_error *err);

#endif

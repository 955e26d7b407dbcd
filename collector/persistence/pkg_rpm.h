/* Headers of rpm's packages, as its database holds them: RPM file format v4, "Header Structure". */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_RPM_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_RPM_H

#include "base/error.h"
#include "collector/persistence/pers_rows.h"
#include "collector/persistence/pers_text.h"
#include "collector/persistence/pkg_digest.h"

struct pkg_rpm { /* spans lie in the header */
    struct span name, version, release, architecture;
    bool has_time;
    uint32_t installed; /* seconds since 1970 */
    const unsigned char *index, *data;
    uint32_t entries, length;
};

struct pkg_rpm_file {
    struct span folder, name; /* "/usr/bin/" and "ls" */
    struct pkg_digest digest; /* PKG_NONE: a folder or link, or nothing is recorded */
    bool config;              /* its administrator may change it */
};

/* HZ_E_FORMAT: offsets or counts do not hold together. */
int pkg_rpm_parse(const unsigned char *blob, size_t len, struct pkg_rpm *out, struct hz_error *err);
/* Each regular file that was installed (no ghosts, none that were left out). Not HZ_OK ends it. */
typedef int pkg_rpm_each(void *context, const struct pkg_rpm_file *file, struct hz_error *err);
int pkg_rpm_files(const struct pkg_rpm *r, pkg_rpm_each *each, void *context, struct hz_error *err);

/* All headers of rpmdb.sqlite below this host's root. HZ_E_NOTFOUND: there is none; HZ_E_UNSUPPORTED: a log that is not
 * empty belongs to it; HZ_E_FORMAT: damaged, those before were given. */
typedef int pkg_rpm_package(void *context, const struct pkg_rpm *package, struct hz_error *err);
int pkg_rpm_read(int root, struct pers_absences *absences, pkg_rpm_package *each, void *context, struct hz_error *err);

#endif

/* dpkg's own records below /var/lib/dpkg: which packages there are, which files each brought, what their MD5 was. They
 * are the host's word: who is root there can have changed them, too. On a servant's thread. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PKG_DPKG_H
#define HZ_COLLECTOR_PERSISTENCE_PKG_DPKG_H

#include "base/buf.h"
#include "base/error.h"
#include "base/stamp.h"
#include "collector/persistence/pers_look.h"
#include "collector/persistence/pers_rows.h"
#include "collector/persistence/pers_text.h"
#include "collector/persistence/pkg_alias.h"
#include "collector/persistence/pkg_digest.h"

#define PKG_STATUS_MAX ((size_t)16 << 20) /* of /var/lib/dpkg/status: what lies behind is not read */

struct pkg_diversion { /* spans lie in the text of the diversions */
    struct span from, to, by;
};
#define PKG_DIVERSIONS_MAX ((size_t)50000)

struct pkg_dpkg {
    struct pers_thing info; /* /var/lib/dpkg/info */
    struct buf status, diversions;
    struct pkg_diversion *diverted; /* owned; by `from` */
    size_t diverted_count;
    struct pkg_aliases aliases;
    uint64_t unread;               /* lists of files and digests that could not be read, or are too long */
    int unread_errno;              /* of one of them; 0: they were no such lists */
    struct pers_absences absences; /* what else could not be */
};
#define PKG_DPKG_INIT                                                                                                  \
    {                                                                                                                  \
        .info = PERS_THING_INIT, .status = BUF_INIT(PKG_STATUS_MAX), .diversions = BUF_INIT((size_t)8 << 20)           \
    }

/* root: descriptor of "/". HZ_E_NOTFOUND: this host has no dpkg, or d->absences say why that is not known. */
int pkg_dpkg_open(struct pkg_dpkg *d, int root, struct hz_error *err);
void pkg_dpkg_close(struct pkg_dpkg *d);
/* Of open: makes d->diverted from d->diversions. HZ_E_NOMEM. */
int pkg_dpkg_divert(struct pkg_dpkg *d, struct hz_error *err);

struct pkg_stanza { /* of the status file; spans lie in it */
    struct span name, version, architecture, status;
    struct span conffiles; /* lines " PATH MD5 [obsolete]" */
};
/* The next stanza of *rest, which begins with the whole status file. */
bool pkg_dpkg_stanza(struct span *rest, struct pkg_stanza *out);
/* The next file of stanza->conffiles, with its digest as it was delivered; those marked obsolete are passed over. */
bool pkg_dpkg_conffile(struct span *conffiles, struct span *path, struct pkg_digest *digest);

/* What each returns other than HZ_OK ends it. path: as dpkg has it; digest: NULL for .list files. */
typedef int pkg_dpkg_each(void *context, struct span package, struct span path, const struct pkg_digest *digest,
                          struct hz_error *err);
/* Each path of each package ("libc6:amd64"), folders too. */
int pkg_dpkg_lists(struct pkg_dpkg *d, pkg_dpkg_each *each, void *context, struct hz_error *err);
/* Each file with its digest, of packages that `chosen` allows (NULL: all). */
typedef bool pkg_dpkg_chosen(void *context, struct span package);
int pkg_dpkg_sums(struct pkg_dpkg *d, pkg_dpkg_chosen *chosen, pkg_dpkg_each *each, void *context,
                  struct hz_error *err);
/* When the list of a package ("libc6" and "amd64": also "libc6:amd64.list") was written: it was installed then. */
int pkg_dpkg_time(struct pkg_dpkg *d, struct span name, struct span architecture, bool *known, struct stamp *out,
                  struct hz_error *err);
/* Where a package's file really is: diverted by dpkg-divert(8), in a folder that is a link now. Empties *out first.
 * *diverted: it was moved away for a file of another package. */
int pkg_dpkg_place(const struct pkg_dpkg *d, struct span package, struct span path, struct buf *out, bool *diverted,
                   struct hz_error *err);

#endif

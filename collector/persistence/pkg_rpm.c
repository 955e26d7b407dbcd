#include "collector/persistence/pkg_rpm.h"

#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/persistence/pers_look.h"
#include "collector/persistence/pkg_sqlite.h"

enum { /* rpmtag.h */
       TAG_NAME = 1000,
       TAG_VERSION = 1001,
       TAG_RELEASE = 1002,
       TAG_INSTALLTIME = 1008,
       TAG_ARCH = 1022,
       TAG_FILESTATES = 1029,
       TAG_FILEMODES = 1030,
       TAG_FILEDIGESTS = 1035,
       TAG_FILEFLAGS = 1037,
       TAG_DIRINDEXES = 1116,
       TAG_BASENAMES = 1117,
       TAG_DIRNAMES = 1118,
       TAG_FILEDIGESTALGO = 5011
};
enum { TYPE_CHAR = 1, TYPE_INT16 = 3, TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRINGS = 8 };
enum { FLAG_CONFIG = 1, FLAG_GHOST = 64 };

#define ENTRY 16
#define COUNT_MAX 2000000U

static uint32_t number(const unsigned char *p, size_t bytes)
{
    uint32_t n = 0;
    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | p[i];
    return n;
}

static int damaged(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, "%s", _("a header of rpm's database is damaged"));
}

struct values {
    const unsigned char *at, *end; /* NULL: there are none */
    uint32_t type, count;
};

/* The values of a tag of this type, all within the header's data. */
static struct values find(const struct pkg_rpm *r, uint32_t tag, uint32_t type)
{
    static const size_t sizes[] = { [TYPE_CHAR] = 1, [TYPE_INT16] = 2, [TYPE_INT32] = 4 };
    for (uint32_t i = 0; i < r->entries; i++) {
        const unsigned char *e = r->index + (size_t)i * ENTRY;
        uint32_t offset = number(e + 8, 4), count = number(e + 12, 4);
        if (number(e, 4) != tag || number(e + 4, 4) != type || offset >= r->length || count > COUNT_MAX)
            continue;
        size_t size = type < sizeof sizes / sizeof sizes[0] ? sizes[type] : 1;
        if (size * count > r->length - offset)
            continue;
        return (struct values) { r->data + offset, r->data + r->length, type, count };
    }
    return (struct values) { NULL, NULL, type, 0 };
}

/* The next of a row of strings, each with a NUL behind it. */
static bool next_string(struct values *v, struct span *out)
{
    const unsigned char *end = v->at == NULL || v->count == 0 ? NULL : memchr(v->at, '\0', (size_t)(v->end - v->at));
    if (end == NULL)
        return false;
    *out = (struct span) { (const char *)v->at, (size_t)(end - v->at) };
    v->at = end + 1;
    v->count--;
    return true;
}

static struct span one_string(const struct pkg_rpm *r, uint32_t tag)
{
    struct values v = find(r, tag, TYPE_STRING);
    struct span s = SPAN_NONE;
    next_string(&v, &s);
    return s;
}

int pkg_rpm_parse(const unsigned char *blob, size_t len, struct pkg_rpm *out, struct hz_error *err)
{
    struct pkg_rpm r = { 0 };
    if (len < 8)
        return damaged(err);
    r.entries = number(blob, 4);
    r.length = number(blob + 4, 4);
    if (r.entries > COUNT_MAX || (size_t)r.entries * ENTRY > len - 8 || r.length > len - 8 - (size_t)r.entries * ENTRY)
        return damaged(err);
    r.index = blob + 8;
    r.data = r.index + (size_t)r.entries * ENTRY;
    r.name = one_string(&r, TAG_NAME);
    r.version = one_string(&r, TAG_VERSION);
    r.release = one_string(&r, TAG_RELEASE);
    r.architecture = one_string(&r, TAG_ARCH);
    struct values when = find(&r, TAG_INSTALLTIME, TYPE_INT32);
    r.has_time = when.count > 0;
    if (r.has_time)
        r.installed = number(when.at, 4);
    if (r.name.len == 0)
        return damaged(err);
    *out = r;
    return HZ_OK;
}

static enum pkg_algorithm algorithm_of(const struct pkg_rpm *r)
{
    struct values v = find(r, TAG_FILEDIGESTALGO, TYPE_INT32);
    switch (v.count == 0 ? 1 : number(v.at, 4)) { /* RFC 4880, section 9.4 */
    case 1:
        return PKG_MD5;
    case 2:
        return PKG_SHA1;
    case 8:
        return PKG_SHA256;
    case 9:
        return PKG_SHA384;
    case 10:
        return PKG_SHA512;
    default:
        return PKG_NONE;
    }
}

/* The i-th folder; files of a package mostly lie in the one before. */
struct folders {
    struct values all, rest;
    uint32_t next;
    struct span last;
    uint32_t begun; /* how often it began anew */
};

#define BEGUN_MAX 10000U /* real packages name their folders in order */

static bool folder_at(struct folders *f, uint32_t i, struct span *out)
{
    if (i >= f->all.count)
        return false;
    if (i < f->next && i + 1 != f->next) {
        if (++f->begun > BEGUN_MAX)
            return false;
        f->rest = f->all;
        f->next = 0;
    }
    while (f->next <= i) {
        if (!next_string(&f->rest, &f->last))
            return false;
        f->next++;
    }
    *out = f->last;
    return true;
}

int pkg_rpm_files(const struct pkg_rpm *r, pkg_rpm_each *each, void *context, struct hz_error *err)
{
    struct values names = find(r, TAG_BASENAMES, TYPE_STRINGS), digests = find(r, TAG_FILEDIGESTS, TYPE_STRINGS);
    const struct values places = find(r, TAG_DIRINDEXES, TYPE_INT32), flags = find(r, TAG_FILEFLAGS, TYPE_INT32);
    const struct values states = find(r, TAG_FILESTATES, TYPE_CHAR);
    struct folders folders = { .all = find(r, TAG_DIRNAMES, TYPE_STRINGS) };
    enum pkg_algorithm algorithm = algorithm_of(r);
    int rc = HZ_OK;
    folders.rest = folders.all;
    for (uint32_t i = 0; rc == HZ_OK && i < places.count; i++) {
        struct pkg_rpm_file file = { 0 };
        struct span hex = SPAN_NONE;
        if (!next_string(&names, &file.name))
            return HZ_OK;
        next_string(&digests, &hex);
        uint32_t flag = i < flags.count ? number(flags.at + 4 * (size_t)i, 4) : 0;
        bool left_out = (i < states.count && states.at[i] != 0) || (flag & FLAG_GHOST) != 0;
        if (left_out || !pkg_digest_parse(&file.digest, algorithm, hex.at, hex.len) ||
            !folder_at(&folders, number(places.at + 4 * (size_t)i, 4), &file.folder))
            continue;
        file.config = (flag & FLAG_CONFIG) != 0;
        rc = each(context, &file, err);
    }
    return rc;
}

struct reading {
    pkg_rpm_package *each;
    void *context;
    bool damaged;
};

/* A header that is damaged is passed over: the others are still worth having. */
static int give(void *context, const unsigned char *value, size_t len, struct hz_error *err)
{
    struct reading *r = context;
    struct pkg_rpm package;
    struct hz_error ignored;
    if (pkg_rpm_parse(value, len, &package, &ignored) == HZ_OK)
        return r->each(r->context, &package, err);
    r->damaged = true;
    return HZ_OK;
}

static bool has_log(int root, const char *path)
{
    HZ_CLEANUP(buf_free) struct buf log = BUF_INIT(PERS_PATH_MAX);
    HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
    struct hz_error ignored;
    buf_puts(&log, path);
    buf_puts(&log, "-wal");
    return buf_text(&log) != NULL && pers_look(root, (const char *)log.data, &t, &ignored) == HZ_OK &&
           t.stat.stx_size > 0;
}

int pkg_rpm_read(int root, struct pers_absences *absences, pkg_rpm_package *each, void *context, struct hz_error *err)
{
    static const char *const paths[] = { "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite" };
    struct reading r = { each, context, false };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
        HZ_CLEANUP(io_close) int fd = -1;
        struct hz_error why;
        if (pers_look(root, paths[i], &t, &why) != HZ_OK || pers_look_open(&t, &fd, &why) != HZ_OK) {
            if (pers_absences_failed(absences, span_of(paths[i]), &why, err) != HZ_OK)
                return err->code;
            continue;
        }
        if (has_log(root, paths[i]))
            return hz_error_set(err, HZ_E_UNSUPPORTED, "%s", _("rpm's database is being written into"));
        int rc = pkg_sqlite_rows(fd, "Packages", give, &r, err);
        return rc == HZ_OK && r.damaged ? damaged(err) : rc;
    }
    return hz_error_set(err, HZ_E_NOTFOUND, "%s", _("there is no database of rpm that is read here"));
}

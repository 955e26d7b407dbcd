#include "collector/persistence/pkg_dpkg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "collector/absence.h"

#define LIST_MAX ((size_t)8 << 20) /* of one .list or .md5sums file */
#define NAME_MAX_LEN 255

static int read_whole(int root, const char *path, struct buf *out, struct hz_error *err)
{
    HZ_CLEANUP(pers_thing_free) struct pers_thing t = PERS_THING_INIT;
    int rc = pers_look(root, path, &t, err);
    return rc == HZ_OK ? pers_look_read(&t, out->limit, out, err) : rc;
}

/* HZ_E_NOTFOUND: without it there is nothing to be known. */
static int note_unread(struct pkg_dpkg *d, const char *path, const struct hz_error *why, struct hz_error *err)
{
    int rc = pers_absences_failed(&d->absences, span_of(path), why, err);
    return rc == HZ_OK ? hz_error_set(err, HZ_E_NOTFOUND, _("cannot open %s"), path) : rc;
}

int pkg_dpkg_open(struct pkg_dpkg *d, int root, struct hz_error *err)
{
    static const char info[] = "/var/lib/dpkg/info", status[] = "/var/lib/dpkg/status";
    static const char diversions[] = "/var/lib/dpkg/diversions";
    struct hz_error why;
    if (pers_look(root, info, &d->info, &why) != HZ_OK)
        return note_unread(d, info, &why, err);
    if (read_whole(root, status, &d->status, &why) != HZ_OK)
        return note_unread(d, status, &why, err);
    int rc = read_whole(root, diversions, &d->diversions, &why) == HZ_OK
                 ? HZ_OK
                 : pers_absences_failed(&d->absences, span_of(diversions), &why, err);
    if (rc == HZ_OK)
        rc = pkg_alias_find(&d->aliases, root, &d->absences, err);
    return rc == HZ_OK ? pkg_dpkg_divert(d, err) : rc;
}

void pkg_dpkg_close(struct pkg_dpkg *d)
{
    pers_thing_free(&d->info);
    buf_free(&d->status);
    buf_free(&d->diversions);
    free(d->diverted);
    pkg_alias_free(&d->aliases);
    pers_absences_free(&d->absences);
}

/* "Key: value"; lines that begin with a blank belong to the one before. */
static void take_field(struct pkg_stanza *s, struct span line, struct span *open)
{
    struct span value = line, key;
    *open = SPAN_NONE;
    if (!span_until(&value, ':', &key))
        return;
    value = span_trim(value);
    if (span_is(key, "Package"))
        s->name = value;
    else if (span_is(key, "Version"))
        s->version = value;
    else if (span_is(key, "Architecture"))
        s->architecture = value;
    else if (span_is(key, "Status"))
        s->status = value;
    else if (span_is(key, "Conffiles"))
        *open = key;
}

bool pkg_dpkg_stanza(struct span *rest, struct pkg_stanza *out)
{
    struct pkg_stanza s = { 0 };
    struct span line, open = SPAN_NONE;
    while (span_line(rest, &line)) {
        if (line.len == 0) {
            if (s.name.at != NULL)
                break;
        } else if (line.at[0] != ' ')
            take_field(&s, line, &open);
        else if (open.at != NULL && s.conffiles.at == NULL)
            s.conffiles = line;
        else if (open.at != NULL)
            s.conffiles.len = (size_t)(line.at + line.len - s.conffiles.at);
    }
    if (s.name.at == NULL)
        return false;
    *out = s;
    return true;
}

bool pkg_dpkg_conffile(struct span *conffiles, struct span *path, struct pkg_digest *digest)
{
    struct span line, word, hex;
    while (span_line(conffiles, &line)) {
        if (!span_word(&line, &word) || !span_word(&line, &hex) || line.len > 0)
            continue; /* "newconffile", "obsolete", "remove-on-upgrade" */
        if (pkg_digest_parse(digest, PKG_MD5, hex.at, hex.len)) {
            *path = word;
            return true;
        }
    }
    return false;
}

struct reading {
    struct pkg_dpkg *dpkg;
    const char *suffix;
    pkg_dpkg_chosen *chosen;
    pkg_dpkg_each *each;
    void *context;
    struct buf text;
};

static int give_list(struct reading *r, struct span package, struct hz_error *err)
{
    struct span rest = { (const char *)r->text.data, r->text.len }, line;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_line(&rest, &line))
        if (span_begins(line, "/"))
            rc = r->each(r->context, package, line, NULL, err);
    return rc;
}

/* "MD5  PATH", the path without its first slash. */
static int give_sums(struct reading *r, struct span package, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(PERS_PATH_MAX);
    struct span rest = { (const char *)r->text.data, r->text.len }, line, hex;
    struct pkg_digest digest;
    int rc = HZ_OK;
    while (rc == HZ_OK && span_line(&rest, &line)) {
        if (!span_until(&line, ' ', &hex) || !pkg_digest_parse(&digest, PKG_MD5, hex.at, hex.len) || line.len < 2)
            continue;
        buf_reset(&path);
        buf_putc(&path, '/');
        buf_put(&path, line.at + 1, line.len - 1);
        rc = path.failed == HZ_E_NOMEM ? buf_check(&path, err) : HZ_OK;
        if (rc == HZ_OK && path.failed == HZ_OK)
            rc = r->each(r->context, package, (struct span) { (const char *)path.data, path.len }, &digest, err);
    }
    return rc;
}

/* What cannot be read has no files: its package is as one that dpkg knows nothing of. */
static int read_one(void *context, const char *name, struct hz_error *err)
{
    struct reading *r = context;
    HZ_CLEANUP(io_close) int fd = -1;
    struct span package = span_of(name);
    unsigned char piece[16384];
    struct hz_error why = { .code = HZ_OK, .sys_errno = 0 };
    if (!span_ends(package, r->suffix))
        return HZ_OK;
    package.len -= strlen(r->suffix);
    if (r->chosen != NULL && !r->chosen(r->context, package))
        return HZ_OK;
    buf_reset(&r->text);
    struct statx st;
    bool regular = io_scan_statx(r->dpkg->info.fd, name, &st, &why) == HZ_OK && S_ISREG(st.stx_mode);
    int rc = regular ? io_evidence_open(r->dpkg->info.fd, name, &fd, &why) : HZ_E_UNSUPPORTED;
    for (size_t got = sizeof piece; rc == HZ_OK && got == sizeof piece && r->text.failed == HZ_OK;) {
        rc = io_read(fd, piece, sizeof piece, &got, &why);
        if (rc == HZ_OK)
            buf_put(&r->text, piece, got);
    }
    if (r->text.failed == HZ_E_NOMEM)
        return buf_check(&r->text, err);
    if (absence_is_ours(why.sys_errno))
        return pers_absences_failed(&r->dpkg->absences, package, &why, err);
    if (rc != HZ_OK || r->text.failed != HZ_OK) {
        r->dpkg->unread++;
        r->dpkg->unread_errno = why.sys_errno != 0 ? why.sys_errno : r->dpkg->unread_errno;
        return HZ_OK;
    }
    return strcmp(r->suffix, ".list") == 0 ? give_list(r, package, err) : give_sums(r, package, err);
}

static int read_all(struct pkg_dpkg *d, const char *suffix, pkg_dpkg_chosen *chosen, pkg_dpkg_each *each, void *context,
                    struct hz_error *err)
{
    struct reading r = {
        .dpkg = d, .suffix = suffix, .chosen = chosen, .each = each, .context = context, .text = BUF_INIT(LIST_MAX)
    };
    int rc = pers_look_list(&d->info, read_one, &r, err);
    buf_free(&r.text);
    if (rc == HZ_OK && d->info.unread != 0)
        rc = pers_absences_add(&d->absences, span_of("/var/lib/dpkg/info"), d->info.unread, err);
    return rc;
}

int pkg_dpkg_lists(struct pkg_dpkg *d, pkg_dpkg_each *each, void *context, struct hz_error *err)
{
    return read_all(d, ".list", NULL, each, context, err);
}

int pkg_dpkg_sums(struct pkg_dpkg *d, pkg_dpkg_chosen *chosen, pkg_dpkg_each *each, void *context, struct hz_error *err)
{
    return read_all(d, ".md5sums", chosen, each, context, err);
}

int pkg_dpkg_time(struct pkg_dpkg *d, struct span name, struct span architecture, bool *known, struct stamp *out,
                  struct hz_error *err)
{
    static const char folder[] = "/var/lib/dpkg/info/";
    struct hz_error why;
    struct statx st;
    int rc = HZ_OK;
    *known = false;
    for (unsigned i = 0; rc == HZ_OK && !*known && i < 2; i++) {
        HZ_CLEANUP(buf_free) struct buf file = BUF_INIT(sizeof folder + NAME_MAX_LEN);
        buf_puts(&file, folder);
        buf_put(&file, name.at, name.len);
        if (i == 0) {
            buf_putc(&file, ':');
            buf_put(&file, architecture.at, architecture.len);
        }
        buf_puts(&file, ".list");
        const char *own = buf_text(&file) == NULL ? NULL : (const char *)file.data + sizeof folder - 1;
        if (own == NULL || memchr(own, '/', strlen(own)) != NULL)
            continue;
        *known = io_scan_statx(d->info.fd, own, &st, &why) == HZ_OK;
        if (*known)
            *out = (struct stamp) { st.stx_mtime.tv_sec, st.stx_mtime.tv_nsec };
        else
            rc = pers_absences_failed(&d->absences, (struct span) { (const char *)file.data, file.len }, &why, err);
    }
    return rc;
}

static int compare_spans(struct span a, struct span b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int by = least == 0 ? 0 : memcmp(a.at, b.at, least);
    return by != 0 ? by : (a.len > b.len) - (a.len < b.len);
}

/* The one that stands first in the file comes first. */
static int compare_diversions(const void *a, const void *b)
{
    const struct pkg_diversion *x = a, *y = b;
    int by = compare_spans(x->from, y->from);
    return by != 0 ? by : (x->from.at > y->from.at) - (x->from.at < y->from.at);
}

/* Three lines each: from, to, the package that asked (":" for the administrator). */
int pkg_dpkg_divert(struct pkg_dpkg *d, struct hz_error *err)
{
    struct span rest = { (const char *)d->diversions.data, d->diversions.len };
    struct pkg_diversion one;
    size_t room = 0;
    while (span_line(&rest, &one.from) && span_line(&rest, &one.to) && span_line(&rest, &one.by)) {
        if (d->diverted_count == PKG_DIVERSIONS_MAX) {
            d->unread++;
            break;
        }
        if (d->diverted_count == room) {
            room = room == 0 ? 64 : room * 2;
            struct pkg_diversion *list = reallocarray(d->diverted, room, sizeof *list);
            if (list == NULL)
                return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
            d->diverted = list;
        }
        d->diverted[d->diverted_count++] = one;
    }
    if (d->diverted_count > 1)
        qsort(d->diverted, d->diverted_count, sizeof *d->diverted, compare_diversions);
    return HZ_OK;
}

static struct span diverted_to(const struct pkg_dpkg *d, struct span package, struct span path)
{
    size_t bare = 0, low = 0, high = d->diverted_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_spans(d->diverted[middle].from, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == d->diverted_count || compare_spans(d->diverted[low].from, path) != 0)
        return SPAN_NONE;
    const struct pkg_diversion *found = &d->diverted[low];
    while (bare < package.len && package.at[bare] != ':')
        bare++;
    bool own = found->by.len == bare && (bare == 0 || memcmp(found->by.at, package.at, bare) == 0);
    return own ? SPAN_NONE : found->to;
}

int pkg_dpkg_place(const struct pkg_dpkg *d, struct span package, struct span path, struct buf *out, bool *diverted,
                   struct hz_error *err)
{
    struct span to = diverted_to(d, package, path);
    buf_reset(out);
    pkg_alias_put(&d->aliases, to.at != NULL ? to : path, out);
    *diverted = to.at != NULL;
    return buf_check(out, err);
}

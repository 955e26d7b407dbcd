#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/io_open.h"
#include "base/io_scan.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/pseudo.h"
#include "collector/recent_scan_internal.h"
#include "collector/recent_text.h"
#include "formats/write/name.h"

static struct w_bytes origin_of(const struct scan_worker *w)
{
    return w->raw.len == 0 ? (struct w_bytes) { "/", 1 } : (struct w_bytes) { w->raw.data, w->raw.len };
}

/* Of the entry at hand, or of the folder itself, whose key serves all its entries. */
static int make_key(struct scan_worker *w, struct hz_error *err)
{
    int rc = HZ_OK;
    if (w->key_len == SIZE_MAX) {
        buf_reset(&w->key);
        if (w->raw_len > 0)
            rc = recent_rows_key(&w->key, (struct w_bytes) { w->raw.data, w->raw_len }, err);
        w->key_len = w->key.len;
    }
    w->key.len = w->key_len;
    if (rc == HZ_OK && w->raw.len > w->raw_len)
        rc = recent_rows_key_name(&w->key, w->raw.data + w->raw_len + 1, w->raw.len - w->raw_len - 1, err);
    return rc;
}

static int put_row(struct scan_worker *w, struct recent_row *row, struct hz_error *err)
{
    int rc = make_key(w, err);
    row->key = (struct w_bytes) { w->key.data, w->key.len };
    return rc == HZ_OK ? recent_rows_pack(&w->rows, row, err) : rc;
}

static int put_absence(struct scan_worker *w, struct walk_absence a, struct hz_error *err)
{
    struct recent_row row = { .absent = true, .origin = origin_of(w), .absence = a };
    return put_row(w, &row, err);
}

/* Our own shortage ends the scan. */
static int put_failure(struct scan_worker *w, const struct hz_error *why, struct hz_error *err)
{
    if (absence_is_ours(why->sys_errno)) {
        *err = *why;
        return why->code;
    }
    struct walk_absence a = { .status = absence_status(why->sys_errno),
                              .reason = absence_reason(why->sys_errno),
                              .sys_errno = why->sys_errno };
    a.failure = a.status != W_VANISHED;
    return put_absence(w, a, err);
}

static int put_border(struct scan_worker *w, struct hz_error *err)
{
    struct walk_absence a = { .status = W_EXCLUDED, .reason = N_("mount point"), .mount_point = true };
    return put_absence(w, a, err);
}

static int put_foreign(struct scan_worker *w, struct hz_error *err)
{
    struct walk_absence a = { .status = W_EXCLUDED, .reason = N_("of the running kernel, not of the image") };
    return put_absence(w, a, err);
}

static int keep(struct scan_worker *w, struct recent_row *row, const struct recent_found *found, struct hz_error *err)
{
    const struct recent_lister *lister = w->scan->config.lister;
    buf_reset(&w->kept);
    int rc = lister != NULL ? lister->keep(&w->kept, found, err) : recent_text_keep(&w->kept, found, err);
    row->kept = (struct w_bytes) { w->kept.data, w->kept.len };
    return rc == HZ_OK && lister == NULL ? recent_text_measure(&w->lines, found, &row->body, &row->json, err) : rc;
}

static int put_listed(struct scan_worker *w, int folder, const char *name, const struct statx *st,
                      struct recent_found *found, struct hz_error *err)
{
    struct recent_row row = { .origin = origin_of(w), .regular = S_ISREG(st->stx_mode) };
    if (own_has(&w->scan->config.own, st)) {
        struct walk_absence a = { .status = W_EXCLUDED, .reason = N_("own output") };
        return put_absence(w, a, err);
    }
    found->origin = row.origin;
    bool unread = false;
    if (S_ISLNK(st->stx_mode)) {
        w->exposed++; /* nothing but the mount keeps a link's access time */
        unread = io_scan_link(folder, name, w->target, SCAN_TARGET_MAX, &found->target.len, &w->why) != HZ_OK;
        if (!unread)
            found->target.data = w->target;
    }
    int rc = keep(w, &row, found, err);
    if (rc == HZ_OK)
        rc = put_row(w, &row, err);
    return rc == HZ_OK && unread ? put_failure(w, &w->why, err) : rc; /* of what the row does not say */
}

static bool is_border(const struct scan_worker *w, const struct statx *st)
{
    return !w->scan->config.cross_mounts && (st->stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static int queue_entry(struct scan_worker *w, const char *name, size_t len, struct hz_error *err)
{
    recent_queue_pack_entry(&w->folders, &w->folder, name, len);
    return buf_check(&w->folders, err);
}

/* raw becomes the path of an entry: only where something is said about it. */
static int name_entry(struct scan_worker *w, const char *name, size_t len, struct hz_error *err)
{
    buf_putc(&w->raw, '/');
    buf_put(&w->raw, name, len);
    return buf_check(&w->raw, err);
}

static bool is_listed(struct scan_worker *w, int folder, const char *name)
{
    const struct recent_lister *lister = w->scan->config.lister;
    return lister == NULL ? recent_text_judge(&w->scan->config.window, &w->stat, &w->found)
                          : lister->judge(folder, name, &w->stat, &w->found);
}

/* For the caller, who looks whether it comes to an end. */
static void begin_call(struct scan_worker *w)
{
    atomic_store_explicit(&w->call, ++w->calls, memory_order_relaxed);
}

static int look_at(struct scan_worker *w, int folder, const char *name, size_t len, struct hz_error *err)
{
    struct statx *st = &w->stat;
    begin_call(w);
    w->looked_at++;
    bool there = io_scan_statx(folder, name, st, &w->why) == HZ_OK, border = there && is_border(w, st);
    bool listed = there && !border && is_listed(w, folder, name);
    int rc = there && !border && !listed ? HZ_OK : name_entry(w, name, len, err);
    if (rc == HZ_OK && !there)
        rc = put_failure(w, &w->why, err);
    else if (rc == HZ_OK && border)
        rc = put_border(w, err);
    else if (rc == HZ_OK && listed)
        rc = put_listed(w, folder, name, st, &w->found, err);
    w->raw.len = w->raw_len;
    return rc == HZ_OK && there && !border && S_ISDIR(st->stx_mode) ? queue_entry(w, name, len, err) : rc;
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* *overlong: some entry's path is longer than a record can hold. */
static int look_at_entries(struct scan_worker *w, int folder, size_t got, bool *overlong, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t at = 0; rc == HZ_OK && at < got;) {
        const struct dirent64 *d = (const struct dirent64 *)(const void *)(w->listing + at);
        at += d->d_reclen;
        if (is_dots(d->d_name))
            continue;
        size_t len = strlen(d->d_name);
        if (w->raw_len + 1 + len > W_NAME_ORIGIN_MAX) {
            *overlong = true;
            continue;
        }
        rc = look_at(w, folder, d->d_name, len, err);
        if (rc == HZ_OK && w->rows.len + w->folders.len > SCAN_BATCH)
            rc = scan_hand_on(w, err);
    }
    return rc;
}

static int list(struct scan_worker *w, int folder, struct hz_error *err)
{
    bool overlong = false;
    int rc = HZ_OK;
    for (size_t got = 1; rc == HZ_OK && got > 0;) {
        if (atomic_load_explicit(&w->scan->over, memory_order_relaxed))
            return hz_error_set(err, HZ_E_TIMEOUT, "stopped");
        begin_call(w);
        if (io_scan_entries(folder, w->listing, SCAN_LISTING, &got, &w->why) != HZ_OK)
            return put_failure(w, &w->why, err);
        rc = look_at_entries(w, folder, got, &overlong, err);
    }
    struct walk_absence a = { .status = W_OVER_BUDGET,
                              .reason = N_("entries with paths longer than 32,768 bytes"),
                              .failure = true };
    return rc == HZ_OK && overlong ? put_absence(w, a, err) : rc;
}

/* "/" and its entries have one slash in common. */
static int begin_path(struct scan_worker *w, struct hz_error *err)
{
    const struct recent_root *root = &w->scan->config.roots[w->folder.root];
    buf_reset(&w->raw);
    if (strcmp(root->path, "/") != 0)
        buf_puts(&w->raw, root->path);
    if (w->folder.path.len > 0) {
        buf_putc(&w->raw, '/');
        buf_put(&w->raw, w->folder.path.data, w->folder.path.len);
    }
    w->raw_len = w->raw.len;
    w->key_len = SIZE_MAX;
    return buf_check(&w->raw, err);
}

int scan_folder(struct scan_worker *w, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int folder = -1;
    const struct recent_scan_config *config = &w->scan->config;
    int noatime;
    int rc = begin_path(w, err);
    if (rc != HZ_OK)
        return rc;
    begin_call(w);
    if (io_scan_open(config->roots[w->folder.root].fd, (const char *)w->folder.path.data, config->cross_mounts, &folder,
                     &noatime, &w->why) != HZ_OK)
        rc = w->why.sys_errno == EXDEV ? put_border(w, err) : put_failure(w, &w->why, err);
    else if (config->image && config->cross_mounts && pseudo_foreign(folder, config->roots[w->folder.root].fd))
        rc = put_foreign(w, err);
    else {
        w->exposed += noatime == 0;
        rc = list(w, folder, err);
    }
    return rc;
}

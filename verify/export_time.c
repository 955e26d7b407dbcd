#include "verify/export_time.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "verify/report_stamp.h"

#define TARGETS (R_ENTRY_SIGNATURES + 3)

struct target { /* what a token can be about */
    char name[EXPORT_TIME_NAME];
    unsigned char digest[R_SHA256_SIZE];
};

struct targets {
    struct target list[TARGETS];
    size_t count;
};

void export_time_free(struct export_time *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->list[i].file);
    r_timestamp_roots_free(t->roots);
    memset(t, 0, sizeof *t);
}

static void add_target(struct targets *all, const char *name, const char *keyid, const struct buf *bytes)
{
    struct target *t = &all->list[all->count++];

    if (keyid != NULL)
        snprintf(t->name, sizeof t->name, "%s.%s.sshsig", name, keyid);
    else
        snprintf(t->name, sizeof t->name, "%s", name);
    r_hash_sha256(t->digest, bytes->len > 0 ? bytes->data : (const unsigned char *)"", bytes->len);
}

static void find_targets(struct targets *all, const struct export_folder *f)
{
    all->count = 0;
    if (f->there[EXPORT_CHECKPOINT])
        add_target(all, "checkpoint", NULL, &f->part[EXPORT_CHECKPOINT]);
    for (size_t i = 0; i < f->checkpoint_count; i++)
        add_target(all, "checkpoint", f->checkpoint[i].keyid, &f->checkpoint[i].armour);
    if (f->there[EXPORT_ABOUT])
        add_target(all, "export.json", NULL, &f->part[EXPORT_ABOUT]);
    for (size_t i = 0; i < f->about_count; i++)
        add_target(all, "export.json", f->about[i].keyid, &f->about[i].armour);
}

static int add(struct export_time *t, const struct targets *all, const char *path, const char *file,
               struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf bytes = BUF_INIT(R_TIMESTAMP_MAX);
    static const unsigned char none[R_SHA256_SIZE];
    struct export_stamp *s = &t->list[t->count];
    int rc = io_read_file(path, &bytes, err);

    if (rc != HZ_OK && rc != HZ_E_LIMIT)
        return rc;
    if (t->count == EXPORT_STAMPS)
        return hz_error_set(err, HZ_E_LIMIT, _("more than %d time stamps"), EXPORT_STAMPS);
    rc = r_timestamp_check(bytes.len > 0 ? bytes.data : (const unsigned char *)"", rc == HZ_OK ? bytes.len : 0,
                           t->roots, &s->token, err);
    if (rc != HZ_OK)
        return rc;
    for (size_t i = 0; s->token.read && i < all->count; i++)
        if (memcmp(all->list[i].digest, s->token.imprint, R_SHA256_SIZE) == 0)
            memcpy(s->covers, all->list[i].name, sizeof s->covers);
    if (s->covers[0] == '\0')
        r_timestamp_hold(&s->token, none, NULL);
    s->file = text_copy(file);
    if (s->file == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    t->count++;
    return HZ_OK;
}

/* NAME.tsr, NAME.2.tsr and so on in the folder; nothing but files is opened. */
static int add_beside(struct export_time *t, const struct targets *all, const char *folder, int directory,
                      const char *name, struct hz_error *err)
{
    bool there;
    int rc = HZ_OK;

    for (unsigned i = 1; rc == HZ_OK && i <= R_TIMESTAMP_BESIDE; i++) {
        HZ_CLEANUP(buf_free) struct buf file = BUF_INIT(256);
        HZ_CLEANUP(buf_free) struct buf path = BUF_INIT(32768);
        if (i == 1)
            buf_printf(&file, "%s.tsr", name);
        else
            buf_printf(&file, "%s.%u.tsr", name, i);
        if (buf_text(&file) == NULL)
            return buf_check(&file, err);
        buf_printf(&path, "%s/%s", folder, (const char *)file.data);
        if (buf_text(&path) == NULL)
            return buf_check(&path, err);
        rc = io_find_regular(directory, (const char *)file.data, (const char *)path.data, &there, err);
        if (rc == HZ_OK && there)
            rc = add(t, all, (const char *)path.data, (const char *)file.data, err);
    }
    return rc;
}

static int load_roots(struct export_time *t, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf pem = BUF_INIT(R_TIMESTAMP_ROOTS_MAX);
    int rc = path != NULL ? io_read_file(path, &pem, err) : HZ_OK;

    if (rc != HZ_OK || path == NULL)
        return rc;
    rc = r_timestamp_roots_read(pem.data, pem.len, &t->roots, err);
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", path);
}

int export_time_load(struct export_time *t, const struct export_folder *f, const struct export_time_order *order,
                     struct hz_error *err)
{
    HZ_CLEANUP(io_close) int directory = -1;
    struct targets all;
    int rc = load_roots(t, order->roots, err);

    if (rc == HZ_OK)
        rc = io_open_directory(order->folder, &directory, err);
    find_targets(&all, f);
    for (size_t i = 0; rc == HZ_OK && i < all.count; i++)
        rc = add_beside(t, &all, order->folder, directory, all.list[i].name, err);
    for (size_t i = 0; rc == HZ_OK && i < order->count; i++)
        rc = add(t, &all, order->files[i], order->files[i], err);
    return rc;
}

bool export_time_earliest(const struct export_time *t, const char *keyid, struct stamp *out)
{
    char name[EXPORT_TIME_NAME];
    bool found = false;

    snprintf(name, sizeof name, "checkpoint.%s.sshsig", keyid);
    for (size_t i = 0; i < t->count; i++) {
        const struct export_stamp *s = &t->list[i];
        if (s->token.status != R_TIMESTAMP_PROVEN || strcmp(s->covers, name) != 0 ||
            (found && stamp_compare(s->token.time, *out) >= 0))
            continue;
        *out = s->token.time;
        found = true;
    }
    return found;
}

static const char *covers(const struct export_stamp *s)
{
    return s->covers[0] != '\0' ? s->covers : NULL;
}

void export_time_json(struct json_out *j, const struct export_time *t)
{
    json_key(j, "timestamps");
    json_array(j);
    for (size_t i = 0; i < t->count; i++)
        report_stamp_json(j, &t->list[i].token, t->list[i].file, covers(&t->list[i]));
    json_array_end(j);
}

void export_time_text(FILE *stream, const struct export_time *t)
{
    for (size_t i = 0; i < t->count; i++)
        report_stamp_text(stream, &t->list[i].token, false, covers(&t->list[i]));
}

#include "verify/export_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "formats/read/export.h"
#include "formats/read/manifest.h"
#include "formats/read/signers.h"

#define OTHERS_MAX 64 /* names in one folder beside those of the parts */
#define NAMES_MAX (OTHERS_MAX + EXPORT_PARTS + 1)
#define SUFFIX ".sshsig"

static const struct {
    const char *name;
    size_t limit;
} parts[EXPORT_PARTS] = {
    [EXPORT_SUMS] = { "SHA256SUMS", (size_t)64 << 10 },
    [EXPORT_VERIFY_EN] = { "VERIFY.en.txt", (size_t)1 << 20 },
    [EXPORT_VERIFY_JA] = { "VERIFY.ja.txt", (size_t)1 << 20 },
    [EXPORT_SIGNERS] = { "allowed_signers", R_SIGNERS_FILE_MAX },
    [EXPORT_CHECKPOINT] = { "checkpoint", (size_t)4 << 10 },
    [EXPORT_PROOFS] = { "proofs.jsonl", (size_t)32 << 20 },
    [EXPORT_ABOUT] = { "export.json", R_EXPORT_MAX },
};

void export_folder_free(struct export_folder *f)
{
    io_close(&f->entries);
    for (int i = 0; i < EXPORT_PARTS; i++)
        buf_free(&f->part[i]);
    for (size_t i = 0; i < R_ENTRY_SIGNATURES; i++)
        buf_free(&f->checkpoint[i].armour);
    buf_free(&f->about[0].armour);
}

/* A regular file of the folder, nothing followed. *fd -1: it is not one, and there is a finding. */
static int open_file(int folder, const char *name, int *fd, struct exported *x, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int look = -1;
    int noatime, rc = io_evidence_look(folder, name, &look, err);

    *fd = -1;
    if (rc == HZ_OK)
        rc = io_evidence_reopen(look, fd, &noatime, err);
    if (rc != HZ_E_UNSUPPORTED)
        return rc;
    exported_find(x, EXPORTED_ALTERED, _("%s is not a regular file"), name);
    return HZ_OK;
}

/* *there false: there is a finding. */
static int read_file(int folder, const char *name, struct buf *out, bool *there, struct exported *x,
                     struct hz_error *err)
{
    HZ_CLEANUP(io_close) int fd = -1;
    int rc = open_file(folder, name, &fd, x, err);

    *there = false;
    if (rc != HZ_OK || fd < 0)
        return rc;
    rc = io_read_all(fd, out, err);
    if (rc == HZ_E_LIMIT) {
        exported_find(x, EXPORTED_ALTERED, _("%s is larger than it can be"), name);
        return HZ_OK;
    }
    *there = rc == HZ_OK;
    return rc == HZ_OK ? rc : hz_error_context(err, "%s", name);
}

/* "<base>.<keyid>.sshsig" */
static bool is_signature(const char *name, const char *base, char keyid[R_SHA256_HEX])
{
    size_t len = strlen(base);
    unsigned char id[R_SHA256_SIZE];

    if (strncmp(name, base, len) != 0 || name[len] != '.' || strlen(name + len) != 1 + 64 + strlen(SUFFIX) ||
        strcmp(name + len + 65, SUFFIX) != 0 || text_unhex(id, sizeof id, name + len + 1, 64) != HZ_OK)
        return false;
    text_hex(keyid, id, sizeof id);
    return true;
}

static int take_signature(struct export_signature *list, size_t *count, size_t room, int folder, const char *name,
                          const char *keyid, struct exported *x, struct hz_error *err)
{
    struct export_signature *s = &list[*count];
    bool there;
    int rc;

    if (*count == room) {
        exported_find(x, EXPORTED_ALTERED, _("%s is one signature too many"), name);
        return HZ_OK;
    }
    memcpy(s->keyid, keyid, sizeof s->keyid);
    buf_init(&s->armour, 8192);
    rc = read_file(folder, name, &s->armour, &there, x, err);
    if (rc == HZ_OK && there) {
        ++*count;
        buf_text(&s->armour);
    }
    return rc == HZ_OK ? buf_check(&s->armour, err) : rc;
}

/* Time-stamp tokens may lie beside what they are about; export_time does the rest. */
static bool is_token(const char *name)
{
    size_t len = strlen(name);

    return len > 4 && strcmp(name + len - 4, ".tsr") == 0 &&
           (strncmp(name, "checkpoint.", 11) == 0 || strncmp(name, "export.json.", 12) == 0);
}

static int take_name(struct export_folder *f, int folder, const char *name, struct exported *x, struct hz_error *err)
{
    char keyid[R_SHA256_HEX];

    for (int i = 0; i < EXPORT_PARTS; i++)
        if (strcmp(name, parts[i].name) == 0)
            return read_file(folder, name, &f->part[i], &f->there[i], x, err);
    if (strcmp(name, "entries.jsonl") == 0)
        return open_file(folder, name, &f->entries, x, err);
    if (is_signature(name, "checkpoint", keyid))
        return take_signature(f->checkpoint, &f->checkpoint_count, R_ENTRY_SIGNATURES, folder, name, keyid, x, err);
    if (is_signature(name, "export.json", keyid))
        return take_signature(f->about, &f->about_count, 1, folder, name, keyid, x, err);
    if (!is_token(name))
        exported_find(x, EXPORTED_ALTERED, _("%s does not belong to an export"), name);
    return HZ_OK;
}

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        closedir(*listing);
}

static bool is_part(const char *name)
{
    for (int i = 0; i < EXPORT_PARTS; i++)
        if (strcmp(name, parts[i].name) == 0)
            return true;
    return strcmp(name, "entries.jsonl") == 0;
}

/* Is there room? The parts always have it: that a folder is an export must not depend on the file system's order. */
static bool has_room(const char *name, size_t *others)
{
    if (is_part(name))
        return true;
    ++*others;
    return *others <= OTHERS_MAX;
}

/* Ascending by name, so that an answer does not depend on the file system. */
static int list_names(const char *path, char names[NAMES_MAX][256], size_t *count, struct exported *x,
                      struct hz_error *err)
{
    HZ_CLEANUP(close_listing) DIR *listing = NULL;
    struct dirent *entry = NULL;
    size_t others = 0;
    int fd = -1, rc = io_open_directory(path, &fd, err);

    if (rc != HZ_OK)
        return rc;
    listing = fdopendir(fd);
    if (listing == NULL) {
        io_close(&fd);
        return hz_error_sys(err, HZ_E_IO, errno, "%s", path);
    }
    for (*count = 0, errno = 0; (entry = readdir(listing)) != NULL; errno = 0) {
        size_t at = *count;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (!has_room(entry->d_name, &others))
            continue;
        for (; at > 0 && strcmp(names[at - 1], entry->d_name) > 0; at--)
            memcpy(names[at], names[at - 1], sizeof names[at]);
        snprintf(names[at], sizeof names[at], "%s", entry->d_name);
        ++*count;
    }
    if (errno != 0)
        return hz_error_sys(err, HZ_E_IO, errno, "%s", path);
    if (others > OTHERS_MAX)
        exported_find(x, EXPORTED_ALTERED, _("there are more than %d files"), OTHERS_MAX);
    return HZ_OK;
}

/* Bytes of a file that SHA256SUMS names; NULL: it names none that is there. entries.jsonl is hashed elsewhere. */
static const struct buf *listed(const struct export_folder *f, const char *name, size_t len)
{
    char keyid[R_SHA256_HEX], copy[256];

    if (len >= sizeof copy)
        return NULL;
    memcpy(copy, name, len);
    copy[len] = '\0';
    for (int i = EXPORT_SUMS + 1; i < EXPORT_ABOUT; i++)
        if (f->there[i] && strcmp(copy, parts[i].name) == 0)
            return &f->part[i];
    if (is_signature(copy, "checkpoint", keyid))
        for (size_t i = 0; i < f->checkpoint_count; i++)
            if (strcmp(f->checkpoint[i].keyid, keyid) == 0)
                return &f->checkpoint[i].armour;
    return NULL;
}

struct sums { /* the line before */
    const char *name;
    size_t len, count;
    bool entries;
};

/* One line; false: it is not of its form, or not in its place. */
static bool check_line(struct export_folder *f, struct sums *s, const char *line, size_t len, struct exported *x)
{
    unsigned char stated[R_SHA256_SIZE], real[R_SHA256_SIZE];
    const struct buf *bytes;
    const char *name;
    size_t name_len, common;
    int order;

    if (r_manifest_line(line, len, stated, sizeof stated, &name, &name_len) != HZ_OK)
        return false;
    common = name_len < s->len ? name_len : s->len;
    order = s->name != NULL ? memcmp(s->name, name, common) : -1;
    if (order > 0 || (order == 0 && s->len >= name_len))
        return false;
    *s = (struct sums) { name, name_len, s->count + 1, s->entries };
    if (name_len == strlen("entries.jsonl") && memcmp(name, "entries.jsonl", name_len) == 0) {
        memcpy(f->entries_digest, stated, sizeof stated);
        s->entries = true;
        return true;
    }
    bytes = listed(f, name, name_len);
    if (bytes == NULL) {
        exported_find(x, EXPORTED_ALTERED, _("%.*s is in SHA256SUMS and not in the folder"), (int)name_len, name);
        return true;
    }
    r_hash_sha256(real, bytes->len > 0 ? bytes->data : (const unsigned char *)"", bytes->len);
    if (memcmp(real, stated, sizeof real) != 0)
        exported_find(x, EXPORTED_ALTERED, _("%.*s is not as SHA256SUMS has it"), (int)name_len, name);
    return true;
}

/* Every file but export.json and its signature, once. */
static void check_sums(struct export_folder *f, struct exported *x)
{
    const struct buf *text = &f->part[EXPORT_SUMS];
    const char *at = (const char *)text->data, *end = at + text->len;
    struct sums s = { 0 };
    size_t files = f->checkpoint_count + 1;

    for (int i = EXPORT_SUMS + 1; i < EXPORT_ABOUT; i++)
        files += f->there[i];
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL || !check_line(f, &s, at, (size_t)(newline - at), x)) {
            exported_find(x, EXPORTED_ALTERED, _("SHA256SUMS is not a list of digests in the order of names"));
            return;
        }
        at = newline + 1;
    }
    if (!s.entries || s.count != files)
        exported_find(x, EXPORTED_ALTERED, _("SHA256SUMS does not name every file"));
}

static void check_there(const struct export_folder *f, struct exported *x)
{
    for (int i = 0; i < EXPORT_PARTS; i++)
        if (!f->there[i] && i != EXPORT_PROOFS)
            exported_find(x, EXPORTED_ALTERED, _("%s is missing"), parts[i].name);
    if (f->entries < 0)
        exported_find(x, EXPORTED_ALTERED, _("%s is missing"), "entries.jsonl");
    if (f->about_count == 0)
        exported_find(x, EXPORTED_ALTERED, _("export.json is not signed"));
}

int export_folder_load(struct export_folder *f, const char *path, struct exported *x, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int folder = -1;
    char names[NAMES_MAX][256];
    size_t count = 0;
    int rc;

    memset(f, 0, sizeof *f);
    f->entries = -1;
    for (int i = 0; i < EXPORT_PARTS; i++)
        buf_init(&f->part[i], parts[i].limit);
    rc = list_names(path, names, &count, x, err);
    if (rc == HZ_OK)
        rc = io_open_directory(path, &folder, err);
    for (size_t i = 0; rc == HZ_OK && i < count; i++)
        rc = take_name(f, folder, names[i], x, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", path);
    if (!f->there[EXPORT_ABOUT] && !f->there[EXPORT_SUMS] && f->entries < 0)
        return hz_error_set(err, HZ_E_FORMAT, _("%s: is a folder, but not one that hozen custody export made"), path);
    check_there(f, x);
    if (f->there[EXPORT_SUMS])
        check_sums(f, x);
    return HZ_OK;
}

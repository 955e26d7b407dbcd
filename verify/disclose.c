#include "verify/disclose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "formats/read/tar.h"
#include "verify/named.h"

#define BLIND "data/blind/"
#define FILE_MODE 0600

int disclose_check(const char *wanted, struct hz_error *err)
{
    if (strncmp(wanted, BLIND, sizeof BLIND - 1) == 0)
        return hz_error_set(err, HZ_E_USAGE,
                            _("%s cannot be disclosed: with it anybody could try out what else is in the bundle"),
                            wanted);
    return named_check(wanted, err);
}

/* --- which file -------------------------------------------------------------------------------------------------- */

struct places { /* of a name; where it stands as a file */
    char path[2][R_NAME_PATH_MAX + 1];
    size_t count;
    bool there; /* an entry of any kind has it */
};

struct search {
    struct named wanted;
    struct places of[NAMED_MAX];
};

static int on_row(void *context, const struct reader_row *row, struct hz_error *err)
{
    struct search *s = context;
    size_t which = named_which(&s->wanted, row);
    struct places *p = &s->of[which % NAMED_MAX];

    (void)err;
    if (which == NAMED_MAX)
        return HZ_OK;
    p->there = true;
    if (row->kind != READER_FILE)
        return HZ_OK;
    if (p->count < 2) {
        memcpy(p->path[p->count], row->path.at, row->path.len); /* checked by the reader's parent: a payload path */
        p->path[p->count][row->path.len] = 0;
    }
    p->count++;
    return HZ_OK;
}

static bool leave_all(void *context, const char *path)
{
    (void)context;
    (void)path;
    return true;
}

/* Does another reading have more to say than that a file is not there? */
static bool is_sound(const struct account *a)
{
    const struct r_bundle_result *r = &a->result;

    return !a->cut_short && r->ended && !r->disclosure && !r->findings.count && !r->findings.dropped;
}

static void search_free(struct search *s)
{
    named_free(&s->wanted);
}

int disclose_find(int fd, const char *origin, char path[R_NAME_PATH_MAX + 1], struct hz_error *err)
{
    HZ_CLEANUP(search_free) struct search s = { 0 };
    const struct reader_listener listener = { .context = &s, .row = on_row, .leave = leave_all };
    HZ_CLEANUP(account_free) struct account account;
    int code = named_begin(&s.wanted, origin, err);
    const struct places *p;
    const char *name;

    account_init(&account);
    if (!code)
        code = reader_run(fd, &listener, &account, err);
    if (code)
        return code;
    p = s.of[1].there && !s.of[0].there ? &s.of[1] : &s.of[0];
    name = named_get(&s.wanted, (size_t)(p - s.of));
    snprintf(path, R_NAME_PATH_MAX + 1, "%s", name);
    if (!p->count && !is_sound(&account))
        return HZ_OK;
    if (!p->count)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s is not a file in the bundle; hozen list shows what is"), name);
    if (p->count > 1)
        return hz_error_set(err, HZ_E_UNSUPPORTED, _("%s stands in more than one place of the bundle: say %s or %s"),
                            name, p->path[0], p->path[1]);
    memcpy(path, p->path[0], strlen(p->path[0]) + 1);
    return HZ_OK;
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

int disclose_begin(struct disclose *d, const char *to, struct hz_error *err)
{
    d->to = to;
    return io_partial_begin(&d->out, to, FILE_MODE, err);
}

void disclose_abort(struct disclose *d)
{
    io_partial_abort(&d->out);
}

int disclose_commit(struct disclose *d, struct hz_error *err)
{
    return io_partial_commit(&d->out, err);
}

static int put(struct disclose *d, const void *bytes, size_t len, struct hz_error *err)
{
    int code = io_write(d->out.fd, bytes, len, err);

    d->written += len;
    return code ? hz_error_context(err, "%s.partial", d->to) : HZ_OK;
}

static int put_zeros(struct disclose *d, uint64_t multiple, struct hz_error *err)
{
    static const unsigned char zeros[R_TAR_RECORD];

    return put(d, zeros, (size_t)((multiple - d->written % multiple) % multiple), err);
}

static int put_head(struct disclose *d, const char *path, uint64_t size, struct hz_error *err)
{
    struct r_tar_head head = { .size = size, .mtime = d->mtime, .type = '0' };
    unsigned char bytes[R_TAR_HEAD_MAX];
    size_t len;

    snprintf(head.name, sizeof head.name, "%s/%s", d->item, path);
    len = r_tar_encode(&head, bytes);
    return len ? put(d, bytes, len, err) : hz_error_set(err, HZ_E_FORMAT, _("a name that no tar can hold"));
}

static int put_member(struct disclose *d, const char *path, const void *bytes, size_t len, struct hz_error *err)
{
    int code = put_head(d, path, len, err);

    if (!code)
        code = put(d, bytes, len, err);
    return code ? code : put_zeros(d, R_TAR_BLOCK, err);
}

static bool is_part(const char *path)
{
    static const char *const parts[] = { "bagit.txt", "meta/format.json", "meta/merkle-root.txt", "bag-info.txt",
                                         "tagmanifest-sha256.txt" };
    size_t i;

    for (i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(path, parts[i]) == 0)
            return true;
    return strcmp(path, r_disclosed_names[R_DISCLOSED_LINE]) == 0 ||
           strcmp(path, r_disclosed_names[R_DISCLOSED_PROOF]) == 0;
}

/* In a bundle that holds they come in their order; in another it does not matter what is written */
static int on_part(void *context, const char *name, uint64_t mtime, const void *bytes, size_t len, struct hz_error *err)
{
    struct disclose *d = context;
    const char *slash = strchr(name, '/');
    int code = HZ_OK;

    if (!slash || !r_name_is_item(name, (size_t)(slash - name)) || !is_part(slash + 1))
        return hz_error_set(err, HZ_E_FORMAT, _("the sandboxed reader sent something that makes no sense"));
    if (!d->item[0]) {
        memcpy(d->item, name, (size_t)(slash - name));
        d->mtime = mtime;
        code = put_member(d, r_disclosed_names[R_DISCLOSED_TEXT], r_disclosed_text, strlen(r_disclosed_text), err);
    }
    return code ? code : put_member(d, slash + 1, bytes, len, err);
}

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct disclose *d = context;

    d->open = d->item[0] && !d->met && strcmp(path, d->path) == 0;
    d->met = d->met || d->open;
    return d->open ? put_head(d, path, size, err) : HZ_OK;
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct disclose *d = context;

    return d->open ? put(d, bytes, len, err) : HZ_OK;
}

static int on_file_end(void *context, struct hz_error *err)
{
    struct disclose *d = context;
    int code = d->open ? put_zeros(d, R_TAR_BLOCK, err) : HZ_OK;

    d->open = false;
    return code;
}

static bool on_leave(void *context, const char *path)
{
    const struct disclose *d = context;

    return strcmp(path, d->path) != 0;
}

struct reader_listener disclose_listener(struct disclose *d)
{
    return (struct reader_listener) { .context = d,
                                      .file = on_file,
                                      .data = on_data,
                                      .file_end = on_file_end,
                                      .leave = on_leave,
                                      .disclose = d->path,
                                      .part = on_part };
}

/* Signatures, and the end of a tar */
static int put_rest(struct disclose *d, const struct account *bundle, struct hz_error *err)
{
    static const unsigned char end[2 * R_TAR_BLOCK];
    char path[R_SHA256_HEX + 20];
    int code = HZ_OK;
    size_t i;

    for (i = 0; i < bundle->signature_count && !code; i++) {
        const struct account_signature *s = &bundle->signatures[i];

        snprintf(path, sizeof path, "signatures/%s.sshsig", s->keyid);
        code = put_member(d, path, s->text.data, s->text.len, err);
    }
    if (!code)
        code = put(d, end, sizeof end, err);
    return code ? code : put_zeros(d, R_TAR_RECORD, err);
}

/* What stands on the disk, read as anybody would read it */
static int read_again(const struct disclose *d, struct account *made, struct hz_error *err)
{
    static const struct reader_listener nothing = { .context = NULL };
    HZ_CLEANUP(io_close) int fd = -1;
    char *path = NULL;
    int code;

    if (asprintf(&path, "%s.partial", d->to) < 0)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    code = io_open_input(path, &fd, err);
    free(path);
    return code ? code : reader_run(fd, &nothing, made, err);
}

int disclose_finish(struct disclose *d, const struct account *bundle, struct account *made, struct hz_error *err)
{
    const struct r_bundle_result *r = &made->result;
    int code;

    if (!d->met)
        return hz_error_set(err, HZ_E_NOTFOUND, _("%s is not a file in the bundle; hozen list shows what is"), d->path);
    code = put_rest(d, bundle, err);
    if (!code)
        code = read_again(d, made, err);
    if (code)
        return code;
    if (!r->disclosure || !r->ended || !r->complete || r->findings.count || r->findings.dropped ||
        !made->disclosed.proven || strcmp(made->disclosed.path, d->path) != 0 ||
        memcmp(r->content_id, bundle->result.content_id, R_SHA256_SIZE) != 0)
        return hz_error_set(err, HZ_E_IO, _("%s.partial does not hold what was written into it"), d->to);
    return HZ_OK;
}

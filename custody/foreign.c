#include "custody/foreign.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io_commit.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/json_out.h"
#include "base/lang.h"
#include "base/stamp.h"
#include "base/text.h"
#include "custody/foreign_part.h"
#include "custody/interrupt.h"
#include "custody/lazy.h"

#define PENDING ((size_t)1 << 20) /* lines that wait to be written */

static const char *const type_words[FOREIGN_TYPES] = { "file",   "directory",        "symlink",      "hardlink", "fifo",
                                                       "socket", "character-device", "block-device", "other" };
static const char *const status_words[FOREIGN_STATUSES] = { NULL, "encrypted", "unreadable" };
static const char *const outcome_words[] = { "complete", "damaged", "limited", "stopped" };

struct listing {
    const struct foreign_job *job;
    struct foreign *out;
    struct io_partial file;
    struct w_digest *digest;
    struct buf lines;
    char *text[2]; /* of the record at work, each FOREIGN_NAME_MAX + 1 */
};

static void listing_free(struct listing *l)
{
    io_partial_abort(&l->file);
    w_digest_free(l->digest);
    buf_free(&l->lines);
    free(l->text[0]);
    free(l->text[1]);
}

static int flush(struct listing *l, size_t least, struct hz_error *err)
{
    int rc = buf_check(&l->lines, err);

    if (rc != HZ_OK || l->lines.len < least)
        return rc;
    rc = w_digest_update(l->digest, l->lines.data, l->lines.len, err);
    if (rc == HZ_OK)
        rc = io_write(l->file.fd, l->lines.data, l->lines.len, err);
    buf_reset(&l->lines);
    return rc;
}

static int end_line(struct listing *l, struct json_out *j, struct hz_error *err)
{
    int rc;

    json_object_end(j);
    rc = json_check(j, err);
    buf_putc(&l->lines, '\n');
    return rc == HZ_OK ? flush(l, PENDING, err) : rc;
}

/* "name", and "name_b64" with the exact bytes where they are not UTF-8. */
static void member_bytes(struct json_out *j, const char *key, const char *exact, const char *bytes, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4 * FOREIGN_NAME_MAX), coded = BUF_INIT(2 * FOREIGN_NAME_MAX);

    if (text_to_utf8(&text, bytes, len) != HZ_OK || text_base64(&coded, bytes, len) != HZ_OK) {
        j->out->failed = HZ_E_NOMEM;
        return;
    }
    json_key(j, key);
    json_string_n(j, text.data, text.len);
    if (text_is_utf8(bytes, len))
        return;
    json_key(j, exact);
    json_string_n(j, coded.data, coded.len);
}

static int write_head(struct listing *l, struct hz_error *err)
{
    struct json_out j;

    json_init(&j, &l->lines);
    json_object(&j);
    json_member_string(&j, "file_sha256", l->job->file_sha256);
    json_member_string(&j, "item", l->job->item);
    json_member_string(&j, "schema", "hozen-listing/1");
    return end_line(l, &j, err);
}

static int write_member(struct listing *l, const struct foreign_record *r, struct hz_error *err)
{
    const struct stamp mtime = { r->seconds, r->nanoseconds };
    char when[STAMP_SIZE], digest[W_DIGEST_HEX];
    struct json_out j;

    stamp_format(when, mtime);
    text_hex(digest, r->sha256, sizeof r->sha256);
    json_init(&j, &l->lines);
    json_object(&j);
    json_member_string(&j, "mtime", r->has & FOREIGN_DATED ? when : NULL);
    member_bytes(&j, "name", "name_b64", l->text[0], r->text[0]);
    json_member_string(&j, "sha256", r->has & FOREIGN_HASHED ? digest : NULL);
    if (r->has & FOREIGN_SIZED)
        json_member_decimal(&j, "size", r->size);
    json_member_string(&j, "status", status_words[r->status]);
    if (r->type == FOREIGN_SYMLINK || r->type == FOREIGN_HARDLINK)
        member_bytes(&j, "target", "target_b64", l->text[1], r->text[1]);
    json_member_string(&j, "type", type_words[r->type]);
    l->out->members++;
    return end_line(l, &j, err);
}

static int write_end(struct listing *l, const struct foreign_record *r, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf detail = BUF_INIT(4 * FOREIGN_NAME_MAX);
    struct json_out j;

    if (text_to_utf8(&detail, l->text[1], r->text[1]) != HZ_OK)
        return buf_check(&detail, err);
    json_init(&j, &l->lines);
    json_object(&j);
    if (detail.len > 0) {
        json_key(&j, "detail");
        json_string_n(&j, detail.data, detail.len);
    }
    json_member_string(&j, "format", l->out->format);
    json_member_decimal(&j, "members", l->out->members);
    json_member_string(&j, "outcome", outcome_words[r->status]);
    json_member_string(&j, "type", "end");
    return end_line(l, &j, err);
}

/* --- what comes out of the jail --- */

static bool read_exactly(int fd, void *bytes, size_t len)
{
    for (size_t have = 0; have < len;) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        size_t got = 0;
        if (poll(&p, 1, FOREIGN_SILENT_MS) <= 0 ||
            io_read_some(fd, (char *)bytes + have, len - have, &got, NULL) != HZ_OK || got == 0)
            return false;
        have += got;
    }
    return true;
}

static bool is_sound(const struct foreign_record *r)
{
    return r->kind < FOREIGN_KINDS && r->type < FOREIGN_TYPES && r->nanoseconds < 1000000000 &&
           r->text[0] <= FOREIGN_NAME_MAX && r->text[1] <= FOREIGN_NAME_MAX &&
           (r->kind == FOREIGN_END ? r->status <= FOREIGN_NONE && r->text[0] < FOREIGN_FORMAT_MAX
                                   : r->status < FOREIGN_STATUSES);
}

/* false: the child has ended, or says what cannot be. */
static bool read_record(struct listing *l, int fd, struct foreign_record *r)
{
    if (interrupt_asked() || !read_exactly(fd, r, sizeof *r) || !is_sound(r))
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!read_exactly(fd, l->text[i], r->text[i]))
            return false;
        l->text[i][r->text[i]] = '\0';
    }
    return true;
}

static int end(struct listing *l, const struct foreign_record *r, struct hz_error *err)
{
    if (r->status == FOREIGN_NONE)
        return hz_error_set(err, HZ_E_UNSUPPORTED, "%s",
                            _("is no archive that can be listed (tar, also packed with gzip, bzip2, xz or zstd; zip; "
                              "7z); take it in with --kind file"));
    snprintf(l->out->format, sizeof l->out->format, "%s", text_is_line(l->text[0], 63) ? l->text[0] : "unknown");
    if (r->status != FOREIGN_COMPLETE)
        snprintf(l->out->trouble, sizeof l->out->trouble, "the archive is not listed to its end: %s",
                 l->text[1][0] != '\0' ? l->text[1] : "it is damaged");
    return write_end(l, r, err);
}

static int end_early(struct listing *l, struct hz_error *err)
{
    struct foreign_record r = { .kind = FOREIGN_END, .status = FOREIGN_STOPPED };

    r.text[0] = (uint32_t)snprintf(l->text[0], FOREIGN_NAME_MAX, "unknown");
    r.text[1] = (uint32_t)snprintf(l->text[1], FOREIGN_NAME_MAX, "what reads it was ended before");
    return end(l, &r, err);
}

static int take_records(struct listing *l, int from, struct hz_error *err)
{
    const struct intake_progress *progress = l->job->progress;
    struct foreign_record r;
    int rc = HZ_OK;

    while (rc == HZ_OK) {
        if (!read_record(l, from, &r) || l->out->members > FOREIGN_MEMBERS)
            return end_early(l, err);
        if (r.kind == FOREIGN_END)
            return end(l, &r, err);
        if (r.kind == FOREIGN_MEMBER)
            rc = write_member(l, &r, err);
        else if (progress->tell != NULL)
            progress->tell(progress->context, r.size, l->job->size);
    }
    return rc;
}

static int make(struct listing *l, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int from = -1;
    struct foreign_job job = *l->job;
    pid_t pid;
    int rc = write_head(l, err);

    if (rc == HZ_OK)
        rc = child_fork(foreign_child, &job, &pid, &from, err);
    if (rc != HZ_OK)
        return rc;
    rc = take_records(l, from, err);
    child_kill(pid);
    if (l->job->progress->tell != NULL)
        l->job->progress->tell(l->job->progress->context, l->job->size, l->job->size);
    return rc == HZ_OK ? flush(l, 0, err) : rc;
}

int foreign_list(const struct foreign_job *job, struct foreign *out, struct hz_error *err)
{
    HZ_CLEANUP(listing_free)
    struct listing l = {
        .job = job, .out = out, .file = { .directory = -1, .fd = -1 }, .lines = BUF_INIT(4 * PENDING)
    };
    int rc;

    *out = (struct foreign)FOREIGN_INIT;
    l.text[0] = malloc(FOREIGN_NAME_MAX + 1);
    l.text[1] = malloc(FOREIGN_NAME_MAX + 1);
    if (l.text[0] == NULL || l.text[1] == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    rc = lazy_load(LAZY_ARCHIVE, err);
    if (rc == HZ_OK)
        rc = w_digest_new(&l.digest, err);
    if (rc == HZ_OK)
        rc = io_partial_begin(&l.file, job->path, 0600, err);
    if (rc == HZ_OK)
        rc = make(&l, err);
    if (rc == HZ_OK)
        rc = w_digest_end_hex(l.digest, out->sha256, err);
    if (rc == HZ_OK)
        rc = io_sync(l.file.fd, err);
    if (rc != HZ_OK)
        return rc;
    out->file = l.file;
    l.file = (struct io_partial) { .directory = -1, .fd = -1 };
    return HZ_OK;
}

void foreign_free(struct foreign *f)
{
    io_partial_abort(&f->file);
}

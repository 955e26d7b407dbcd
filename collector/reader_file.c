/* A file that fits into a slot, or one that does not know its size; and things that are no files. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/text.h"
#include "collector/absence.h"
#include "collector/read.h"
#include "collector/reader.h"
#include "formats/write/tarhead.h"

#define LEASE_TRIES 50 /* a holder of a lease that is told to let go needs a moment: half a second at most */
#define WHOLE_STEP ((size_t)256 << 10)

static struct w_bytes last_name(struct w_bytes path)
{
    const char *start = path.data, *slash = memrchr(path.data, '/', path.len);
    const char *name = slash == NULL ? start : slash + 1;
    return (struct w_bytes) { name, path.len - (size_t)(name - start) };
}

static int reopen(struct reader *r, const struct slot_item *item, int *fd, int *noatime, struct hz_error *why)
{
    const struct timespec moment = { 0, 10000000 };
    int rc = HZ_E_IO;
    why->sys_errno = EAGAIN;
    for (unsigned i = 0; rc != HZ_OK && why->sys_errno == EAGAIN && i < LEASE_TRIES; i++) {
        if (i > 0)
            nanosleep(&moment, NULL);
        watch_enter(&r->watch);
        rc = io_evidence_reopen(item->fd, fd, noatime, why);
        watch_leave(&r->watch);
    }
    return rc;
}

/* *fd: open for reading; the item's own, or one to be closed. */
static int open_file(struct reader *r, struct slot_item *item, int *fd, struct hz_error *err)
{
    struct hz_error why;
    int noatime = 1;
    struct w_bytes name = last_name(item->origin);
    const char *refused = pseudo_refuses(item->pseudo, name.data, name.len, &item->stat);
    if (refused != NULL) {
        item->outcome = SLOT_MISSING;
        item->absence = (struct walk_absence) { .status = W_EXCLUDED, .reason = refused };
        return HZ_OK;
    }
    if (item->kind == SLOT_OPEN)
        *fd = item->fd;
    else if (reopen(r, item, fd, &noatime, &why) != HZ_OK)
        return reader_missing(item, &why, err);
    item->exposed = noatime == 0;
    return HZ_OK;
}

static void close_watched(struct reader *r, int *fd)
{
    int open = *fd;
    *fd = -1; /* while the call lasts, what it belongs to may be given to another reader */
    watch_enter(&r->watch);
    io_close(&open);
    watch_leave(&r->watch);
}

/* real, unless NULL: of the `got` bytes that were there; zeros stand for the others. */
static int digest_now(struct reader *r, struct slot_item *item, const unsigned char *bytes, size_t got, char *real,
                      struct hz_error *err)
{
    unsigned char digest[W_DIGEST_SIZE];
    int rc = w_digest_start(r->digest, err);
    if (rc == HZ_OK)
        rc = w_digest_update(r->digest, bytes, got, err);
    if (rc == HZ_OK && real != NULL)
        rc = w_digest_peek(r->digest, digest, err);
    if (rc == HZ_OK && real != NULL)
        text_hex(real, digest, sizeof digest);
    if (rc == HZ_OK)
        rc = w_digest_update(r->digest, bytes + got, (size_t)item->size - got, err);
    if (rc == HZ_OK && r->config->sha512)
        rc = w_digest_end_512_hex(r->digest, item->sha512, err);
    return rc == HZ_OK ? w_digest_end_hex(r->digest, item->sha256, err) : rc;
}

/* Padding, row, and digests, which wait for those of the whole slot if they can. */
static int complete(struct reader *r, struct slot *s, struct slot_item *item, size_t head, size_t got,
                    struct hz_error *err)
{
    static const char unknown[W_DIGEST_HEX] = "0000000000000000000000000000000000000000000000000000000000000000";
    unsigned char *bytes = s->bytes + s->used + head;
    char real[W_DIGEST_HEX];
    size_t size = (size_t)item->size, padding = w_tarhead_padding(size);
    bool cut = item->status == W_SHRUNK || item->status == W_LIMITED;
    memset(bytes + got, 0, size - got + padding);
    int rc = HZ_OK;
    item->pending = !cut && !r->config->sha512;
    item->content_at = s->used + head;
    if (item->pending)
        memcpy(item->sha256, unknown, sizeof unknown);
    else
        rc = digest_now(r, item, bytes, got, cut ? real : NULL, err);
    const struct reader_row row = { &r->meta.stat, got, cut ? real : NULL };
    if (rc == HZ_OK)
        rc = reader_line(r, s, item, &row, err);
    if (rc != HZ_OK)
        return rc;
    item->at = s->used;
    item->len = head + size + padding;
    s->used += item->len;
    return HZ_OK;
}

/* What is in the cache first, then the rest. */
static int read_known(struct reader *r, const struct slot_item *item, int fd, unsigned char *bytes,
                      struct read_part *part, struct hz_error *err)
{
    size_t size = (size_t)item->size, got = size > 0 ? ahead_take(r->config->ahead, &r->watch, fd, bytes, size) : 0;
    *part = (struct read_part) { .got = got };
    if (got == size && size > 0)
        return HZ_OK;
    int rc = read_part(fd, &r->watch, got, bytes + got, size - got, part, err);
    part->got += got;
    return rc;
}

static int take_known(struct reader *r, struct slot *s, struct slot_item *item, int fd, struct hz_error *err)
{
    size_t head;
    struct read_part part;
    item->size = item->stat.stx_size;
    int rc = reader_header(r, s, item, item->size, &head, err);
    if (rc == HZ_OK)
        rc = slot_hold(s, head + (size_t)item->size + w_tarhead_padding(item->size), err);
    if (rc == HZ_OK)
        rc = read_known(r, item, fd, s->bytes + s->used + head, &part, err);
    if (rc != HZ_OK)
        return rc;
    if (part.sys_errno != 0 && part.got == 0) {
        const struct hz_error why = { .code = HZ_E_IO, .sys_errno = part.sys_errno };
        return reader_missing(item, &why, err);
    }
    if (part.sys_errno != 0) {
        item->status = W_LIMITED;
        item->cut = absence_reason(part.sys_errno);
    } else if (part.got < item->size)
        item->status = W_SHRUNK;
    else
        item->status = reader_judge(r, fd, &item->stat);
    return complete(r, s, item, head, part.got, err);
}

/* Into s->whole: up to READ_WHOLE_MAX. The main thread writes it from there. */
static int take_alone(struct reader *r, struct slot *s, struct slot_item *item, int fd, struct hz_error *err)
{
    struct read_rest rest = { .full = true };
    int rc = HZ_OK;
    buf_reset(&s->whole);
    while (rc == HZ_OK && rest.full && s->whole.len < READ_WHOLE_MAX) {
        unsigned char *room = buf_grow(&s->whole, WHOLE_STEP);
        if (room == NULL)
            return buf_check(&s->whole, err);
        rc = read_whole(fd, &r->watch, room, WHOLE_STEP, &rest, err);
        s->whole.len -= WHOLE_STEP - rest.got;
    }
    if (rc == HZ_OK && rest.sys_errno != 0 && s->whole.len == 0) {
        const struct hz_error why = { .code = HZ_E_IO, .sys_errno = rest.sys_errno };
        return reader_missing(item, &why, err);
    }
    int failed = rest.cut_errno != 0 ? rest.cut_errno : rest.sys_errno;
    item->cut = failed != 0 ? absence_reason(failed)
                : rest.full ? N_("larger than 16 MiB, which it did not say")
                            : NULL;
    item->status = item->cut != NULL ? W_LIMITED : W_COLLECTED;
    item->outcome = SLOT_ALONE;
    return rc == HZ_OK ? reader_keep(r, s, item, err) : rc;
}

/* A file of the kernel's own. One that is larger than its room has to wait until s->whole may be used. */
static int take_unknown(struct reader *r, struct slot *s, struct slot_item *item, int fd, struct hz_error *err)
{
    struct read_rest rest;
    size_t head;
    if (s->alone)
        return take_alone(r, s, item, fd, err);
    int rc = reader_header(r, s, item, 0, &head, err); /* as long as that of any other size */
    if (rc == HZ_OK)
        rc = slot_hold(s, head + SLOT_UNKNOWN + W_TARHEAD_BLOCK, err);
    if (rc == HZ_OK)
        rc = read_whole(fd, &r->watch, s->bytes + s->used + head, SLOT_UNKNOWN, &rest, err);
    if (rc != HZ_OK)
        return rc;
    if (rest.sys_errno != 0) {
        const struct hz_error why = { .code = HZ_E_IO, .sys_errno = rest.sys_errno };
        return reader_missing(item, &why, err);
    }
    if (rest.full) {
        item->outcome = SLOT_ALONE;
        return HZ_OK;
    }
    item->size = rest.got;
    item->status = rest.limited ? W_LIMITED : W_COLLECTED;
    item->cut = rest.limited ? absence_reason(rest.cut_errno) : NULL;
    rc = reader_header(r, s, item, item->size, &head, err);
    return rc == HZ_OK ? complete(r, s, item, head, rest.got, err) : rc;
}

/* A file that says it is empty: one that has content all the same does not know its size, unless it just grew. */
static int take_empty(struct reader *r, struct slot *s, struct slot_item *item, int fd, struct hz_error *err)
{
    struct read_part part;
    struct statx now;
    struct hz_error why;
    unsigned char byte;
    int rc = read_part(fd, &r->watch, 0, &byte, 1, &part, err);
    if (rc != HZ_OK || part.sys_errno != 0) {
        why = (struct hz_error) { .code = HZ_E_IO, .sys_errno = part.sys_errno };
        return rc == HZ_OK ? reader_missing(item, &why, err) : rc;
    }
    if (part.got == 0)
        return take_known(r, s, item, fd, err);
    watch_enter(&r->watch);
    rc = io_statx(fd, &now, &why);
    watch_leave(&r->watch);
    if (rc != HZ_OK)
        return reader_missing(item, &why, err);
    if (now.stx_size > 0)
        return take_known(r, s, item, fd, err);
    item->outcome = SLOT_ALONE;
    return s->alone ? take_alone(r, s, item, fd, err) : HZ_OK;
}

static int take(struct reader *r, struct slot *s, struct slot_item *item, int fd, struct hz_error *err)
{
    item->acquired_at = stamp_now();
    item->method = item->pseudo == NULL ? "read" : item->pseudo->method;
    int rc = meta_read_open(&r->meta, fd, &item->stat, err);
    if (rc != HZ_OK || !reader_has_room(r, item))
        return rc;
    pace_wait(r->config->pace, (size_t)item->stat.stx_size, r->config->stop);
    if (item->pseudo != NULL)
        return take_unknown(r, s, item, fd, err);
    return item->stat.stx_size == 0 ? take_empty(r, s, item, fd, err) : take_known(r, s, item, fd, err);
}

int reader_file(struct reader *r, struct slot *s, struct slot_item *item, struct hz_error *err)
{
    int fd = -1;
    watch_about(&r->watch, item->origin, &item->stat);
    if (watch_silent(r->config->devices, &item->stat)) {
        reader_unanswered(item);
        return HZ_OK;
    }
    int rc = open_file(r, item, &fd, err);
    if (rc == HZ_OK && item->outcome == SLOT_TAKEN)
        rc = take(r, s, item, fd, err);
    bool again = rc == HZ_OK && item->outcome == SLOT_ALONE && !s->alone;
    item->finished = rc == HZ_OK && item->outcome != SLOT_ALONE; /* that waits in the slot that is lost */
    if (item->kind == SLOT_LOOKED)
        close_watched(r, &fd);
    if (!again)
        close_watched(r, &item->fd);
    return rc;
}

int reader_object(struct reader *r, struct slot *s, struct slot_item *item, struct hz_error *err)
{
    struct hz_error why;
    watch_about(&r->watch, item->origin, &item->stat);
    item->acquired_at = stamp_now();
    if (watch_silent(r->config->devices, &item->stat)) {
        reader_unanswered(item);
        return HZ_OK;
    }
    if (S_ISLNK(item->stat.stx_mode)) {
        watch_enter(&r->watch);
        int failed = io_evidence_readlink(item->fd, &item->extra, &item->target.len, &why);
        watch_leave(&r->watch);
        if (failed != HZ_OK)
            return reader_missing(item, &why, err);
        item->target.data = item->extra;
        item->exposed = true; /* nothing but the mount keeps a link's access time */
        s->heavy += item->target.len;
    }
    int rc = meta_read(&r->meta, item->fd, &item->stat, err);
    if (rc == HZ_OK && reader_has_room(r, item))
        rc = reader_keep(r, s, item, err);
    close_watched(r, &item->fd);
    return rc;
}

#include "custody/inspect_type.h"

#include <magic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/jail.h"
#include "base/lang.h"
#include "base/processors.h"
#include "base/stamp.h"
#include "custody/interrupt.h"

#define BATCH_FILES 512 /* their answers fit into a pipe, so that a child need not wait for us */
#define BATCH_BYTES ((size_t)4 << 20)
#define BATCHES 16
#define ANSWERS 64   /* that are read at a time */
#define TYPE_MAX 100 /* bytes of a type; RFC 6838 allows more, libmagic's are shorter */
#define WAIT_MS 5000 /* for one file */

struct head {
    size_t at, len; /* in bytes */
};

struct count {
    char type[TYPE_MAX + 1];
    uint64_t files;
};

/* A line of answer for each file: its type, or nothing. */
struct answer {
    char
        text[TYPE_MAX + 1]; /* NUL-padded: all answers are as long, so that a child cannot make the parent lose count */
};

/* Files for one child. */
struct batch {
    struct buf bytes; /* their first bytes */
    struct head heads[BATCH_FILES];
    size_t waiting, told; /* of heads; told: answered for */
    pid_t pid;
    int from;      /* what it answers; -1: no child */
    int64_t until; /* the next answer is awaited so long */
    unsigned char read[ANSWERS * sizeof(struct answer)];
    size_t have; /* bytes of an answer that is not whole, in read */
    const struct inspect_types *types;
};

struct inspect_types {
    magic_t magic;
    struct batch *batches, *filling;
    size_t batch_count;
    struct count *counts;
    size_t count, room;
};

static const struct {
    int which;
    size_t most;
} limits[] = {
    { MAGIC_PARAM_BYTES_MAX, INSPECT_TYPE_HEAD },
    { MAGIC_PARAM_INDIR_MAX, 20 },
    { MAGIC_PARAM_NAME_MAX, 60 },
    { MAGIC_PARAM_ELF_PHNUM_MAX, 512 },
    { MAGIC_PARAM_ELF_SHNUM_MAX, 4096 },
    { MAGIC_PARAM_ELF_NOTES_MAX, 64 },
    { MAGIC_PARAM_REGEX_MAX, 4096 },
    { MAGIC_PARAM_ENCODING_MAX, 64 << 10 },
};

static bool load(struct inspect_types *t)
{
    t->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS);
    bool loaded = t->magic != NULL && magic_load(t->magic, NULL) == 0;
    for (size_t i = 0; loaded && i < sizeof limits / sizeof limits[0]; i++)
        loaded = magic_setparam(t->magic, limits[i].which, &limits[i].most) == 0;
    return loaded;
}

/* One more than there are processors: it is filled while these are at work. */
static bool make_batches(struct inspect_types *t)
{
    size_t count = processors_upto(BATCHES - 1) + 1;
    t->batches = calloc(count, sizeof *t->batches);
    for (; t->batches != NULL && t->batch_count < count; t->batch_count++) {
        struct batch *b = &t->batches[t->batch_count];
        b->from = -1;
        b->types = t;
        buf_init(&b->bytes, BATCH_BYTES + INSPECT_TYPE_HEAD);
    }
    t->filling = t->batches;
    return t->batches != NULL;
}

int inspect_type_begin(struct inspect_types **out, struct hz_error *err)
{
    struct inspect_types *t = calloc(1, sizeof *t);
    if (t == NULL || !make_batches(t)) {
        inspect_type_free(t);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    if (!load(t)) {
        inspect_type_free(t);
        return hz_error_set(
            err, HZ_E_UNSUPPORTED,
            _("file types cannot be told: the magic database of libmagic is missing or of another version"));
    }
    *out = t;
    return HZ_OK;
}

static void end_child(struct batch *b)
{
    if (b->from < 0)
        return;
    child_kill(b->pid);
    io_close(&b->from);
}

void inspect_type_free(struct inspect_types *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->batch_count; i++) {
        end_child(&t->batches[i]);
        buf_free(&t->batches[i].bytes);
    }
    if (t->magic != NULL)
        magic_close(t->magic);
    free(t->batches);
    free(t->counts);
    free(t);
}

/* What a child says is not believed to be a type before it looks like one (RFC 6838 section 4.2). */
static bool is_type(const char *text)
{
    size_t slashes = 0, i;
    for (i = 0; i < TYPE_MAX && text[i] != '\0'; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && strchr("!#$&-^_.+/", c) == NULL)
            return false;
        slashes += c == '/';
    }
    return i > 0 && text[i] == '\0' && slashes == 1 && text[0] != '/' && text[i - 1] != '/';
}

static int count_type(struct inspect_types *t, const char *type, struct hz_error *err)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->counts[i].type, type) == 0) {
            t->counts[i].files++;
            return HZ_OK;
        }
    if (t->count == t->room) {
        size_t room = t->room == 0 ? 64 : t->room * 2;
        struct count *grown = realloc(t->counts, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        t->counts = grown;
        t->room = room;
    }
    struct count *c = &t->counts[t->count++];
    *c = (struct count) { .files = 1 };
    snprintf(c->type, sizeof c->type, "%s", type);
    return HZ_OK;
}

/* In the child: everything is loaded, all that is hostile comes after the door is shut. */
static int tell(void *argument, int out)
{
    const struct batch *b = argument;
    unsigned layers;
    child_close_others(out, out);
    if (jail_enter(&layers, NULL) != HZ_OK)
        return 1;
    for (size_t i = b->told; i < b->waiting; i++) {
        struct answer a = { { 0 } };
        const char *type = magic_buffer(b->types->magic, b->bytes.data + b->heads[i].at, b->heads[i].len);
        if (type != NULL && strlen(type) <= TYPE_MAX)
            memcpy(a.text, type, strlen(type));
        if (io_write(out, &a, sizeof a, NULL) != HZ_OK)
            return 1;
    }
    return 0;
}

static int64_t now_ms(void)
{
    struct stamp now = stamp_boottime();
    return now.seconds * 1000 + now.nanoseconds / 1000000;
}

/* A child for what is left of the batch. */
static int begin_child(struct batch *b, struct hz_error *err)
{
    b->have = 0;
    b->until = now_ms() + WAIT_MS;
    return child_fork(tell, b, &b->pid, &b->from, err);
}

/* What a child does not answer is its own fault: the next one begins behind it. */
static int go_on(struct inspect_types *t, struct batch *b, struct hz_error *err)
{
    int rc = count_type(t, INSPECT_TYPE_UNCHECKED, err);
    b->told++;
    end_child(b);
    return rc == HZ_OK && b->told < b->waiting ? begin_child(b, err) : rc;
}

static int take_answers(struct inspect_types *t, struct batch *b, struct hz_error *err)
{
    size_t got = 0, at = 0;
    int rc = HZ_OK;
    if (io_read_some(b->from, b->read + b->have, sizeof b->read - b->have, &got, NULL) != HZ_OK || got == 0)
        return go_on(t, b, err);
    b->have += got;
    for (; rc == HZ_OK && b->have - at >= sizeof(struct answer) && b->told < b->waiting; at += sizeof(struct answer)) {
        struct answer a;
        memcpy(&a, b->read + at, sizeof a);
        rc = count_type(t, is_type(a.text) ? a.text : INSPECT_TYPE_UNCHECKED, err);
        b->told++;
        b->until = now_ms() + WAIT_MS;
    }
    memmove(b->read, b->read + at, b->have - at);
    b->have -= at;
    if (b->told == b->waiting)
        end_child(b);
    return rc;
}

static bool is_at_work(const struct batch *b)
{
    return b->from >= 0;
}

/* One look at all children, after at most so long. */
static int serve(struct inspect_types *t, int wait_ms, struct hz_error *err)
{
    struct pollfd p[BATCHES];
    int rc = HZ_OK;
    for (size_t i = 0; i < t->batch_count; i++)
        p[i] = (struct pollfd) { .fd = t->batches[i].from, .events = POLLIN };
    if (poll(p, (nfds_t)t->batch_count, wait_ms) < 0)
        return HZ_OK; /* a signal: the caller asks */
    for (size_t i = 0; rc == HZ_OK && i < t->batch_count; i++) {
        if (p[i].revents != 0)
            rc = take_answers(t, &t->batches[i], err);
        else if (is_at_work(&t->batches[i]) && now_ms() >= t->batches[i].until)
            rc = go_on(t, &t->batches[i], err);
    }
    return rc;
}

#define LOOK_AGAIN_MS 50

/* Until one batch has no child, or all. */
static int await(struct inspect_types *t, bool all, struct batch **idle, struct hz_error *err)
{
    for (int rc = HZ_OK, wait_ms = 0;; wait_ms = LOOK_AGAIN_MS) {
        size_t busy = 0;
        rc = serve(t, wait_ms, err);
        if (rc != HZ_OK)
            return rc;
        if (interrupt_asked())
            return hz_error_set(err, HZ_E_TIMEOUT, _("interrupted"));
        for (size_t i = 0; i < t->batch_count; i++) {
            busy += is_at_work(&t->batches[i]);
            *idle = is_at_work(&t->batches[i]) ? *idle : &t->batches[i];
        }
        if (busy == 0 || (!all && busy < t->batch_count))
            return HZ_OK;
    }
}

static int send(struct inspect_types *t, struct hz_error *err)
{
    int rc = t->filling->waiting > 0 ? begin_child(t->filling, err) : HZ_OK;
    if (rc == HZ_OK)
        rc = await(t, false, &t->filling, err);
    if (rc != HZ_OK)
        return rc;
    t->filling->told = t->filling->waiting = 0;
    buf_reset(&t->filling->bytes);
    return HZ_OK;
}

int inspect_type_add(struct inspect_types *t, const void *bytes, size_t len, struct hz_error *err)
{
    struct batch *b = t->filling;
    b->heads[b->waiting] = (struct head) { b->bytes.len, len < INSPECT_TYPE_HEAD ? len : INSPECT_TYPE_HEAD };
    if (buf_put(&b->bytes, bytes, b->heads[b->waiting].len) != HZ_OK)
        return buf_check(&b->bytes, err);
    b->waiting++;
    return b->waiting == BATCH_FILES || b->bytes.len >= BATCH_BYTES ? send(t, err) : HZ_OK;
}

static int order_counts(const void *a, const void *b)
{
    const struct count *x = a, *y = b;
    if (x->files != y->files)
        return x->files > y->files ? -1 : 1;
    return strcmp(x->type, y->type);
}

int inspect_type_end(struct inspect_types *t, struct inspection *out, struct hz_error *err)
{
    int rc = send(t, err);
    if (rc == HZ_OK)
        rc = await(t, true, &t->filling, err);
    if (rc != HZ_OK)
        return rc;
    if (t->count > 1)
        qsort(t->counts, t->count, sizeof *t->counts, order_counts);
    for (size_t i = 0; i < t->count; i++) {
        const struct count *c = &t->counts[i];
        if (strcmp(c->type, INSPECT_TYPE_UNCHECKED) == 0)
            inspect_trouble(out, "the type of some files could not be told");
        const char *type = i < W_INSPECTION_TYPES ? inspect_keep(out, c->type, strlen(c->type)) : NULL;
        if (type == NULL)
            out->record.types_more++;
        else
            out->types[out->record.type_count++] = (struct w_inspected_type) { .type = type, .files = c->files };
    }
    out->record.types = out->types;
    return HZ_OK;
}

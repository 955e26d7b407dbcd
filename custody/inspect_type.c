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

#define BATCH_FILES 256
#define BATCH_BYTES ((size_t)8 << 20)
#define TYPE_MAX 100 /* bytes of a type; RFC 6838 allows more, libmagic's are shorter */
#define WAIT_MS 5000 /* for one file */

struct head {
    size_t at, len; /* in bytes */
};

struct count {
    char type[TYPE_MAX + 1];
    uint64_t files;
};

struct inspect_types {
    magic_t magic;
    struct buf bytes; /* the first bytes of the files of this batch */
    struct head heads[BATCH_FILES];
    size_t waiting, told; /* of heads; told: looked at already */
    struct count *counts;
    size_t count, room;
};

/* A line of answer for each file: its type, or nothing. */
struct answer {
    char
        text[TYPE_MAX + 1]; /* NUL-padded: all answers are as long, so that a child cannot make the parent lose count */
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

int inspect_type_begin(struct inspect_types **out, struct hz_error *err)
{
    struct inspect_types *t = calloc(1, sizeof *t);
    if (t == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    buf_init(&t->bytes, BATCH_BYTES + INSPECT_TYPE_HEAD);
    t->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS);
    bool loaded = t->magic != NULL && magic_load(t->magic, NULL) == 0;
    for (size_t i = 0; loaded && i < sizeof limits / sizeof limits[0]; i++)
        loaded = magic_setparam(t->magic, limits[i].which, &limits[i].most) == 0;
    if (!loaded) {
        inspect_type_free(t);
        return hz_error_set(
            err, HZ_E_UNSUPPORTED,
            _("file types cannot be told: the magic database of libmagic is missing or of another version"));
    }
    *out = t;
    return HZ_OK;
}

void inspect_type_free(struct inspect_types *t)
{
    if (t == NULL)
        return;
    if (t->magic != NULL)
        magic_close(t->magic);
    buf_free(&t->bytes);
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
    struct inspect_types *t = argument;
    unsigned layers;
    child_close_others(out, out);
    if (jail_enter(&layers, NULL) != HZ_OK)
        return 1;
    for (size_t i = t->told; i < t->waiting; i++) {
        struct answer a = { { 0 } };
        const char *type = magic_buffer(t->magic, t->bytes.data + t->heads[i].at, t->heads[i].len);
        if (type != NULL && strlen(type) <= TYPE_MAX)
            memcpy(a.text, type, strlen(type));
        if (io_write(out, &a, sizeof a, NULL) != HZ_OK)
            return 1;
    }
    return 0;
}

/* One answer, if it comes in time. */
static bool read_answer(int fd, struct answer *a)
{
    size_t have = 0;
    while (have < sizeof *a) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        size_t got = 0;
        if (poll(&p, 1, WAIT_MS) <= 0 || io_read_some(fd, (char *)a + have, sizeof *a - have, &got, NULL) != HZ_OK ||
            got == 0)
            return false;
        have += got;
    }
    return true;
}

/* A child for what is left of the batch. What it does not answer is its own fault: the next one begins behind it. */
static int tell_some(struct inspect_types *t, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int from = -1;
    struct answer a;
    pid_t pid;
    int rc = child_fork(tell, t, &pid, &from, err);
    if (rc != HZ_OK)
        return rc;
    while (rc == HZ_OK && t->told < t->waiting && read_answer(from, &a)) {
        rc = count_type(t, is_type(a.text) ? a.text : INSPECT_TYPE_UNCHECKED, err);
        t->told++;
    }
    if (rc == HZ_OK && t->told < t->waiting) {
        rc = count_type(t, INSPECT_TYPE_UNCHECKED, err);
        t->told++;
    }
    child_kill(pid);
    return rc;
}

static int tell_all(struct inspect_types *t, struct hz_error *err)
{
    int rc = HZ_OK;
    while (rc == HZ_OK && t->told < t->waiting)
        rc = tell_some(t, err);
    t->told = t->waiting = 0;
    buf_reset(&t->bytes);
    return rc;
}

int inspect_type_add(struct inspect_types *t, const struct inspect_file *file, struct hz_error *err)
{
    size_t want = file->size < INSPECT_TYPE_HEAD ? (size_t)file->size : INSPECT_TYPE_HEAD, got;
    struct head *head = &t->heads[t->waiting];
    *head = (struct head) { .at = t->bytes.len };
    unsigned char *room = buf_grow(&t->bytes, want);
    if (room == NULL)
        return buf_check(&t->bytes, err);
    if (io_read_at(file->fd, 0, room, want, &got, NULL) != HZ_OK) {
        t->bytes.len = head->at;
        return count_type(t, INSPECT_TYPE_UNCHECKED, err);
    }
    t->bytes.len = head->at + got;
    head->len = got;
    t->waiting++;
    return t->waiting == BATCH_FILES || t->bytes.len >= BATCH_BYTES ? tell_all(t, err) : HZ_OK;
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
    int rc = tell_all(t, err);
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

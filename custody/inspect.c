#include "custody/inspect.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/heads.h"
#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "custody/check_database.h"
#include "custody/heads.h"
#include "custody/inspect_type.h"
#include "custody/interrupt.h"
#include "custody/taken.h"

#define ANSWER_MAX ((size_t)64 << 20)
#define BYTES_MAX ((uint64_t)1 << 30) /* of payload; of more, the databases alone are looked at */

void inspect_free(struct inspection *i)
{
    while (i->text_count > 0)
        free(i->texts[--i->text_count]);
    memset(i, 0, sizeof *i);
}

void inspect_trouble(struct inspection *i, const char *why)
{
    if (i->record.trouble == NULL)
        i->record.trouble = inspect_keep(i, why, strlen(why));
}

/* Control characters (C0, DEL, C1) become U+FFFD, in place of whatever else they might do. */
static void put_line(struct buf *out, const struct buf *text)
{
    for (size_t at = 0; at < text->len;) {
        size_t n = text_utf8_sequence(text->data + at, text->len - at);
        unsigned char c = text->data[at];
        if (out->len + n > INSPECT_TEXT_MAX - 3) {
            buf_puts(out, "...");
            return;
        }
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && text->data[at + 1] < 0xa0))
            buf_puts(out, "\xef\xbf\xbd");
        else
            buf_put(out, text->data + at, n);
        at += n;
    }
}

const char *inspect_keep(struct inspection *i, const void *text, size_t len)
{
    HZ_CLEANUP(buf_free) struct buf valid = BUF_INIT((size_t)4 << 20), line = BUF_INIT(2 * INSPECT_TEXT_MAX);
    if (text_to_utf8(&valid, text, len) != HZ_OK || i->text_count == INSPECT_TEXTS)
        return NULL;
    put_line(&line, &valid);
    while (line.len > 0 && line.data[line.len - 1] == ' ')
        line.len--;
    size_t start = 0;
    while (start < line.len && line.data[start] == ' ')
        start++;
    if (start == line.len) { /* a record holds no empty text */
        buf_puts(&line, "?");
    }
    char *copy = buf_text(&line) == NULL ? NULL : text_copy((const char *)line.data + start);
    if (copy != NULL)
        i->texts[i->text_count++] = copy;
    return copy;
}

static const char *keep(struct inspection *i, const char *text)
{
    char *copy = i->text_count == INSPECT_TEXTS ? NULL : text_copy(text);
    if (copy != NULL)
        i->texts[i->text_count++] = copy;
    return copy;
}

const char *inspect_path(struct inspection *i, const char *path)
{
    return keep(i, path);
}

/* --- out of the bundle --- */

struct looking {
    struct inspection *inspection;
    struct inspect_types *types; /* NULL: no types */
    struct taken taken;          /* the databases */
    struct buf head;             /* of the file at work */
    const struct intake_progress *progress;
    uint64_t files, all;
    bool open, whole; /* a file is at work; it is a database */
    bool no_databases;
};

static void looking_free(struct looking *l)
{
    inspect_type_free(l->types);
    taken_free(&l->taken);
    buf_free(&l->head);
}

/* The file before is whole. */
static int end_file(struct looking *l, struct hz_error *err)
{
    bool open = l->open;
    l->open = false;
    return open && l->types != NULL ? inspect_type_add(l->types, l->head.data, l->head.len, err) : HZ_OK;
}

/* Types can be told all the same. */
static int without_databases(struct looking *l, const struct hz_error *why)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(2048);
    buf_printf(&text, "databases were not looked at: %s", why->text);
    if (buf_text(&text) != NULL)
        inspect_trouble(l->inspection, (const char *)text.data);
    l->whole = false;
    l->no_databases = true;
    taken_free(&l->taken);
    return HZ_OK;
}

static int on_file(void *context, const char *path, uint64_t size, struct hz_error *err)
{
    struct looking *l = context;
    struct hz_error why;
    int rc = end_file(l, err);
    (void)size;
    if (rc != HZ_OK)
        return rc;
    buf_reset(&l->head);
    l->open = true;
    l->whole = !l->no_databases && strncmp(path, HEADS_WHOLE, strlen(HEADS_WHOLE)) == 0;
    if (l->whole && taken_begin(&l->taken, path, &why) != HZ_OK)
        rc = without_databases(l, &why);
    if (l->progress->tell != NULL && l->files < l->all)
        l->progress->tell(l->progress->context, l->files++, l->all);
    return rc;
}

static int on_data(void *context, const void *bytes, size_t len, struct hz_error *err)
{
    struct looking *l = context;
    struct hz_error why;
    size_t room = HEADS_BYTES - l->head.len, n = len < room ? len : room;
    if (l->types != NULL && buf_put(&l->head, bytes, n) != HZ_OK)
        return buf_check(&l->head, err);
    return l->whole && taken_put(&l->taken, bytes, len, &why) != HZ_OK ? without_databases(l, &why) : HZ_OK;
}

/* Told behind all files. */
static int on_unlocked(void *context, const char *path, struct hz_error *err)
{
    struct looking *l = context;
    int rc = end_file(l, err);
    if (l->open || rc != HZ_OK)
        return rc;
    taken_sort(&l->taken);
    struct taken_file *file = taken_exact(&l->taken, path);
    if (file != NULL)
        file->unlocked = true;
    return HZ_OK;
}

static bool on_look(void *context)
{
    (void)context;
    return interrupt_asked();
}

/* Are these the bytes that were verified before? */
static bool same_evidence(const struct buf *answer, const struct verifier *v)
{
    HZ_CLEANUP(verifier_free) struct verifier now = { 0 };
    struct hz_error ignored;
    return verifier_read(&now, answer->data, answer->len, &ignored) == HZ_OK &&
           text_equal(now.content_id, v->content_id);
}

static uint64_t number(const char *text)
{
    uint64_t n = UINT64_MAX;
    return text != NULL && num_parse_u64(text, strlen(text), UINT64_MAX, &n) == HZ_OK ? n : UINT64_MAX;
}

/* Only now: before, nobody knew whether the bundle is still whole. */
static int look(struct looking *l, struct hz_error *err)
{
    int rc = end_file(l, err);
    taken_sort(&l->taken);
    for (size_t i = 0; rc == HZ_OK && i < l->taken.count; i++)
        rc = check_database(l->inspection, &l->taken, &l->taken.files[i], err);
    return rc == HZ_OK && l->types != NULL ? inspect_type_end(l->types, l->inspection, err) : rc;
}

static int take_out(struct looking *l, const char *bundle, const struct verifier *v, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf answer = BUF_INIT(ANSWER_MAX);
    const struct heads_listener listener = {
        .context = l, .file = on_file, .data = on_data, .unlocked = on_unlocked, .stopped = on_look
    };
    struct hz_error why;
    int status = 0;
    if (number(v->bytes) > BYTES_MAX)
        inspect_trouble(l->inspection, "too much to be looked at: the types of files were not told");
    else if (inspect_type_begin(&l->types, &why) != HZ_OK)
        inspect_trouble(l->inspection, why.text);
    int rc = heads_read(bundle, &listener, &answer, &status, err);
    if (rc != HZ_OK)
        return rc;
    if (status == HZ_EXIT_OK && same_evidence(&answer, v))
        return look(l, err);
    inspect_trouble(l->inspection, "it could not be read again");
    return HZ_OK;
}

int inspect_bundle(struct inspection *out, const char *bundle, const struct verifier *v,
                   const struct intake_progress *progress, struct hz_error *err)
{
    HZ_CLEANUP(looking_free)
    struct looking l = { .inspection = out,
                         .taken = TAKEN_INIT,
                         .head = BUF_INIT(HEADS_BYTES),
                         .progress = progress,
                         .all = number(v->files) };
    struct hz_error why = { .code = HZ_OK };
    inspect_free(out);
    out->record.databases = out->databases;
    out->record.types = out->types;
    if (!text_equal(v->integrity, "intact")) {
        inspect_trouble(out, "it is not intact");
        return HZ_OK;
    }
    int rc = take_out(&l, bundle, v, &why);
    if (progress->tell != NULL)
        progress->tell(progress->context, l.all, l.all);
    if (rc == HZ_E_NOMEM || interrupt_asked()) {
        *err = why;
        return rc != HZ_OK ? rc : hz_error_set(err, HZ_E_TIMEOUT, _("interrupted"));
    }
    if (rc != HZ_OK)
        inspect_trouble(out, why.text);
    return HZ_OK;
}

#include "custody/heads.h"

#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/heads.h"
#include "base/lang.h"

struct reading {
    const struct heads_listener *listener;
    struct heads_record record;
    size_t have; /* bytes of it */
    size_t left; /* bytes behind it that are still to come */
    struct buf text;
    struct buf *answer;
    bool file, answering;
};

static void release(char **text)
{
    free(*text);
}

static void reading_free(struct reading *r)
{
    buf_free(&r->text);
}

static int nonsense(struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("hozen-verify answered something that makes no sense"));
}

/* Its head is there. */
static int begin(struct reading *r, struct hz_error *err)
{
    const struct heads_record *h = &r->record;
    bool text = h->kind == HEADS_FILE || h->kind == HEADS_UNLOCKED;

    r->left = h->len;
    r->answering = h->kind == HEADS_ANSWER;
    buf_reset(&r->text);
    if (text ? h->len == 0 || h->len > HEADS_TEXT_MAX : h->kind == HEADS_DATA ? !r->file : !r->answering || h->len > 0)
        return nonsense(err);
    return HZ_OK;
}

/* All of a path is there. */
static int take_text(struct reading *r, struct hz_error *err)
{
    const struct heads_listener *l = r->listener;
    const char *path = buf_text(&r->text);

    if (path == NULL)
        return buf_check(&r->text, err);
    if (strlen(path) != r->record.len)
        return nonsense(err);
    if (r->record.kind == HEADS_UNLOCKED)
        return l->unlocked(l->context, path, err);
    r->file = true;
    return l->file(l->context, path, r->record.size, err);
}

static int take(struct reading *r, const unsigned char *bytes, size_t len, struct hz_error *err)
{
    const struct heads_listener *l = r->listener;

    r->left -= len;
    if (r->record.kind == HEADS_DATA)
        return l->data(l->context, bytes, len, err);
    if (buf_put(&r->text, bytes, len) != HZ_OK)
        return buf_check(&r->text, err);
    return r->left == 0 ? take_text(r, err) : HZ_OK;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* What it says to people on stderr is said already by hozen-verify verify. */
static int put(void *context, bool error, const void *bytes, size_t len, struct hz_error *err)
{
    struct reading *r = context;
    const unsigned char *at = bytes;
    int rc = HZ_OK;

    while (!error && rc == HZ_OK && len > 0) {
        size_t n = len;
        if (r->answering) {
            buf_put(r->answer, at, n);
            rc = buf_check(r->answer, err);
        } else if (r->left > 0) {
            n = least(len, r->left);
            rc = take(r, at, n, err);
        } else {
            n = least(len, sizeof r->record - r->have);
            memcpy((unsigned char *)&r->record + r->have, at, n);
            r->have = (r->have + n) % sizeof r->record;
            rc = r->have == 0 ? begin(r, err) : HZ_OK;
        }
        at += n;
        len -= n;
    }
    return rc;
}

static bool stopped(void *context)
{
    const struct heads_listener *l = ((struct reading *)context)->listener;

    return l->stopped(l->context);
}

int heads_read(const char *bundle, const struct heads_listener *listener, struct buf *answer, int *status,
               struct hz_error *err)
{
    static const char *const environment[] = { "LC_ALL=C", NULL };
    HZ_CLEANUP(release) char *program = NULL;
    HZ_CLEANUP(reading_free)
    struct reading r = { .listener = listener, .answer = answer, .text = BUF_INIT(HEADS_TEXT_MAX + 1) };
    const char *const argv[] = { "hozen-verify", "heads", "--", bundle, NULL };
    struct child_spec spec = { .argv = argv, .envp = environment };
    const struct child_reader reader = { .context = &r, .put = put, .stopped = stopped };
    int rc = child_sibling("hozen-verify", &program, err);

    spec.path = program;
    return rc == HZ_OK ? child_stream(&spec, &reader, status, err) : rc;
}

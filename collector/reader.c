#include "collector/reader.h"

#include <stdlib.h>

#include "base/lang.h"
#include "collector/detached.h"

#define NAME_MAX_BYTES ((size_t)16 << 10)

int reader_take(struct reader *r, struct slot *s, struct hz_error *err)
{
    int rc = HZ_OK;
    while (rc == HZ_OK && s->read < s->count && s->lines.len + s->heavy < SLOT_LINES) {
        struct slot_item *item = &s->items[s->read];
        item->outcome = SLOT_TAKEN;
        if (item->kind == SLOT_OPEN || item->kind == SLOT_LOOKED)
            rc = reader_file(r, s, item, err);
        else if (item->kind == SLOT_CHUNK)
            rc = reader_chunk(r, s, item, err);
        else if (item->kind == SLOT_OBJECT)
            rc = reader_object(r, s, item, err);
        else if (item->kind == SLOT_SILENT)
            reader_unanswered(item);
        if (rc != HZ_OK || (item->outcome == SLOT_ALONE && !s->alone))
            break;
        s->read++;
        if (item->outcome == SLOT_ALONE) /* whole is in use */
            break;
    }
    return rc == HZ_OK ? reader_settle(r, s, err) : rc;
}

static void work(void *argument)
{
    struct reader *r = argument;
    struct slot *s;
    while (ring_work(r->config->ring, &s)) {
        if (s == NULL) {
            (void)w_stream_work(r->config->stream, r->frame);
            continue;
        }
        r->slot = s;
        s->rc = reader_take(r, s, &s->error);
        ring_worked(r->config->ring, s);
    }
    atomic_store(&r->done, true);
}

static void free_all(struct reader *r)
{
    w_frame_free(r->frame);
    w_digest_free(r->digest);
    w_digests_free(r->many);
    meta_free(&r->meta);
    buf_free(&r->name);
    buf_free(&r->head);
    free(r);
}

static int start(struct reader *r, bool needed, struct hz_error *err)
{
    int e = detached_start(&r->thread, work, r, needed);
    return e == 0 ? HZ_OK
                  : hz_error_sys(err, HZ_E_NOMEM, e, "%s",
                                 _("cannot start a thread (has this host reached its limit of tasks?)"));
}

int reader_start(struct reader **out, const struct reader_config *config, bool needed, struct hz_error *err)
{
    struct reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    r->config = config;
    watch_init(&r->watch, config->devices);
    meta_init(&r->meta);
    r->meta.watch = &r->watch;
    buf_init(&r->name, NAME_MAX_BYTES);
    buf_init(&r->head, NAME_MAX_BYTES);
    int rc = config->sha512 ? w_digest_new_both(&r->digest, err) : w_digest_new(&r->digest, err);
    if (rc == HZ_OK)
        rc = w_digests_new(&r->many, err);
    if (rc == HZ_OK)
        rc = w_frame_new(&r->frame, config->compress, err);
    if (rc == HZ_OK)
        rc = start(r, needed, err);
    if (rc == HZ_OK)
        *out = r;
    else
        free_all(r);
    return rc;
}

void reader_join(struct reader *r)
{
    if (r == NULL)
        return;
    detached_join(r->thread);
    free_all(r);
}

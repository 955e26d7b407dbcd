#include "collector/slot.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/read.h"
#include "collector/ring.h"
#include "formats/write/catalog.h"

int slot_new(struct slot **out, struct ring *ring, struct hz_error *err)
{
    struct slot *s = calloc(1, sizeof *s);
    if (s == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    s->ring = ring;
    s->bytes = malloc(SLOT_BYTES);
    s->text = malloc(SLOT_TEXT);
    s->items = calloc(SLOT_ITEMS, sizeof *s->items);
    buf_init(&s->lines, SLOT_LINES + W_CATALOG_LINE + 1);
    buf_init(&s->whole, READ_WHOLE_MAX);
    if (s->bytes == NULL || s->text == NULL || s->items == NULL) {
        slot_free(s);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    *out = s;
    return HZ_OK;
}

void slot_drop(struct slot_item *item)
{
    io_close(&item->fd);
    free(item->xattrs);
    free(item->extra);
    big_release(item->big);
    item->big = NULL;
    item->xattrs = NULL;
    item->extra = NULL;
}

void slot_clear(struct slot *s)
{
    for (size_t i = 0; i < s->count; i++)
        slot_drop(&s->items[i]);
    s->count = s->read = s->settled = s->stitched = s->used = s->room = s->text_used = s->heavy = 0;
    s->alone = false;
    s->rc = HZ_OK;
    buf_reset(&s->lines);
    buf_free(&s->whole);
}

void slot_free(struct slot *s)
{
    if (s == NULL)
        return;
    if (s->items != NULL)
        slot_clear(s);
    free(s->bytes);
    free(s->text);
    free(s->items);
    buf_free(&s->lines);
    buf_free(&s->whole);
    free(s);
}

void slot_forget(struct slot *s)
{
    for (size_t i = 0; i < s->stitched; i++)
        slot_drop(&s->items[i]);
    s->alone = s->items[s->read].outcome == SLOT_ALONE;
    s->heavy = 0;
    buf_reset(&s->lines);
    buf_free(&s->whole);
}

/* Names stay in the text of `from`. */
int slot_adopt(struct slot *s, struct slot *from, struct hz_error *err)
{
    memcpy(s->bytes, from->bytes, from->used);
    memcpy(s->items, from->items, from->count * sizeof *s->items);
    buf_put(&s->lines, from->lines.data, from->lines.len);
    s->source = from->source;
    s->used = from->used;
    s->room = from->room;
    s->heavy = from->heavy;
    s->count = from->count;
    s->read = from->read;
    s->settled = from->settled;
    s->stitched = from->stitched;
    s->alone = from->alone;
    struct slot_item *item = &s->items[s->read];
    item->fd = -1;
    if (item->kind == SLOT_CHUNK)
        big_hold(item->big); /* of the lost call */
    if (item->finished)
        s->read++;
    else if (item->kind == SLOT_CHUNK)
        item->unanswered = true;
    else
        item->kind = SLOT_SILENT;
    return buf_check(&s->lines, err);
}

bool slot_fits(const struct slot *s, size_t items_max, size_t names, size_t bytes)
{
    return s->count == 0 || (s->count < items_max && names <= SLOT_TEXT - s->text_used && s->room <= SLOT_BYTES &&
                             bytes <= SLOT_BYTES - s->room);
}

int slot_hold(const struct slot *s, size_t bytes, struct hz_error *err)
{
    bool holds = s->used <= SLOT_BYTES && bytes <= SLOT_BYTES - s->used;
    return holds ? HZ_OK
                 : hz_error_set(err, HZ_E_LIMIT, "%s", _("a fault of hozen: a file has less room than it needs"));
}

static const char *keep(struct slot *s, const void *bytes, size_t len)
{
    char *copy = s->text + s->text_used;
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    s->text_used += len + 1;
    return copy;
}

struct slot_item *slot_add(struct slot *s, enum slot_kind kind, struct w_bytes origin, const char *path,
                           size_t path_len)
{
    struct slot_item *item = &s->items[s->count];
    memset(item, 0, sizeof *item);
    item->kind = kind;
    item->fd = -1;
    if (origin.data != NULL)
        item->origin = (struct w_bytes) { keep(s, origin.data, origin.len), origin.len };
    if (path != NULL)
        item->path = keep(s, path, path_len);
    s->count++; /* last: whoever looks at an unfinished slot sees whole items */
    return item;
}

#include "collector/observe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "collector/run.h"

static int grow(struct observations *o, struct hz_error *err)
{
    if (o->count < o->room)
        return HZ_OK;
    size_t room = o->room == 0 ? 16 : o->room * 2;
    struct observation *list = reallocarray(o->list, room, sizeof *list);
    if (list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    o->list = list;
    o->room = room;
    return HZ_OK;
}

static char *clean(const char *detail)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    text_to_utf8(&text, detail, strnlen(detail, 1000));
    return text_copy(buf_text(&text));
}

static struct observe_code *code_of(struct observations *o, const char *code)
{
    for (size_t i = 0; i < o->code_count; i++)
        if (strcmp(o->codes[i].code, code) == 0)
            return &o->codes[i];
    assert(o->code_count < OBSERVE_CODES);
    o->codes[o->code_count] = (struct observe_code) { .code = code, .first = o->count };
    return &o->codes[o->code_count++];
}

int observe(struct run *run, const char *code, struct w_bytes subject, const char *detail, struct hz_error *err)
{
    struct observations *o = &run->observations;
    struct observe_code *c = code_of(o, code);
    size_t bytes = subject.len + (detail == NULL ? 0 : strnlen(detail, 1000));
    c->times++;
    if (c->kept > 0 && (c->kept == OBSERVE_EACH || bytes > OBSERVE_EACH_BYTES - c->bytes)) {
        o->dropped++;
        return HZ_OK;
    }
    int rc = grow(o, err);
    if (rc != HZ_OK)
        return rc;
    c->kept++;
    c->bytes = bytes > OBSERVE_EACH_BYTES - c->bytes ? OBSERVE_EACH_BYTES : c->bytes + bytes;
    struct observation row = { .code = code, .source = run->source };
    char *copy = malloc(subject.len + 1);
    row.detail = detail == NULL ? NULL : clean(detail);
    if (copy == NULL || (detail != NULL && row.detail == NULL)) {
        free(copy);
        free(row.detail);
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    }
    memcpy(copy, subject.data, subject.len);
    copy[subject.len] = '\0';
    row.subject = (struct w_bytes) { copy, subject.len };
    o->list[o->count++] = row;
    return HZ_OK;
}

void observe_free(struct observations *o)
{
    for (size_t i = 0; i < o->count; i++) {
        free((void *)(uintptr_t)o->list[i].subject.data);
        free(o->list[i].detail);
    }
    free(o->list);
    *o = (struct observations) { 0 };
}

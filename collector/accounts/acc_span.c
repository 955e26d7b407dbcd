#include "collector/accounts/acc_span.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

void acc_span_free(struct acc_span *s)
{
    free(s->lines);
    *s = (struct acc_span) { 0 };
}

static struct acc_span_line *find(struct acc_span *s, struct w_bytes name)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->lines[i].len == name.len && memcmp(s->lines[i].name, name.data, name.len) == 0)
            return &s->lines[i];
    return NULL;
}

static int remember(struct acc_span *s, const struct acc_login *l, struct hz_error *err)
{
    if (s->lines == NULL && (s->lines = calloc(ACC_SPAN_LINES, sizeof *s->lines)) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    struct acc_span_line *line = find(s, l->line);
    if (line == NULL) {
        bool full = s->count == ACC_SPAN_LINES;
        line = &s->lines[full ? s->oldest : s->count];
        s->oldest = full ? (s->oldest + 1) % ACC_SPAN_LINES : s->oldest;
        s->count += !full;
        line->len = l->line.len; /* at most 32, as the record has it */
        memcpy(line->name, l->line.data, line->len);
    }
    line->end = l->time;
    return HZ_OK;
}

static bool is_shutdown(const struct acc_login *l)
{
    static const char user[] = "shutdown";
    return l->type == ACC_LOGIN_RUNLEVEL && l->user.len == sizeof user - 1 &&
           memcmp(l->user.data, user, sizeof user - 1) == 0;
}

int acc_span_next(struct acc_span *s, const struct acc_login *l, enum acc_span_end *how, struct stamp *end,
                  struct hz_error *err)
{
    *how = ACC_SPAN_OPEN;
    if (l->type == ACC_LOGIN_BOOT || is_shutdown(l)) {
        s->count = s->oldest = 0;
        s->all = l->type == ACC_LOGIN_BOOT ? ACC_SPAN_CRASH : ACC_SPAN_DOWN;
        s->since = l->time;
        return HZ_OK;
    }
    if (l->type != ACC_LOGIN_USER && l->type != ACC_LOGIN_DEAD)
        return HZ_OK;
    const struct acc_span_line *line = find(s, l->line);
    *how = line != NULL ? ACC_SPAN_LOGOUT : s->all;
    *end = line != NULL ? line->end : s->since;
    return remember(s, l, err);
}

#include "formats/write/ledger_member.h"

#include <string.h>

void w_ledger_member_time(char out[STAMP_SIZE], const struct w_time *time)
{
    stamp_format_offset(out, time->at, time->offset_minutes);
}

static void write_when(struct json_out *j, const char *key, const struct w_time *time)
{
    char text[STAMP_SIZE];

    if (!time->known)
        return;
    w_ledger_member_time(text, time);
    json_member_string(j, key, text);
}

static void write_part(struct json_out *j, const char *key, const struct w_ledger_object *part, const void *at)
{
    if (w_ledger_member_empty(part, at))
        return;
    json_key(j, key);
    json_object(j);
    w_ledger_member_write(j, part, at);
    json_object_end(j);
}

void w_ledger_member_write(struct json_out *j, const struct w_ledger_object *object, const void *from)
{
    for (size_t i = 0; i < object->count; i++) {
        const struct w_ledger_member *m = &object->members[i];
        const void *at = (const char *)from + m->offset;
        switch (m->kind) {
        case W_LEDGER_TEXT:
            json_member_string(j, m->key, *(const char *const *)at);
            break;
        case W_LEDGER_WHEN:
            write_when(j, m->key, at);
            break;
        case W_LEDGER_PART:
            write_part(j, m->key, m->part, at);
            break;
        case W_LEDGER_OTHER:
            m->other(j, m->key, at);
            break;
        }
    }
}

bool w_ledger_member_empty(const struct w_ledger_object *object, const void *from)
{
    for (size_t i = 0; i < object->count; i++) {
        const struct w_ledger_member *m = &object->members[i];
        const void *at = (const char *)from + m->offset;
        if ((m->kind == W_LEDGER_TEXT && *(const char *const *)at != NULL) ||
            (m->kind == W_LEDGER_WHEN && ((const struct w_time *)at)->known))
            return false;
    }
    return true;
}

bool w_ledger_member_place(const struct w_ledger_object *object, const char *key, void *in, const char ***text,
                           struct w_time **time)
{
    size_t len = strcspn(key, ".");

    for (size_t i = 0; i < object->count; i++) {
        const struct w_ledger_member *m = &object->members[i];
        void *at = (char *)in + m->offset;
        if (strncmp(m->key, key, len) != 0 || m->key[len] != '\0')
            continue;
        if (key[len] == '.')
            return m->kind == W_LEDGER_PART && w_ledger_member_place(m->part, key + len + 1, at, text, time);
        *text = m->kind == W_LEDGER_TEXT ? at : NULL;
        *time = m->kind == W_LEDGER_WHEN ? at : NULL;
        return *text != NULL || *time != NULL;
    }
    return false;
}

#include "custody/thing.h"

#include <string.h>

#include "custody/describe_body.h"

void thing_copy(const struct r_statement *from, struct w_statement_body *to)
{
    static const char part[] = "source.";
    const char *key = NULL, **text = NULL;
    struct w_time *time = NULL;

    for (size_t i = 0; describe_body_label(i, &key) != NULL; i++)
        if (strncmp(key, part, strlen(part)) == 0 && w_statement_place(to, key, &text, &time))
            *text = r_statement_text(from, key);
    if (!thing_is_bundle(from))
        to->kind = from->body.kind != NULL ? from->body.kind : "other";
}

bool thing_is_bundle(const struct r_statement *s)
{
    return s->file_sha256 != NULL && (s->body.kind == NULL || strcmp(s->body.kind, "bundle") == 0);
}

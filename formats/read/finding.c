#include "formats/read/finding.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BYTES_MAX ((size_t)8 * 1024 * 1024)

static size_t kept_length(const char *text)
{
    size_t len = text ? strnlen(text, R_FINDING_TEXT_MAX + 1) : 0;

    if (len <= R_FINDING_TEXT_MAX)
        return len;
    for (len = R_FINDING_TEXT_MAX; len > R_FINDING_TEXT_MAX - 4 && ((unsigned char)text[len] & 0xc0) == 0x80;)
        len--; /* not inside a character */
    return len;
}

static const char *copy_text(char **at, const char *text)
{
    char *begin = *at;
    size_t len = kept_length(text);

    if (!text)
        return NULL;
    memcpy(begin, text, len);
    begin[len] = 0;
    *at += len + 1;
    return begin;
}

static bool grow(struct r_findings *f)
{
    size_t capacity = f->capacity ? f->capacity * 2 : 16;
    struct r_finding *list = reallocarray(f->list, capacity, sizeof *list);

    if (!list)
        return false;
    f->list = list;
    f->capacity = capacity;
    return true;
}

void r_finding_add(struct r_findings *f, const struct r_finding *finding)
{
    const char *texts[] = { finding->path, finding->original, finding->after, finding->text };
    size_t i, size = sizeof *finding;
    struct r_finding *to;
    char *at;

    for (i = 0; i < 4; i++)
        size += texts[i] ? kept_length(texts[i]) + 1 : 0;
    if (f->count >= R_FINDING_KEPT || f->bytes + size > BYTES_MAX) {
        f->dropped++;
        return;
    }
    at = malloc(size - sizeof *finding + 1);
    if (!at || (f->count == f->capacity && !grow(f))) {
        free(at);
        f->out_of_memory = true;
        f->dropped++;
        return;
    }
    to = &f->list[f->count++];
    f->bytes += size;
    *to = *finding;
    to->block = at;
    to->path = copy_text(&at, finding->path);
    to->original = copy_text(&at, finding->original);
    to->after = copy_text(&at, finding->after);
    to->text = copy_text(&at, finding->text);
}

void r_finding_filter(struct r_findings *f, bool (*keep)(const void *context, struct r_finding *finding),
                      const void *context)
{
    size_t i, kept = 0;

    for (i = 0; i < f->count; i++) {
        if (keep(context, &f->list[i]))
            f->list[kept++] = f->list[i];
        else
            free(f->list[i].block);
    }
    f->count = kept;
}

/* One step of a stable bottom-up merge sort: qsort(3) need not keep the order of equals */
static void merge(const struct r_finding *from, struct r_finding *to, size_t left, size_t middle, size_t right)
{
    size_t i = left, j = middle, k;

    for (k = left; k < right; k++)
        to[k] = i < middle && (j >= right || from[i].offset <= from[j].offset) ? from[i++] : from[j++];
}

void r_finding_sort(struct r_findings *f)
{
    struct r_finding *spare = reallocarray(NULL, f->count + 1, sizeof *spare);
    size_t width, i, n = f->count;

    if (!spare) {
        f->out_of_memory = true;
        return;
    }
    for (width = 1; width < n; width *= 2) {
        for (i = 0; i < n; i += 2 * width)
            merge(f->list, spare, i, i + width < n ? i + width : n, i + 2 * width < n ? i + 2 * width : n);
        memcpy(f->list, spare, n * sizeof *spare);
    }
    free(spare);
}

void r_finding_truncate(struct r_findings *f, size_t count)
{
    while (f->count > count)
        free(f->list[--f->count].block);
}

void r_finding_free(struct r_findings *f)
{
    r_finding_truncate(f, 0);
    free(f->list);
    memset(f, 0, sizeof *f);
}

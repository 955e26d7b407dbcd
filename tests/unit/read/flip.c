#include "tests/unit/read/flip.h"

#include <stdio.h>

#include "tests/unit/test.h"

static const struct sample_member *at_byte(const struct sample *s, size_t byte, const char **before)
{
    const struct sample_member *found = NULL;
    size_t i;

    *before = NULL;
    for (i = 0; i < s->count && s->members[i].begin <= byte; i++) {
        *before = found ? found->path : NULL;
        found = &s->members[i];
    }
    return found;
}

static bool names(const struct r_finding *f, const char *path)
{
    return f->path && strcmp(f->path, path) == 0;
}

/* after: "NAME/path" of the member before, or empty at the beginning */
static bool follows(const struct r_finding *f, const char *path)
{
    const char *slash = f->after ? strchr(f->after, '/') : NULL;

    return path ? slash && strcmp(slash + 1, path) == 0 : !f->after || !f->after[0];
}

static const char *check_content(const struct sample_run *run, const struct sample_member *m)
{
    const struct r_findings *list = &run->result.findings;
    const struct r_finding *f = list->list;
    size_t i;

    if (strncmp(m->path, "signatures/", 11) == 0)
        return list->count || run->valid == run->signatures ? "not only the signature was found" : NULL;
    if (strcmp(m->path, "tagmanifest-sha256.txt") == 0)
        return run->result.has_content_id ? NULL : "no content id";
    if (list->count != 1)
        return "not exactly one finding";
    if (strncmp(m->path, "data/", 5) == 0)
        return f->code == R_PAYLOAD_ALTERED && names(f, m->path) ? NULL : "the file was not named";
    if (strcmp(m->path, "meta/format.json") == 0 && f->code == R_CONTAINER_UNSUPPORTED && names(f, m->path))
        return NULL;
    for (i = 0; i < list->count; i++)
        if (list->list[i].code != R_TAG_ALTERED || !names(&list->list[i], m->path))
            return "the tag file was not named";
    return NULL;
}

/* Outside content: the offset lies in the header or padding that was hit, and the member before it is right */
static const char *check_place(const struct sample *s, const struct sample_run *run, size_t byte,
                               const struct sample_member *m, const char *before)
{
    const struct r_finding *f = run->result.findings.list;
    bool at_end = byte >= s->end, in_header = !at_end && byte < m->content;

    if (run->result.findings.count != 1)
        return "not exactly one finding";
    if (f->code != R_CONTAINER_MALFORMED && !(byte >= s->end + 1024 && f->code == R_CONTAINER_TRAILING_DATA))
        return "not a finding about the container";
    if (!follows(f, in_header ? before : m->path))
        return "the member before was not named";
    if (in_header)
        return f->offset >= m->begin && f->offset < m->content ? NULL : "the offset is not in the header";
    if (at_end && byte < s->end + 1024)
        return f->offset / 512 == byte / 512 ? NULL : "the offset is not in the end marker";
    return f->offset == byte ? NULL : "the offset is another one";
}

void flip_check(const struct sample *s, size_t byte, unsigned bit)
{
    const char *before, *wrong;
    const struct sample_member *m = at_byte(s, byte, &before);
    struct sample_run run;

    s->bytes.data[byte] ^= (unsigned char)(1U << bit);
    sample_read(&run, s->bytes.data, s->bytes.len, 0);
    if (run.code)
        wrong = run.err.text;
    else if (sample_is_whole(&run))
        wrong = "nothing was found";
    else if (byte < s->end && byte >= m->content && byte < m->content + m->size)
        wrong = check_content(&run, m);
    else
        wrong = check_place(s, &run, byte, m, before);
    if (wrong)
        fail_msg("bit %u of byte %zu (%s): %s", bit, byte, m->path, wrong);
    sample_run_free(&run);
    s->bytes.data[byte] ^= (unsigned char)(1U << bit);
}

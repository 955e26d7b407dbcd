#include "collector/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/io_open.h"
#include "base/lang.h"
#include "collector/noatime.h"
#include "collector/source.h"
#include "collector/walk.h"

#define MADE_MAX 4096 /* bytes of the name of something that a source makes */

struct surveyor {
    struct survey *survey;
    const char *source;
    const struct tree_node *tree;
};

void survey_free(struct survey *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->count; i++)
        free(s->rows[i].path);
    for (size_t i = 0; i < s->problem_count; i++)
        free(s->problems[i].path);
    free(s->rows);
    tally_free(&s->tally);
    free(s);
}

static int add_row(struct surveyor *v, const char *path, size_t len, bool made, struct hz_error *err)
{
    struct survey *s = v->survey;
    if (s->count == s->room) {
        size_t room = s->room == 0 ? 16 : s->room * 2;
        struct survey_row *grown = realloc(s->rows, room * sizeof *grown);
        if (grown == NULL)
            return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
        s->rows = grown;
        s->room = room;
    }
    char *copy = strndup(path, len);
    if (copy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    s->rows[s->count++] = (struct survey_row) { .source = v->source, .path = copy, .made = made };
    return HZ_OK;
}

/* How much of the path names the first thing asked for on its way: the row that it counts for. */
static size_t asked_part(const struct tree_node *node, const char *path, size_t len)
{
    size_t end = 0;
    while (node != NULL && !node->asked && end < len) {
        size_t start = end + 1;
        const char *slash = memchr(path + start, '/', len - start);
        end = slash == NULL ? len : (size_t)(slash - path);
        size_t child = tree_find(node, path + start, end - start);
        node = child == TREE_NONE ? NULL : node->children[child];
    }
    return end == 0 ? 1 : end;
}

static int find_row(struct surveyor *v, struct w_bytes origin, struct survey_row **row, struct hz_error *err)
{
    struct survey *s = v->survey;
    size_t len = asked_part(v->tree, origin.data, origin.len);
    struct survey_row *last = s->count == 0 ? NULL : &s->rows[s->count - 1];
    int rc = HZ_OK;
    if (last == NULL || last->source != v->source || last->made || strlen(last->path) != len ||
        memcmp(last->path, origin.data, len) != 0)
        rc = add_row(v, origin.data, len, false, err);
    if (rc == HZ_OK)
        *row = &s->rows[s->count - 1];
    return rc;
}

static int visit_file(void *context, struct walk_item *item, bool named, struct hz_error *err)
{
    struct survey_row *row;
    (void)named;
    int rc = find_row(context, item->origin, &row, err);
    if (rc != HZ_OK)
        return rc;
    row->files++;
    row->bytes += item->stat.stx_size;
    return HZ_OK;
}

static int visit_object(void *context, struct walk_item *item, struct hz_error *err)
{
    struct survey_row *row;
    int rc = find_row(context, item->origin, &row, err);
    if (rc == HZ_OK)
        row->objects++;
    return rc;
}

static int add_made(struct surveyor *v, const char *name, struct hz_error *err)
{
    int rc = add_row(v, name, strlen(name), true, err);
    if (rc == HZ_OK)
        v->survey->rows[v->survey->count - 1].files = 1;
    return rc;
}

static int visit_made(void *context, const struct tree_made *made, struct hz_error *err)
{
    return add_made(context, made->name, err);
}

static int note_problem(struct survey *s, const struct walk_absence *absence, struct hz_error *err)
{
    if (!absence->failure || s->problem_count == SURVEY_PROBLEMS_MAX)
        return HZ_OK;
    char *path = strndup(absence->origin.data, absence->origin.len);
    if (path == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    s->problems[s->problem_count++] =
        (struct survey_problem) { .path = path, .status = absence->status, .reason = absence->reason };
    return HZ_OK;
}

static int visit_absent(void *context, const struct walk_absence *absence, struct hz_error *err)
{
    struct surveyor *v = context;
    struct survey_row *row;
    int rc = find_row(v, absence->origin, &row, err);
    if (rc != HZ_OK)
        return rc;
    row->absent++;
    rc = note_problem(v->survey, absence, err);
    return rc == HZ_OK ? tally_absence(&v->survey->tally, v->source, absence, err) : rc;
}

static enum stop_reason never_stopped(void *context)
{
    (void)context;
    return STOP_NONE;
}

static int add_makes(struct surveyor *v, const struct source *source, const struct collect_options *options,
                     struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(MADE_MAX);
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && source->makes != NULL && source->makes(options, i, &name); i++) {
        rc = buf_text(&name) == NULL ? buf_check(&name, err) : add_made(v, (const char *)name.data, err);
        buf_reset(&name);
    }
    return rc;
}

/* A source that cannot tell beforehand what it will make. */
static int add_folder(struct surveyor *v, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf name = BUF_INIT(MADE_MAX);
    buf_printf(&name, "data/%s", v->source);
    return buf_text(&name) == NULL ? buf_check(&name, err) : add_row(v, (const char *)name.data, name.len, true, err);
}

static int survey_source(const struct collect_options *options, const struct source *source, int root,
                         struct survey *out, struct hz_error *err)
{
    struct tree_node *tree = NULL;
    uint64_t exposed;
    int rc = tree_new(&tree, err);
    if (rc == HZ_OK && source->plan != NULL)
        rc = source->plan(options, root, tree, err);
    struct surveyor v = { .survey = out, .source = source->name, .tree = tree };
    struct source_skip skip = { source, options, false };
    const struct walk_config config = {
        .root = root,
        .spool = -1,
        .tree = tree,
        .source = source->name,
        .cross_mounts = options->cross_mounts,
        .image = options_rooted(options),
        .skip = source_why_skip,
        .skip_context = &skip,
        .visitor = { &v, visit_file, visit_object, visit_made, visit_absent, never_stopped },
    };
    if (rc == HZ_OK)
        rc = add_makes(&v, source, options, err);
    if (rc == HZ_OK && source->plan == NULL && source->makes == NULL)
        rc = add_folder(&v, err);
    if (rc == HZ_OK)
        rc = walk_run(&config, &exposed, err);
    tree_free(tree);
    return rc;
}

int survey_run(const struct collect_options *options, struct survey **out, struct hz_error *err)
{
    HZ_CLEANUP(io_close) int root = -1;
    struct noatime ignored;
    struct survey *s = calloc(1, sizeof *s);
    if (s == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    noatime_enter(&ignored);
    int rc = io_open_directory(options->root, &root, err);
    for (size_t i = 0; rc == HZ_OK && i < source_count; i++) {
        const struct source *source = source_table[i];
        bool wanted = source->wanted == NULL || source->wanted(options, 0);
        if (wanted && !(source->live && options_rooted(options)))
            rc = survey_source(options, source, root, s, err);
    }
    if (rc == HZ_OK)
        *out = s;
    else
        survey_free(s);
    return rc;
}

#include "collector/profiles/profile_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "base/stamp.h"
#include "collector/profiles/profile_yaml.h"
#include "collector/source.h"

static void free_lists(struct profile_set *s)
{
    while (s->list_count > 0)
        free(s->lists[--s->list_count]);
}

void profile_set_free(struct profile_set *s)
{
    for (size_t i = 0; i < s->count; i++)
        profile_free(s->list[i]);
    free_lists(s);
    *s = (struct profile_set) { .count = 0 };
}

static bool has(const struct profile_set *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->list[i]->name, name) == 0)
            return true;
    return false;
}

static int room_for_one(const struct profile_set *s, struct hz_error *err)
{
    return s->count < PROFILE_SET_MAX
               ? HZ_OK
               : hz_error_set(err, HZ_E_USAGE, _("more than %d profiles are named"), PROFILE_SET_MAX);
}

int profile_set_name(struct profile_set *s, const char *name, struct hz_error *err)
{
    struct profile *p;
    int rc = has(s, name) ? HZ_OK : room_for_one(s, err);
    if (rc != HZ_OK || has(s, name))
        return rc;
    rc = profile_named(name, &p, err);
    if (rc == HZ_OK)
        s->list[s->count++] = p;
    else if (rc == HZ_E_NOTFOUND)
        rc = err->code = HZ_E_USAGE;
    return rc;
}

int profile_set_all(struct profile_set *s, struct hz_error *err)
{
    const void *text;
    size_t len = 0;
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && (text = profile_builtin(i, &len)) != NULL; i++) {
        rc = room_for_one(s, err);
        if (rc == HZ_OK)
            rc = profile_parse(text, len, &s->list[s->count], err);
        s->count += rc == HZ_OK;
    }
    return rc;
}

int profile_set_file(struct profile_set *s, const char *path, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(PROFILE_YAML_MAX);
    struct profile *p = NULL;
    int rc = room_for_one(s, err);
    if (rc == HZ_OK)
        rc = io_read_file(path, &text, err);
    if (rc != HZ_OK)
        return rc;
    rc = profile_parse(text.len == 0 ? "" : (const char *)text.data, text.len, &p, err);
    if (rc != HZ_OK)
        return hz_error_context(err, "%s", path);
    if (has(s, p->name)) {
        rc = hz_error_set(err, HZ_E_USAGE, _("%s: a profile of the name %s is there already; give it another name"),
                          path, p->name);
        profile_free(p);
        return rc;
    }
    s->list[s->count++] = p;
    return HZ_OK;
}

/* An array that lives as long as the set. */
static int keep(struct profile_set *s, size_t count, size_t size, void **out, struct hz_error *err)
{
    *out = calloc(count + 1, size);
    if (*out == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    s->lists[s->list_count++] = *out;
    return HZ_OK;
}

static void add_text(const char **list, size_t *count, const char *text)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(list[i], text) == 0)
            return;
    list[(*count)++] = text;
}

/* which: where in a profile the texts stand. given: what the command line has, first. */
static int join(struct profile_set *s, size_t which, const char *const **list, size_t *count, struct hz_error *err)
{
    size_t most = *count;
    void *room;
    for (size_t i = 0; i < s->count; i++)
        most += ((const struct profile_texts *)(const void *)((const char *)s->list[i] + which))->count;
    int rc = keep(s, most, sizeof(char *), &room, err);
    if (rc != HZ_OK)
        return rc;
    const char **texts = room;
    size_t used = 0;
    for (size_t i = 0; i < *count; i++)
        texts[used++] = (*list)[i];
    for (size_t i = 0; i < s->count; i++) {
        const struct profile_texts *t = (const void *)((const char *)s->list[i] + which);
        for (size_t k = 0; k < t->count; k++)
            add_text(texts, &used, t->list[k]);
    }
    *list = texts;
    *count = used;
    return HZ_OK;
}

static int join_sources(struct profile_set *s, struct collect_options *o, struct hz_error *err)
{
    void *room;
    int rc = keep(s, source_count + o->typed_source_count, sizeof(char *), &room, err);
    if (rc != HZ_OK)
        return rc;
    const char **sources = room;
    size_t used = 0;
    for (size_t i = 0; i < o->typed_source_count; i++)
        add_text(sources, &used, o->typed_sources[i]);
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < s->list[i]->source_count; k++)
            add_text(sources, &used, s->list[i]->sources[k]);
    o->sources = sources;
    o->source_count = used;
    return HZ_OK;
}

static int join_names(struct profile_set *s, struct options_profiles *out, struct hz_error *err)
{
    void *room;
    int rc = keep(s, s->count, sizeof(char *), &room, err);
    if (rc != HZ_OK)
        return rc;
    const char **names = room;
    for (size_t i = 0; i < s->count; i++)
        names[i] = s->list[i]->name;
    out->names = names;
    out->name_count = s->count;
    out->list = s;
    return HZ_OK;
}

/* The longest time back; all of it, where one profile sets no bound. */
static void set_since(const struct profile_set *s, struct collect_options *o)
{
    bool logs = false, bound = true;
    int64_t longest = 0;
    if (o->has_since)
        return;
    for (size_t i = 0; i < s->count; i++) {
        const struct profile *p = s->list[i];
        if (!profile_has(p, "journal") && !profile_has(p, "logs"))
            continue;
        logs = true;
        bound = bound && p->since_ns > 0;
        longest = p->since_ns > longest ? p->since_ns : longest;
    }
    if (!logs || !bound)
        return;
    o->has_since = true;
    o->since = stamp_back(stamp_now(), longest);
}

static int set_recent(struct profile_set *s, struct collect_options *o, struct hz_error *err)
{
    int64_t longest = 0;
    for (size_t i = 0; i < s->count; i++) {
        longest = s->list[i]->recent_ns > longest ? s->list[i]->recent_ns : longest;
        o->recent_content |= profile_has(s->list[i], "recent-files");
    }
    if (longest == 0)
        return HZ_OK;
    if (o->recent_ns == 0) {
        o->recent_ns = longest;
        o->recent_since = stamp_back(stamp_now(), longest);
    }
    if (o->recent_named)
        return HZ_OK;
    o->recent_root_count = 0;
    return join(s, offsetof(struct profile, roots), &o->recent_roots, &o->recent_root_count, err);
}

static void set_limits(const struct profile_set *s, struct collect_options *o)
{
    bool each = o->max_file_size == 0, all = o->max_size == 0;
    struct options_profiles *out = &o->profiles;
    for (size_t i = 0; i < s->count; i++) {
        const struct profile *p = s->list[i];
        each = each && p->max_file_size > 0;
        all = all && p->total > 0;
        out->max_file_size = p->max_file_size > out->max_file_size ? p->max_file_size : out->max_file_size;
        out->total = p->total > out->total ? p->total : out->total;
        out->every_package_file |= p->every_package_file;
    }
    if (!each)
        out->max_file_size = 0;
    if (!all)
        out->total = 0;
}

int profile_set_apply(struct profile_set *s, struct collect_options *o, struct hz_error *err)
{
    free_lists(s);
    if (s->count == 0)
        return HZ_OK;
    int rc = join_names(s, &o->profiles, err);
    if (rc == HZ_OK)
        rc = join_sources(s, o, err);
    if (rc == HZ_OK)
        rc = join(s, offsetof(struct profile, paths), &o->profiles.paths, &o->profiles.path_count, err);
    if (rc == HZ_OK)
        rc = join(s, offsetof(struct profile, databases), &o->profiles.databases, &o->profiles.database_count, err);
    if (rc == HZ_OK)
        rc = join(s, offsetof(struct profile, units), &o->units, &o->unit_count, err);
    if (rc == HZ_OK)
        rc = set_recent(s, o, err);
    if (rc != HZ_OK)
        return rc;
    set_since(s, o);
    set_limits(s, o);
    return HZ_OK;
}

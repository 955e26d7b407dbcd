#include "collector/profiles/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/num.h"
#include "base/text.h"
#include "collector/profiles/profile_glob.h"
#include "collector/profiles/profile_yaml.h"
#include "collector/source.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

typedef const struct profile_yaml node;
typedef int reader(struct profile *p, node *n, struct hz_error *err);

struct key { /* what may stand in a mapping */
    const char *name;
    bool required;
    reader *read;
};

static int wrong(node *n, const char *what, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("line %zu: %s"), n->line, what);
}

static int unknown(node *n, const char *word, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("line %zu: %s is not known here"), n->line, word);
}

static int read_map(struct profile *p, node *map, const struct key *keys, size_t count, struct hz_error *err)
{
    if (map->kind != PROFILE_YAML_MAP)
        return wrong(map, _("keys with values are expected here"), err);
    for (node *entry = map->first; entry != NULL; entry = entry->next) {
        size_t i = 0;
        while (i < count && strcmp(keys[i].name, entry->key) != 0)
            i++;
        int rc = i == count ? unknown(entry, entry->key, err) : keys[i].read(p, entry, err);
        if (rc != HZ_OK)
            return rc;
    }
    for (size_t i = 0; i < count; i++)
        if (keys[i].required && profile_yaml_at(map, keys[i].name) == NULL)
            return hz_error_set(err, HZ_E_FORMAT, _("line %zu: %s is missing"), map->line, keys[i].name);
    return HZ_OK;
}

static int read_text(node *n, char **out, struct hz_error *err)
{
    if (n->kind != PROFILE_YAML_SCALAR)
        return wrong(n, _("one value is expected here"), err);
    *out = text_copy(n->text);
    return *out == NULL ? hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory")) : HZ_OK;
}

static int read_name(struct profile *p, node *n, struct hz_error *err)
{
    int rc = read_text(n, &p->name, err);
    if (rc != HZ_OK)
        return rc;
    size_t len = strlen(p->name);
    bool fine = len <= 32 && p->name[0] >= 'a' && p->name[0] <= 'z' && strspn(p->name, NAME_LETTERS) == len;
    return fine ? HZ_OK : wrong(n, _("a name is up to 32 of a-z, 0-9 and -, beginning with a letter"), err);
}

static int read_said(node *n, struct profile_said *out, struct hz_error *err)
{
    if (n->kind != PROFILE_YAML_MAP)
        return wrong(n, _("en and ja are expected here"), err);
    for (node *entry = n->first; entry != NULL; entry = entry->next) {
        bool en = strcmp(entry->key, "en") == 0;
        if (!en && strcmp(entry->key, "ja") != 0)
            return unknown(entry, entry->key, err);
        int rc = read_text(entry, en ? &out->en : &out->ja, err);
        if (rc != HZ_OK)
            return rc;
    }
    return out->en == NULL || out->ja == NULL ? wrong(n, _("en and ja are expected here"), err) : HZ_OK;
}

static int read_title(struct profile *p, node *n, struct hz_error *err)
{
    return read_said(n, &p->title, err);
}

static int read_description(struct profile *p, node *n, struct hz_error *err)
{
    return read_said(n, &p->description, err);
}

static int read_duration(node *n, int64_t *out, struct hz_error *err)
{
    if (n->kind != PROFILE_YAML_SCALAR || num_parse_duration(n->text, out) != HZ_OK)
        return wrong(n, _("a duration like 60m, 24h or 7d is expected here"), err);
    return HZ_OK;
}

static int read_since(struct profile *p, node *n, struct hz_error *err)
{
    return read_duration(n, &p->since_ns, err);
}

static int read_size(node *n, uint64_t *out, struct hz_error *err)
{
    if (n->kind != PROFILE_YAML_SCALAR || num_parse_size(n->text, out) != HZ_OK)
        return wrong(n, _("a size like 64M or 2G is expected here"), err);
    return HZ_OK;
}

static int read_max_file_size(struct profile *p, node *n, struct hz_error *err)
{
    return read_size(n, &p->max_file_size, err);
}

static int read_total(struct profile *p, node *n, struct hz_error *err)
{
    return read_size(n, &p->total, err);
}

static int read_limits(struct profile *p, node *n, struct hz_error *err)
{
    static const struct key keys[] = { { "max-file-size", false, read_max_file_size }, { "total", false, read_total } };
    return read_map(p, n, keys, sizeof keys / sizeof keys[0], err);
}

typedef bool fits(const char *text);

static int read_texts(node *n, struct profile_texts *out, fits *fit, const char *otherwise, struct hz_error *err)
{
    size_t count = 0;
    for (node *entry = n->kind == PROFILE_YAML_LIST ? n->first : NULL; entry != NULL; entry = entry->next) {
        if (entry->kind != PROFILE_YAML_SCALAR || !fit(entry->text))
            return wrong(entry, otherwise, err);
        count++;
    }
    if (count == 0)
        return wrong(n, _("a list is expected here"), err);
    if (count > PROFILE_TEXTS_MAX)
        return wrong(n, _("the list is too long"), err);
    out->list = calloc(count, sizeof *out->list);
    if (out->list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    for (node *entry = n->first; entry != NULL; entry = entry->next) {
        out->list[out->count] = text_copy(entry->text);
        if (out->list[out->count++] == NULL)
            return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    }
    return HZ_OK;
}

static int read_patterns(node *n, struct profile_texts *out, struct hz_error *err)
{
    return read_texts(n, out, profile_glob_valid,
                      _("an absolute path is expected here, without //, . and .. in it; * ? and [...] stand for names"),
                      err);
}

static int read_database_paths(struct profile *p, node *n, struct hz_error *err)
{
    return read_patterns(n, &p->databases, err);
}

static int read_paths(struct profile *p, node *n, struct hz_error *err)
{
    return read_patterns(n, &p->paths, err);
}

static bool root_valid(const char *text)
{
    return strcmp(text, "/") == 0 || (profile_glob_valid(text) && strpbrk(text, "*?[") == NULL);
}

static int read_roots(struct profile *p, node *n, struct hz_error *err)
{
    return read_texts(n, &p->roots, root_valid, _("an absolute path is expected here, without //, . and .. in it"),
                      err);
}

static int read_window(struct profile *p, node *n, struct hz_error *err)
{
    return read_duration(n, &p->recent_ns, err);
}

static int read_units(struct profile *p, node *n, struct hz_error *err)
{
    return read_texts(n, &p->units, options_unit_valid, _("the name of a systemd unit is expected here"), err);
}

static int read_package_files(struct profile *p, node *n, struct hz_error *err)
{
    if (n->kind != PROFILE_YAML_SCALAR || strcmp(n->text, "all") != 0)
        return wrong(n, _("only \"all\" can stand here"), err);
    p->every_package_file = true;
    return HZ_OK;
}

/* Parameters of sources; a source that is not here has none. */
static const struct key database_keys[] = { { "paths", true, read_database_paths } };
static const struct key journal_keys[] = { { "units", true, read_units } };
static const struct key recent_keys[] = { { "window", true, read_window }, { "roots", false, read_roots } };
static const struct key file_keys[] = { { "paths", true, read_paths } };
static const struct key package_keys[] = { { "files", true, read_package_files } };

static const struct {
    const char *source;
    bool required;
    const struct key *keys;
    size_t count;
} parameters[] = {
    { "databases", true, database_keys, 1 }, { "journal", false, journal_keys, 1 },  { "recent", true, recent_keys, 2 },
    { "files", true, file_keys, 1 },         { "packages", false, package_keys, 1 },
};

/* Place in the order of volatility; source_count: no source that a profile can name. Identity and clock are always
 * taken, paths that are too long by themselves, memory only of processes that a person names. */
static size_t place_of(const char *name)
{
    static const char *const never[] = { "system", "memory", "long" };
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (strcmp(never[i], name) == 0)
            return source_count;
    size_t i = 0;
    while (i < source_count && strcmp(source_table[i]->name, name) != 0)
        i++;
    return i;
}

static int read_parameters(struct profile *p, node *at, const char *name, node *values, struct hz_error *err)
{
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        if (strcmp(parameters[i].source, name) != 0)
            continue;
        if (values == NULL && parameters[i].required)
            return hz_error_set(err, HZ_E_FORMAT, _("line %zu: %s is missing"), at->line, parameters[i].keys[0].name);
        return values == NULL ? HZ_OK : read_map(p, values, parameters[i].keys, parameters[i].count, err);
    }
    return values == NULL ? HZ_OK : hz_error_set(err, HZ_E_FORMAT, _("line %zu: %s has no parameters"), at->line, name);
}

/* "network", or "files: {paths: [...]}". */
static int read_source(struct profile *p, node *n, size_t *least, struct hz_error *err)
{
    bool plain = n->kind == PROFILE_YAML_SCALAR;
    if (!plain && (n->kind != PROFILE_YAML_MAP || n->first == NULL || n->first->next != NULL))
        return wrong(n, _("the name of a source is expected here, or one name with its parameters"), err);
    const char *name = plain ? n->text : n->first->key;
    size_t place = place_of(name);
    if (place == source_count)
        return hz_error_set(err, HZ_E_FORMAT, _("line %zu: there is no source \"%s\" for profiles (see --list)"),
                            n->line, name);
    if (place < *least)
        return hz_error_set(err, HZ_E_FORMAT,
                            _("line %zu: %s must stand before %s: sources are taken in the order of volatility (see "
                              "--list), each once"),
                            n->line, name, source_table[*least - 1]->name);
    *least = place + 1;
    if (p->source_count == PROFILE_SOURCES_MAX)
        return wrong(n, _("the list is too long"), err);
    p->sources[p->source_count++] = source_table[place]->name;
    return read_parameters(p, n, name, plain ? NULL : n->first, err);
}

static int read_sources(struct profile *p, node *n, struct hz_error *err)
{
    size_t least = 0;
    int rc = n->kind == PROFILE_YAML_LIST && n->first != NULL ? HZ_OK : wrong(n, _("a list is expected here"), err);
    for (node *entry = n->first; rc == HZ_OK && entry != NULL; entry = entry->next)
        rc = read_source(p, entry, &least, err);
    return rc;
}

/* What no single value can show. */
static int check_whole(struct profile *p, node *top, struct hz_error *err)
{
    if (p->since_ns > 0 && !profile_has(p, "journal") && !profile_has(p, "logs"))
        return wrong(profile_yaml_at(top, "since"), _("since means nothing without journal or logs"), err);
    if (profile_has(p, "recent-files") && !profile_has(p, "recent"))
        return wrong(profile_yaml_at(top, "sources"), _("recent-files means nothing without recent"), err);
    if (p->recent_ns == 0 || p->roots.count > 0)
        return HZ_OK;
    p->roots.list = calloc(1, sizeof *p->roots.list);
    if (p->roots.list == NULL || (p->roots.list[0] = text_copy("/")) == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    p->roots.count = 1;
    return HZ_OK;
}

static int put_text(const void *context, struct buf *out, struct hz_error *err)
{
    const struct profile *p = context;
    return buf_put(out, p->text, p->text_len) == HZ_OK ? HZ_OK : buf_check(out, err);
}

static int keep_text(struct profile *p, const void *text, size_t len, struct hz_error *err)
{
    p->text = malloc(len + 1);
    if (p->text == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    memcpy(p->text, text, len);
    p->text_len = len;
    snprintf(p->made_name, sizeof p->made_name, "profile-%s.yaml", p->name);
    p->made = (struct tree_made) { .name = p->made_name, .method = "generated", .make = put_text, .context = p };
    return HZ_OK;
}

int profile_parse(const void *text, size_t len, struct profile **out, struct hz_error *err)
{
    static const struct key keys[] = {
        { "name", true, read_name },    { "title", true, read_title },    { "description", true, read_description },
        { "since", false, read_since }, { "limits", false, read_limits }, { "sources", true, read_sources },
    };
    struct profile_yaml *top = NULL;
    int rc = profile_yaml_read(text, len, &top, err);
    if (rc != HZ_OK)
        return rc;
    struct profile *p = calloc(1, sizeof *p);
    rc = p == NULL ? hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"))
                   : read_map(p, top, keys, sizeof keys / sizeof keys[0], err);
    if (rc == HZ_OK)
        rc = check_whole(p, top, err);
    if (rc == HZ_OK)
        rc = keep_text(p, text, len, err);
    profile_yaml_free(top);
    if (rc == HZ_OK)
        *out = p;
    else
        profile_free(p);
    return rc;
}

bool profile_has(const struct profile *p, const char *source)
{
    for (size_t i = 0; i < p->source_count; i++)
        if (strcmp(p->sources[i], source) == 0)
            return true;
    return false;
}

static void free_texts(struct profile_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->list[i]);
    free(t->list);
}

void profile_free(struct profile *p)
{
    if (p == NULL)
        return;
    free(p->name);
    free(p->title.en);
    free(p->title.ja);
    free(p->description.en);
    free(p->description.ja);
    free_texts(&p->units);
    free_texts(&p->databases);
    free_texts(&p->paths);
    free_texts(&p->roots);
    free(p->text);
    free(p);
}

#include "collector/profiles/profile_yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/lang.h"
#include "base/text.h"

#define SCALAR_MAX 4096

struct reading {
    yaml_parser_t parser;
    size_t nodes;
};

void profile_yaml_free(struct profile_yaml *node)
{
    while (node != NULL) {
        struct profile_yaml *next = node->next;
        profile_yaml_free(node->first); /* at most PROFILE_YAML_DEPTH deep */
        free(node->text);
        free(node->key);
        free(node);
        node = next;
    }
}

const struct profile_yaml *profile_yaml_at(const struct profile_yaml *map, const char *key)
{
    const struct profile_yaml *entry = map->first;
    while (entry != NULL && strcmp(entry->key, key) != 0)
        entry = entry->next;
    return entry;
}

static size_t line_of(const yaml_event_t *event)
{
    return event->start_mark.line + 1;
}

static int refused(size_t line, const char *why, struct hz_error *err)
{
    return hz_error_set(err, HZ_E_FORMAT, _("line %zu: %s"), line, why);
}

/* What libyaml says is English and may quote nothing of the text. */
static int broken(const yaml_parser_t *p, struct hz_error *err)
{
    if (p->error == YAML_MEMORY_ERROR)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    return hz_error_set(err, HZ_E_FORMAT, _("line %zu: no valid YAML (%s)"), p->problem_mark.line + 1,
                        p->problem == NULL ? "?" : p->problem);
}

static int next(struct reading *r, yaml_event_t *event, struct hz_error *err)
{
    return yaml_parser_parse(&r->parser, event) == 1 ? HZ_OK : broken(&r->parser, err);
}

static int check_plain(size_t line, const yaml_char_t *anchor, const yaml_char_t *tag, struct hz_error *err)
{
    if (anchor != NULL)
        return refused(line, _("anchors are not taken here"), err);
    return tag == NULL ? HZ_OK : refused(line, _("tags are not taken here"), err);
}

/* Folded lines end in a newline, which is no part of what was meant. */
static int copy_scalar(const yaml_event_t *event, char **out, struct hz_error *err)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    int rc = check_plain(line_of(event), event->data.scalar.anchor, event->data.scalar.tag, err);
    if (rc != HZ_OK)
        return rc;
    while (len > 0 && value[len - 1] == '\n')
        len--;
    if (memchr(value, '\0', len) != NULL)
        return refused(line_of(event), _("a value holds control characters"), err);
    char *copy = strndup(value, len);
    if (copy == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    if (!text_is_line(copy, SCALAR_MAX)) {
        free(copy);
        return refused(line_of(event), _("a value is empty, too long, or holds control characters"), err);
    }
    *out = copy;
    return HZ_OK;
}

static int take(struct reading *r, yaml_event_t *event, unsigned depth, struct profile_yaml **out,
                struct hz_error *err);

static int take_entry(struct reading *r, yaml_event_t *event, struct profile_yaml *parent, unsigned depth,
                      struct profile_yaml ***end, struct hz_error *err)
{
    char *key = NULL;
    int rc = HZ_OK;
    if (parent->kind == PROFILE_YAML_MAP) {
        size_t line = line_of(event);
        if (event->type != YAML_SCALAR_EVENT)
            return refused(line, _("a key must be a word"), err);
        rc = copy_scalar(event, &key, err);
        if (rc == HZ_OK && profile_yaml_at(parent, key) != NULL)
            rc = hz_error_set(err, HZ_E_FORMAT, _("line %zu: %s stands here a second time"), line, key);
        if (rc == HZ_OK) {
            yaml_event_delete(event);
            memset(event, 0, sizeof *event);
            rc = next(r, event, err);
        }
    }
    struct profile_yaml *node = NULL;
    if (rc == HZ_OK)
        rc = take(r, event, depth + 1, &node, err);
    if (rc != HZ_OK) {
        free(key);
        return rc;
    }
    node->key = key;
    **end = node;
    *end = &node->next;
    return HZ_OK;
}

static int take_entries(struct reading *r, struct profile_yaml *parent, unsigned depth, struct hz_error *err)
{
    struct profile_yaml **end = &parent->first;
    const yaml_event_type_t last = parent->kind == PROFILE_YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    for (;;) {
        yaml_event_t event;
        int rc = next(r, &event, err);
        if (rc != HZ_OK)
            return rc;
        bool over = event.type == last;
        if (!over)
            rc = take_entry(r, &event, parent, depth, &end, err);
        yaml_event_delete(&event);
        if (rc != HZ_OK || over)
            return rc;
    }
}

static int fill(struct reading *r, const yaml_event_t *event, unsigned depth, struct profile_yaml *node,
                struct hz_error *err)
{
    int rc;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return copy_scalar(event, &node->text, err);
    case YAML_SEQUENCE_START_EVENT:
        node->kind = PROFILE_YAML_LIST;
        rc = check_plain(node->line, event->data.sequence_start.anchor, event->data.sequence_start.tag, err);
        break;
    case YAML_MAPPING_START_EVENT:
        node->kind = PROFILE_YAML_MAP;
        rc = check_plain(node->line, event->data.mapping_start.anchor, event->data.mapping_start.tag, err);
        break;
    default:
        return refused(node->line, _("aliases are not taken here"), err);
    }
    if (rc == HZ_OK && depth >= PROFILE_YAML_DEPTH)
        rc = refused(node->line, _("nested too deeply"), err);
    return rc == HZ_OK ? take_entries(r, node, depth, err) : rc;
}

/* The value that begins with this event. Recursion is bounded by PROFILE_YAML_DEPTH. */
static int take(struct reading *r, yaml_event_t *event, unsigned depth, struct profile_yaml **out, struct hz_error *err)
{
    if (++r->nodes > PROFILE_YAML_NODES)
        return hz_error_set(err, HZ_E_LIMIT, _("line %zu: more than %d values"), line_of(event), PROFILE_YAML_NODES);
    struct profile_yaml *node = calloc(1, sizeof *node);
    if (node == NULL)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    node->line = line_of(event);
    int rc = fill(r, event, depth, node, err);
    if (rc == HZ_OK)
        *out = node;
    else
        profile_yaml_free(node);
    return rc;
}

static int expect(struct reading *r, yaml_event_type_t type, const char *otherwise, struct hz_error *err)
{
    yaml_event_t event;
    int rc = next(r, &event, err);
    if (rc != HZ_OK)
        return rc;
    if (event.type != type)
        rc = refused(line_of(&event), otherwise, err);
    else if (type == YAML_DOCUMENT_START_EVENT &&
             (event.data.document_start.version_directive != NULL ||
              event.data.document_start.tag_directives.start != event.data.document_start.tag_directives.end))
        rc = refused(line_of(&event), _("directives are not taken here"), err);
    yaml_event_delete(&event);
    return rc;
}

static int read_document(struct reading *r, struct profile_yaml **out, struct hz_error *err)
{
    yaml_event_t event;
    int rc = expect(r, YAML_STREAM_START_EVENT, _("nothing stands there"), err);
    if (rc == HZ_OK)
        rc = expect(r, YAML_DOCUMENT_START_EVENT, _("nothing stands there"), err);
    if (rc == HZ_OK)
        rc = next(r, &event, err);
    if (rc != HZ_OK)
        return rc;
    rc = take(r, &event, 0, out, err);
    yaml_event_delete(&event);
    if (rc == HZ_OK)
        rc = expect(r, YAML_DOCUMENT_END_EVENT, _("something stands behind the profile"), err);
    return rc == HZ_OK ? expect(r, YAML_STREAM_END_EVENT, _("a second document is not taken here"), err) : rc;
}

int profile_yaml_read(const void *text, size_t len, struct profile_yaml **out, struct hz_error *err)
{
    struct reading r = { .nodes = 0 };
    struct profile_yaml *top = NULL;
    if (len > PROFILE_YAML_MAX)
        return hz_error_set(err, HZ_E_LIMIT, _("longer than %zu bytes"), PROFILE_YAML_MAX);
    if (yaml_parser_initialize(&r.parser) != 1)
        return hz_error_set(err, HZ_E_NOMEM, "%s", _("out of memory"));
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, text, len);
    int rc = read_document(&r, &top, err);
    yaml_parser_delete(&r.parser);
    if (rc == HZ_OK)
        *out = top;
    else
        profile_yaml_free(top);
    return rc;
}

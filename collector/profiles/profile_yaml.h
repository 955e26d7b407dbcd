/* The little of YAML that a profile is written in, as a tree: scalars, lists and mappings. Anchors, aliases, tags,
 * directives, a second document and repeated keys are refused; so is what is not UTF-8. */
#ifndef HZ_COLLECTOR_PROFILE_YAML_H
#define HZ_COLLECTOR_PROFILE_YAML_H

#include <stddef.h>

#include "base/error.h"

#define PROFILE_YAML_MAX ((size_t)64 << 10) /* bytes of a text */
#define PROFILE_YAML_DEPTH 6
#define PROFILE_YAML_NODES 4096

enum profile_yaml_kind { PROFILE_YAML_SCALAR, PROFILE_YAML_LIST, PROFILE_YAML_MAP };

struct profile_yaml {
    enum profile_yaml_kind kind;
    size_t line;                /* from 1 */
    char *text;                 /* a scalar: UTF-8 without control characters, NUL-terminated */
    char *key;                  /* of an entry of a mapping; NULL else */
    struct profile_yaml *first; /* entries of a list or mapping, in the order written */
    struct profile_yaml *next;  /* in the list or mapping that this stands in */
};

/* The one document in the text. HZ_E_FORMAT with the number of the line, HZ_E_LIMIT, HZ_E_NOMEM. */
int profile_yaml_read(const void *text, size_t len, struct profile_yaml **out, struct hz_error *err);
void profile_yaml_free(struct profile_yaml *node); /* NULL is legal */
/* The entry of a mapping with this key, or NULL. */
const struct profile_yaml *profile_yaml_at(const struct profile_yaml *map, const char *key);

#endif

/* A profile: which sources of evidence to take, with what parameters. Written in YAML (docs/PROFILES.md); those that
 * come with the program and those of --profile-file go through the same parser. */
#ifndef HZ_COLLECTOR_PROFILE_H
#define HZ_COLLECTOR_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "collector/tree.h"

#define PROFILE_SOURCES_MAX 32
#define PROFILE_TEXTS_MAX 256 /* paths, names or units in one list */

struct profile_said { /* in both languages */
    char *en, *ja;
};

struct profile_texts {
    char **list; /* owned, as are its texts */
    size_t count;
};

struct profile { /* all owned */
    char *name;  /* [a-z][a-z0-9-]{0,31} */
    struct profile_said title, description;
    const char *sources[PROFILE_SOURCES_MAX]; /* names of source_table, in its order; not owned */
    size_t source_count;
    int64_t since_ns;               /* of journal and logs; 0: all of them */
    struct profile_texts units;     /* of journal */
    struct profile_texts databases; /* patterns */
    struct profile_texts paths;     /* patterns, of files */
    int64_t recent_ns;              /* 0: recent is not asked for */
    struct profile_texts roots;     /* of recent; never empty when it is asked for */
    bool every_package_file;        /* packages: all files are compared, not only what runs */
    uint64_t max_file_size, total;  /* of what the profile finds; 0: none */
    char *text;                     /* as it was written */
    size_t text_len;
    struct tree_made made; /* profile-NAME.yaml, for the bundle */
    char made_name[48];
};

/* HZ_E_FORMAT names the line: an unknown key or source, one out of order or repeated, a value of another kind. */
int profile_parse(const void *text, size_t len, struct profile **out, struct hz_error *err);
void profile_free(struct profile *p); /* NULL is legal */
bool profile_has(const struct profile *p, const char *source);

/* Those that come with the program, i from 0; NULL behind the last. */
const void *profile_builtin(size_t i, size_t *len);
/* The one of this name. HZ_E_NOTFOUND when there is none. */
int profile_named(const char *name, struct profile **out, struct hz_error *err);

#endif

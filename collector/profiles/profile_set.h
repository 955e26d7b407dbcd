/* The profiles of one collection, and what they come to together with the command line. */
#ifndef HZ_COLLECTOR_PROFILE_SET_H
#define HZ_COLLECTOR_PROFILE_SET_H

#include <stddef.h>

#include "base/error.h"
#include "collector/options.h"
#include "collector/profiles/profile.h"
#include "collector/tree.h"

#define PROFILE_SET_MAX 16

struct profile_set {                       /* zeroed at first */
    struct profile *list[PROFILE_SET_MAX]; /* owned */
    size_t count;
    void *lists[6]; /* owned arrays that options point to */
    size_t list_count;
};

/* One that comes with the program; a second time is the same as once. HZ_E_USAGE when there is none of this name. */
int profile_set_name(struct profile_set *s, const char *name, struct hz_error *err);
/* All that come with the program. */
int profile_set_all(struct profile_set *s, struct hz_error *err);
/* One from a file, not larger than PROFILE_YAML_MAX. HZ_E_USAGE: its name is taken. */
int profile_set_file(struct profile_set *s, const char *path, struct hz_error *err);
/* Adds what the profiles ask for to what the command line says, which wins: the union of sources and paths, the longest
 * time back, the largest limit. o points into s afterwards, until the next call. */
int profile_set_apply(struct profile_set *s, struct collect_options *o, struct hz_error *err);
void profile_set_free(struct profile_set *s);

#endif

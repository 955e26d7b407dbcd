/* Patterns of paths, resolved by ourselves inside a root: * ? and [...] of fnmatch(3) stand within one component and
 * match names that begin with a dot, too; links on the way lead to places inside the root. */
#ifndef HZ_COLLECTOR_PROFILE_GLOB_H
#define HZ_COLLECTOR_PROFILE_GLOB_H

#include <stdbool.h>

#include "base/error.h"
#include "collector/away.h"

#define PROFILE_GLOB_MAX 20000 /* matches of one pattern; what is beyond is not looked for */

/* Absolute, at most 4,096 bytes, at least one component, none of them empty, "." or "..". */
bool profile_glob_valid(const char *pattern);
bool profile_glob_is_pattern(const char *text); /* has one of * ? [ */

/* What they return other than HZ_OK ends the search. */
struct profile_glob_sink {
    void *context;
    int (*found)(void *context, const char *path, struct hz_error *err); /* that is there; in no particular order */
    /* NULL, or: a folder that could not be listed, or a path that could not be looked at, though it may be there. */
    int (*refused)(void *context, const char *path, int sys_errno, struct hz_error *err);
};

/* root: descriptor of "/" or of an image. What is `away` has no matches (NULL: nothing is). *cut is set to true, and
 * else left, when there were more than PROFILE_GLOB_MAX. */
int profile_glob(int root, const char *pattern, const struct away *away, const struct profile_glob_sink *sink,
                 bool *cut, struct hz_error *err);

#endif

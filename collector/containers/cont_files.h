/* Where container runtimes keep their settings, what they know of their containers, and what these printed. */
#ifndef HZ_COLLECTOR_CONTAINERS_CONT_FILES_H
#define HZ_COLLECTOR_CONTAINERS_CONT_FILES_H

#include <stddef.h>

struct cont_file {
    const char *runtime, *pattern; /* as profile_glob takes it */
};

extern const struct cont_file cont_files[];
extern const size_t cont_file_count;

#endif

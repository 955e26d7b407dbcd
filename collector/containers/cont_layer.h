/* The files of one writable layer: what a container has written, or was made to write. */
#ifndef HZ_COLLECTOR_CONTAINERS_CONT_LAYER_H
#define HZ_COLLECTOR_CONTAINERS_CONT_LAYER_H

#include <stdint.h>

#include "base/error.h"
#include "collector/sheet.h"

#define CONT_LAYER_FILES 20000                  /* rows of one layer */
#define CONT_LAYER_FILE ((uint64_t)8 << 20)     /* bytes of a file that is taken */
#define CONT_LAYER_CONTENT ((uint64_t)64 << 20) /* of all files that are taken, of all layers */
#define CONT_LAYER_DEPTH 64

struct cont_layer_budget {
    uint64_t content; /* bytes of files that were asked for so far */
};

/* A row for each thing below the folder `upper`, sorted; regular files are asked for within the bounds, and one absent
 * row stands for the rest. A folder that cannot be read is an absent row. */
int cont_layer_list(int root, struct sheet *s, const char *upper, struct cont_layer_budget *budget,
                    struct hz_error *err);

#endif

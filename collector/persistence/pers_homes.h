/* Whose home folders there are, from the host's own /etc/passwd: no name service is asked. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_HOMES_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_HOMES_H

#include "base/error.h"
#include "collector/persistence/pers_rows.h"
#include "collector/persistence/pers_text.h"

#define PERS_HOMES_MAX ((size_t)65536)

struct pers_home {
    char *path; /* owned; absolute, as passwd has it */
    char *user; /* owned; the first one with this home, or NULL: a folder below /home that is nobody's */
    size_t order;
};

struct pers_homes {
    struct pers_home *list; /* owned */
    size_t count, room;
    size_t orders;
    bool more; /* than are kept, or than was read of passwd */
    struct pers_absences absences;
};

void pers_homes_free(struct pers_homes *h);
/* Homes of passwd(5) text, each once, in its order. Lines that have no sixth field, or no absolute path there, have
 * none. */
int pers_homes_parse(struct pers_homes *h, struct span passwd, struct hz_error *err);
/* Those of the host's /etc/passwd, then /root and what lies below /home where they are not among them. root: descriptor
 * of "/". What cannot be read is absent. */
int pers_homes_find(struct pers_homes *h, int root, struct hz_error *err);

#endif

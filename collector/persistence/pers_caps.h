/* Capabilities of files, as security.capability holds them: capabilities(7), linux/capability.h. */
#ifndef HZ_COLLECTOR_PERSISTENCE_PERS_CAPS_H
#define HZ_COLLECTOR_PERSISTENCE_PERS_CAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct pers_caps {
    uint64_t permitted, inheritable; /* bit n: capability n */
    bool effective;                  /* permitted ones are effective at once */
    bool has_root;
    uint32_t root_uid; /* they hold in the user namespace whose root this is */
};

/* false: no revision that is known (1 to 3), or of another length. */
bool pers_caps_parse(const unsigned char *bytes, size_t len, struct pers_caps *out);
/* "cap_net_raw"; a number beyond those known gives "cap_63" and the like. room: 32. */
void pers_caps_name(char out[32], unsigned number);
/* Appends as getcap(8) prints them: "cap_net_admin,cap_net_raw=ep". */
void pers_caps_put(struct buf *out, const struct pers_caps *caps);
/* Nothing beyond raw sockets, low ports and broadcast. */
bool pers_caps_small(const struct pers_caps *caps);

#endif

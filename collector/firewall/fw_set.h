/* Sets and maps of nftables with their elements. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_SET_H
#define HZ_COLLECTOR_FIREWALL_FW_SET_H

#include "base/buf.h"
#include "collector/firewall/fw_model.h"

struct fw_set_facts { /* of no set (NULL): all zero */
    uint32_t flags, key_type, data_type, object_type;
    size_t key_len, data_len;
};
struct fw_set_key { /* what is looked up in an anonymous set, when its type alone does not say how to read it */
    uint32_t type;
    bool host_order;
    unsigned shift; /* to the right, before its numbers are those of a field */
};

struct fw_set_facts fw_set_facts(const struct fw_row *set);
bool fw_set_is_anonymous(const struct fw_row *set);
const char *fw_set_object(uint32_t type); /* "counter"; NULL: unknown */
/* All elements, joined by `gap`. key may be NULL. */
void fw_set_elements(const struct fw_model *m, const struct fw_row *set, const struct fw_set_key *key, const char *gap,
                     struct buf *out);
/* A named set or map with its properties, indented by a tab, as nft(8) lists it. */
void fw_set_write(const struct fw_model *m, const struct fw_row *set, struct buf *out);
/* A counter, limit or the like that stands in an element. */
void fw_set_statement(const struct fw_model *m, const struct fw_row *row, const struct netlink_attr *nested,
                      struct buf *out);

#endif

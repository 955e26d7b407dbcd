/* Elements of a set, in the order of their keys; intervals put together again from their ends. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_ELEMENT_H
#define HZ_COLLECTOR_FIREWALL_FW_ELEMENT_H

#include "collector/firewall/fw_set.h"

struct fw_element_format {
    const struct fw_model *model;
    const struct fw_row *set;
    struct fw_set_facts facts;
    uint32_t key_type;
    unsigned shift;           /* of keys of one byte */
    bool key_host, data_host; /* of numbers whose type does not say it */
};
void fw_element_list(const struct fw_element_format *format, const char *gap, struct buf *out);

#endif

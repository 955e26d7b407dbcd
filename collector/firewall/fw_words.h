/* Values that people know by name, per data type. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_WORDS_H
#define HZ_COLLECTOR_FIREWALL_FW_WORDS_H

#include <stdint.h>

#include "collector/firewall/fw_type.h"

/* NULL: the value has no name. Static text. */
const char *fw_words_find(enum fw_type type, uint64_t value);
/* Names of address families as nft has them: "inet"; NULL: unknown. */
const char *fw_words_family(unsigned family);
/* Where a base chain hooks in: "input"; NULL: unknown. */
const char *fw_words_hook(unsigned family, unsigned hook);
/* The name of a priority that has one in this family: "filter"; NULL else. */
const char *fw_words_priority(unsigned family, unsigned hook, int priority);

#endif

/* What several extensions have in common. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_XT_WORDS_H
#define HZ_COLLECTOR_FIREWALL_FW_XT_WORDS_H

#include "base/buf.h"
#include "collector/firewall/fw_xt.h"

struct fw_xt_word { /* a row of an extension's table */
    const char *name;
    unsigned from, to; /* revisions */
    bool (*write)(struct buf *out, const struct fw_xt *x);
};

/* Copies the extension's struct. false: its data is shorter than that. */
bool fw_xt_copy(const struct fw_xt *x, void *out, size_t size);
/* Finds the row and calls it; what it appended is taken back when it says false. */
bool fw_xt_write(const struct fw_xt_word *table, size_t count, struct buf *out, const struct fw_xt *x);
/* " ! --option" or " --option". */
void fw_xt_option(struct buf *out, bool inverted, const char *option);
/* "0x10/0xff", or "0x10" where all bits count. */
void fw_xt_masked(struct buf *out, uint32_t value, uint32_t mask);
/* An address of the rule's family: 4 or 16 bytes. */
void fw_xt_address(struct buf *out, uint8_t family, const void *bytes);
/* The number of bits of a mask that is in one piece; -1: it is not. */
int fw_xt_prefix(const unsigned char *mask, size_t len);
/* Names of bits, joined by commas, in the order of the table. */
struct fw_xt_bit {
    uint32_t bit;
    const char *name;
};
void fw_xt_bits(struct buf *out, const struct fw_xt_bit *table, size_t count, uint32_t value);
bool fw_xt_state(struct buf *out, const struct fw_xt *x);
bool fw_xt_conntrack(struct buf *out, const struct fw_xt *x);
/* The name of a protocol as iptables-save has it; a number where there is none. */
void fw_xt_protocol(struct buf *out, unsigned protocol);

#endif

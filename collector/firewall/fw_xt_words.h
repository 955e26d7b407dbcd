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
/* fw_xt_rate.c */
bool fw_xt_statistic(struct buf *out, const struct fw_xt *x);
bool fw_xt_connlimit(struct buf *out, const struct fw_xt *x);
bool fw_xt_connbytes(struct buf *out, const struct fw_xt *x);
bool fw_xt_quota(struct buf *out, const struct fw_xt *x);
bool fw_xt_hashlimit(struct buf *out, const struct fw_xt *x);
bool fw_xt_time(struct buf *out, const struct fw_xt *x);
/* fw_xt_field.c */
bool fw_xt_string_match(struct buf *out, const struct fw_xt *x);
bool fw_xt_mss(struct buf *out, const struct fw_xt *x);
bool fw_xt_dscp(struct buf *out, const struct fw_xt *x);
bool fw_xt_tos(struct buf *out, const struct fw_xt *x);
bool fw_xt_helper(struct buf *out, const struct fw_xt *x);
bool fw_xt_realm(struct buf *out, const struct fw_xt *x);
bool fw_xt_cpu(struct buf *out, const struct fw_xt *x);
bool fw_xt_cgroup(struct buf *out, const struct fw_xt *x);
bool fw_xt_devgroup(struct buf *out, const struct fw_xt *x);
bool fw_xt_spi(struct buf *out, const struct fw_xt *x);
bool fw_xt_rpfilter(struct buf *out, const struct fw_xt *x);
bool fw_xt_socket(struct buf *out, const struct fw_xt *x);
/* fw_xt_set.c */
bool fw_xt_set(struct buf *out, const struct fw_xt *x);
bool fw_xt_set_target(struct buf *out, const struct fw_xt *x);
/* fw_xt_alter.c: targets */
bool fw_xt_ct(struct buf *out, const struct fw_xt *x);
bool fw_xt_netmap(struct buf *out, const struct fw_xt *x);
bool fw_xt_tproxy(struct buf *out, const struct fw_xt *x);
bool fw_xt_classify(struct buf *out, const struct fw_xt *x);
bool fw_xt_checksum(struct buf *out, const struct fw_xt *x);
bool fw_xt_set_dscp(struct buf *out, const struct fw_xt *x);
bool fw_xt_set_tos(struct buf *out, const struct fw_xt *x);
bool fw_xt_tee(struct buf *out, const struct fw_xt *x);
bool fw_xt_audit(struct buf *out, const struct fw_xt *x);
bool fw_xt_synproxy(struct buf *out, const struct fw_xt *x);
/* The name of a protocol as iptables-save has it; a number where there is none. */
void fw_xt_protocol(struct buf *out, unsigned protocol);

#endif

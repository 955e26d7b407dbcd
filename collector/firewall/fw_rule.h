/* A rule of nftables as people read it: its expressions load values into registers and compare or use them; here each
 * register remembers what was loaded, in words, until something is done with it. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_RULE_H
#define HZ_COLLECTOR_FIREWALL_FW_RULE_H

#include "base/buf.h"
#include "collector/firewall/fw_field.h"
#include "collector/firewall/fw_model.h"

#define FW_RULE_REGISTERS 16 /* of 4 bytes */
#define FW_RULE_DATA 64      /* NFT_DATA_VALUE_MAXLEN */
#define FW_RULE_TEXT ((size_t)16 << 20)
#define FW_RULE_PENDING 4

struct fw_operand {
    bool known;
    struct buf text; /* "ip saddr" */
    uint32_t type;   /* enum fw_type, or a concatenation of them */
    size_t len;      /* bytes */
    bool host_order;
    bool constant; /* data is the value; text is empty */
    unsigned char data[FW_RULE_DATA];
    enum fw_header header; /* where it comes from a packet, FW_NO_HEADER else */
    bool payload;
    uint32_t base; /* enum nft_payload_bases */
    size_t offset; /* in bits */
    bool masked;   /* mask and exclusive-or are to be applied */
    unsigned char mask[FW_RULE_DATA], flip[FW_RULE_DATA];
    unsigned shift; /* to the right, behind the mask */
    uint32_t needs; /* bit per enum fw_header: what must be known of the packet before */
    bool implies;   /* comparing it tells the protocol: need not be said where that follows from the next match */
};

struct fw_pending {
    struct buf text;
    uint32_t tells; /* bit per enum fw_header */
};

struct fw_rule {
    const struct fw_model *model;
    const struct fw_row *row; /* of the rule, or whatever has expressions: its family and table count */
    struct buf out;
    struct fw_operand reg[FW_RULE_REGISTERS];
    enum fw_header network, transport;
    unsigned icmp; /* the type that was compared, and one; 0: none, or several */
    struct fw_pending pending[FW_RULE_PENDING];
    size_t pendings;
    struct buf from;         /* "ip saddr >= 10.0.0.1": a range that waits for its end */
    size_t from_lhs;         /* length of "ip saddr" in it */
    uint64_t packets, bytes; /* of the first counter */
    bool counted;
};

void fw_rule_init(struct fw_rule *r);
void fw_rule_free(struct fw_rule *r);
/* The whole rule into r->out, which is emptied before. */
void fw_rule_write(struct fw_rule *r, const struct fw_model *model, const struct fw_row *row);
/* One expression (NFTA_EXPR_NAME, NFTA_EXPR_DATA), as they stand in rules, sets and elements. */
void fw_rule_expression(struct fw_rule *r, const struct netlink_attr *nested);
/* Makes r fit for expressions that stand alone. */
void fw_rule_begin(struct fw_rule *r, const struct fw_model *model, const struct fw_row *row);
/* What was held back is written, except what `needs` says by itself. */
void fw_rule_settle(struct fw_rule *r, uint32_t needs);

/* For those who write parts of rules. */
struct fw_operand *fw_rule_register(struct fw_rule *r, const struct netlink_attr *number);         /* NULL: none such */
struct fw_operand *fw_rule_load(struct fw_rule *r, const struct netlink_attr *number, size_t len); /* emptied */
void fw_rule_emit(struct fw_rule *r, const char *text, uint32_t needs); /* a statement; " " before it */
void fw_rule_emit_buf(struct fw_rule *r, struct buf *text, uint32_t needs);
void fw_rule_operand(struct fw_rule *r, const struct fw_operand *o, uint32_t type, struct buf *out);
/* key of a set: len bytes from this register on, joined by " . "; needs is added to. */
void fw_rule_key(struct fw_rule *r, const struct netlink_attr *number, size_t len, struct buf *out, uint32_t *needs);
void fw_rule_compare(struct fw_rule *r, const struct fw_operand *o, uint32_t op, const unsigned char *bytes,
                     size_t len);
/* Which field is it after mask and shift? NULL: none, or not as a whole. */
const struct fw_field *fw_rule_field(const struct fw_operand *o, unsigned *shift);
void fw_rule_verdict(struct buf *out, const struct netlink_attr *verdict);

/* An expression that is a statement. false: it is not one that is known here. */
bool fw_stmt_write(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data);
bool fw_nat_write(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data);
/* One that loads something, or matches. */
bool fw_match_write(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data);
void fw_exthdr_load(struct fw_rule *r, const struct netlink_attr *a); /* a: its attributes by type */
bool fw_load_write(struct fw_rule *r, const struct netlink_attr *name, const struct netlink_attr *data);

#endif

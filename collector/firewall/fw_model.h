/* The rules of nftables in one network namespace as the kernel listed them: the messages' attributes, unchanged, and
 * where each belongs. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_MODEL_H
#define HZ_COLLECTOR_FIREWALL_FW_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "collector/firewall/fw_attr.h"
#include "collector/firewall/fw_type.h"
#include "collector/firewall/fw_xt.h"

#define FW_MODEL_MAX ((size_t)16 << 20) /* bytes of attributes in all */

enum fw_kind { FW_TABLES, FW_CHAINS, FW_RULES, FW_SETS, FW_ELEMENTS, FW_OBJECTS, FW_FLOWTABLES, FW_KINDS };

struct fw_row {
    uint8_t family;
    struct netlink_attr table, name; /* name: of the chain of a rule, of the set of elements; else its own */
    const unsigned char *attrs;      /* of the message, behind its headers */
    size_t len, order;
};

struct fw_model {
    struct buf bytes[FW_KINDS];
    size_t count[FW_KINDS];
    struct fw_row *rows[FW_KINDS]; /* owned; after fw_model_sort, by family and table (rules, elements: and name) */
    struct fw_links links;         /* the list is owned */
    struct fw_xt_sets sets;        /* for rules that iptables-nft made; the list is the caller's */
    size_t used;                   /* of FW_MODEL_MAX */
    uint64_t dropped;              /* messages beyond it */
    uint32_t generation;           /* of the rules that are here */
    bool changed;                  /* they changed while they were listed, as often as they were asked for */
};

void fw_model_init(struct fw_model *m);
void fw_model_free(struct fw_model *m);
void fw_model_reset(struct fw_model *m); /* forgets the rows, not the links */
/* attrs are copied, or counted as dropped. */
int fw_model_add(struct fw_model *m, enum fw_kind kind, uint8_t family, const void *attrs, size_t len,
                 struct hz_error *err);
/* Once, when all are there. */
int fw_model_sort(struct fw_model *m, struct hz_error *err);
/* The rows of a table (name NULL), or of a chain or set in it: [*from, *to). */
void fw_model_range(const struct fw_model *m, enum fw_kind kind, const struct fw_row *table,
                    const struct netlink_attr *name, size_t *from, size_t *to);
/* A set by its name; NULL: there is none. */
const struct fw_row *fw_model_set(const struct fw_model *m, const struct fw_row *table,
                                  const struct netlink_attr *name);

#endif

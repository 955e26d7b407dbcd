/* The firewall of one network namespace: taken on a servant's thread, given to the bundle on the main thread. */
#ifndef HZ_COLLECTOR_FIREWALL_FW_SPACE_H
#define HZ_COLLECTOR_FIREWALL_FW_SPACE_H

#include "base/error.h"
#include "collector/firewall/fw_gate.h"
#include "collector/firewall/fw_xt.h"
#include "collector/network/netns.h"
#include "collector/sheet.h"

enum fw_part { FW_NFTABLES, FW_IPTABLES, FW_IP6TABLES, FW_ARPTABLES, FW_EBTABLES, FW_IPSET, FW_PARTS };

struct fw_space {    /* on the heap; left to its thread when that is left behind */
    struct netns ns; /* a copy */
    int root;        /* its own descriptor of run->root */
    struct fw_gate gate;
    unsigned timeout_ms;
    struct sheet part[FW_PARTS];
    char name[FW_PARTS][64]; /* "ns-4026531840/nftables" */
    struct fw_xt_sets sets;  /* the list is owned */
    struct buf tables;       /* of the legacy tables, "ip filter\n" */
    size_t rows[FW_PARTS];   /* rules, or sets */
    size_t nft[4];           /* tables, chains, rules, sets */
    uint32_t generation;
    bool asked_nft, changed;
    int rc; /* only our own shortage, or that the namespace could not be entered */
    struct hz_error err;
};

int fw_space_new(const struct netns *ns, int root, const struct fw_gate *gate, unsigned timeout_ms,
                 struct fw_space **out, struct hz_error *err);
void fw_space_free(struct fw_space *s); /* NULL is legal */
/* A servant_work. */
void fw_space_take(void *context);
/* Main thread. Its files into p; what could not be had becomes absent rows. row: a line of namespaces.jsonl. */
int fw_space_give(struct fw_space *s, struct run *run, struct products *p, struct sheet *summary, struct hz_error *err);

#endif

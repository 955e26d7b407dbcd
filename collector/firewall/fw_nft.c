#include "collector/firewall/fw_nft.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"

struct taking {
    struct fw_model *model;
    enum fw_kind kind;
    uint16_t type; /* of the messages that are meant */
};

uint16_t fw_nft_type(unsigned subsystem, unsigned message)
{
    return (uint16_t)(subsystem << 8 | message);
}

void fw_nft_head(struct buf *body, uint8_t family)
{
    const struct nfgenmsg head = { .nfgen_family = family, .version = NFNETLINK_V0 };
    buf_put(body, &head, sizeof head);
}

static int keep(void *context, const struct netlink_message *m, struct hz_error *err)
{
    const struct taking *t = context;
    struct nfgenmsg head;
    if (m->type != t->type || netlink_copy(m->body, m->len, &head, sizeof head) < sizeof head)
        return HZ_OK;
    return fw_model_add(t->model, t->kind, head.nfgen_family, m->body + sizeof head, m->len - sizeof head, err);
}

static int dump(struct netlink *n, struct fw_model *m, enum fw_kind kind, unsigned get, const struct buf *body,
                struct hz_error *err)
{
    /* the answer's type stands one before the question's (enum nf_tables_msg_types) */
    struct taking t = { m, kind, fw_nft_type(NFNL_SUBSYS_NFTABLES, get - 1) };
    bool torn = false;
    int rc =
        netlink_ask(n, fw_nft_type(NFNL_SUBSYS_NFTABLES, get), NLM_F_REQUEST | NLM_F_DUMP, body, keep, &t, &torn, err);
    m->changed |= torn;
    return rc;
}

static int dump_all(struct netlink *n, struct fw_model *m, struct hz_error *err)
{
    static const struct {
        enum fw_kind kind;
        unsigned get;
        bool newer; /* not in every kernel that has nftables */
    } kinds[] = { { FW_TABLES, NFT_MSG_GETTABLE, false }, { FW_CHAINS, NFT_MSG_GETCHAIN, false },
                  { FW_RULES, NFT_MSG_GETRULE, false },   { FW_SETS, NFT_MSG_GETSET, false },
                  { FW_OBJECTS, NFT_MSG_GETOBJ, true },   { FW_FLOWTABLES, NFT_MSG_GETFLOWTABLE, true } };
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(64);
    int rc = HZ_OK;
    fw_nft_head(&body, NFPROTO_UNSPEC);
    for (size_t i = 0; rc == HZ_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        rc = dump(n, m, kinds[i].kind, kinds[i].get, &body, err);
        if (rc != HZ_OK && kinds[i].newer && (rc == HZ_E_UNSUPPORTED || err->sys_errno == EINVAL))
            rc = HZ_OK;
    }
    return rc;
}

static void put_name(struct buf *body, uint16_t type, const struct netlink_attr *name)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    buf_put(&text, name->data, netlink_text(name));
    buf_putc(&text, '\0');
    netlink_put(body, type, text.data, text.len);
}

static int dump_elements(struct netlink *n, struct fw_model *m, struct hz_error *err)
{
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && i < m->count[FW_SETS]; i++) {
        HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(16384);
        const struct fw_row *set = &m->rows[FW_SETS][i];
        fw_nft_head(&body, set->family);
        put_name(&body, NFTA_SET_ELEM_LIST_TABLE, &set->table);
        put_name(&body, NFTA_SET_ELEM_LIST_SET, &set->name);
        rc = buf_check(&body, err);
        if (rc == HZ_OK)
            rc = dump(n, m, FW_ELEMENTS, NFT_MSG_GETSETELEM, &body, err);
        if (rc == HZ_E_NOTFOUND) { /* the set went away meanwhile: then the generation is another */
            m->changed = true;
            rc = HZ_OK;
        }
    }
    return rc;
}

static int read_generation(void *context, const struct netlink_message *m, struct hz_error *err)
{
    struct netlink_attr a[NFTA_GEN_ID + 1];
    uint32_t *out = context;
    (void)err;
    if (m->type == fw_nft_type(NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWGEN) && m->len >= sizeof(struct nfgenmsg)) {
        fw_attr_table(m->body + sizeof(struct nfgenmsg), m->len - sizeof(struct nfgenmsg), a, NFTA_GEN_ID + 1);
        *out = fw_attr_u32(&a[NFTA_GEN_ID], 0);
    }
    return HZ_OK;
}

static int generation(struct netlink *n, uint32_t *out, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf body = BUF_INIT(64);
    fw_nft_head(&body, NFPROTO_UNSPEC);
    return netlink_ask(n, fw_nft_type(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETGEN), NLM_F_REQUEST, &body, read_generation, out,
                       NULL, err);
}

int fw_nft_take(struct netlink *n, struct fw_model *m, struct hz_error *err)
{
    int rc = HZ_OK;
    for (int i = 0; rc == HZ_OK && i < FW_NFT_TRIES && (i == 0 || m->changed); i++) {
        uint32_t after = 0;
        fw_model_reset(m);
        m->changed = false;
        rc = generation(n, &m->generation, err);
        if (rc == HZ_OK)
            rc = dump_all(n, m, err);
        if (rc == HZ_OK)
            rc = fw_model_sort(m, err);
        if (rc == HZ_OK)
            rc = dump_elements(n, m, err);
        if (rc == HZ_OK)
            rc = fw_model_sort(m, err);
        if (rc == HZ_OK)
            rc = generation(n, &after, err);
        m->changed |= after != m->generation;
    }
    return rc;
}

int fw_nft_links(struct fw_links *out, struct hz_error *err)
{
    struct if_nameindex *all = if_nameindex();
    size_t count = 0;
    *out = (struct fw_links) { NULL, 0 };
    while (all != NULL && all[count].if_index != 0)
        count++;
    out->list = calloc(count + 1, sizeof *out->list);
    for (size_t i = 0; out->list != NULL && i < count; i++) {
        out->list[i].index = all[i].if_index;
        memcpy(out->list[i].name, all[i].if_name, strnlen(all[i].if_name, sizeof out->list[i].name - 1));
    }
    if_freenameindex(all);
    if (out->list == NULL)
        return hz_error_set(err, HZ_E_NOMEM, _("out of memory"));
    out->count = count;
    return HZ_OK;
}

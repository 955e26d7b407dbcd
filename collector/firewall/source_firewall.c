/* firewall: the rules of nftables, of the legacy tables and of ipset (formats/spec/sources/firewall.md). */
#include <inttypes.h>
#include <stdlib.h>

#include "base/lang.h"
#include "collector/action.h"
#include "collector/firewall/fw_space.h"
#include "collector/firewall/fw_tools.h"
#include "collector/products.h"
#include "collector/servant.h"
#include "collector/source.h"
#include "collector/take.h"

#define MILLISECOND INT64_C(1000000)

struct spaces {
    struct run *run;
    struct products *products;
    struct sheet *summary;
    struct fw_space **list; /* owned; NULL where given away or left behind */
    size_t count;
};

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "firewall");
}

/* Those that are there in any case; others stand in folders of namespaces, which a plan does not look for. */
static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    static const char *const names[] = { "namespaces.jsonl", "namespaces.txt" };
    (void)options;
    if (i >= sizeof names / sizeof names[0])
        return false;
    buf_puts(out, names[i]);
    return true;
}

static int lost_row(struct spaces *s, uint64_t inode, bool begun, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1000);
    const enum stop_reason why = stop_now(s->run);
    const bool stopped = !begun && why != STOP_NONE;
    buf_printf(&reason, "network namespace %" PRIu64 ": %s", inode,
               begun     ? N_("no answer within the command timeout")
               : stopped ? stop_text(why)
                         : N_("too many others did not answer"));
    const struct walk_absence row = { .status = stopped ? stop_status(why) : W_TIMEOUT,
                                      .reason = buf_text(&reason),
                                      .failure = true };
    return row.reason == NULL ? buf_check(&reason, err) : take_absence(s->run, &row, err);
}

struct inodes { /* of what may be left behind with its thread */
    struct spaces *spaces;
    uint64_t *list;
};

static int done(void *context, size_t i, bool begun, bool lost, struct hz_error *err)
{
    const struct inodes *n = context;
    struct spaces *s = n->spaces;
    int rc;
    if (lost) {
        if (!begun)
            fw_space_free(s->list[i]);
        rc = lost_row(s, n->list[i], begun, err);
    } else {
        rc = fw_space_give(s->list[i], s->run, s->products, s->summary, err);
        fw_space_free(s->list[i]);
    }
    s->list[i] = NULL;
    return rc;
}

static int take_spaces(struct spaces *s, const struct netns_list *found, struct hz_error *err)
{
    struct fw_gate gate;
    struct inodes inodes = { s, calloc(found->count + 1, sizeof(uint64_t)) };
    int64_t timeout = s->run->options->command_timeout_ns / MILLISECOND;
    s->list = calloc(found->count + 1, sizeof *s->list);
    int rc = s->list == NULL || inodes.list == NULL ? hz_error_set(err, HZ_E_NOMEM, _("out of memory"))
                                                    : fw_gate_find(s->run, &gate, err);
    for (size_t i = 0; rc == HZ_OK && i < found->count; i++) {
        inodes.list[i] = found->list[i].inode;
        rc = fw_space_new(&found->list[i], s->run->root, &gate, timeout > 0 && timeout < 60000 ? (unsigned)timeout : 0,
                          &s->list[s->count], err);
        s->count += rc == HZ_OK;
    }
    const struct servant_batch batch = { .work = fw_space_take,
                                         .contexts = (void **)s->list,
                                         .count = s->count,
                                         .threads = 2,
                                         .done = done,
                                         .done_context = &inodes };
    if (rc == HZ_OK)
        rc = servant_batch(s->run, &batch, err);
    free(inodes.list);
    return rc;
}

/* Without /proc no namespace is known, and none of the lists that tell what may be asked for. */
static int settle(struct run *run, int rc, struct hz_error *err)
{
    const struct walk_absence row = { .status = W_UNAVAILABLE,
                                      .reason = N_("rules of all kinds: /proc is not there, or has no namespaces"),
                                      .sys_errno = err->sys_errno,
                                      .failure = true };
    return rc == HZ_E_NOTFOUND || rc == HZ_E_UNSUPPORTED ? take_absence(run, &row, err) : rc;
}

static int take_all(struct run *run, struct products *p, struct hz_error *err)
{
    struct netns_list found = { .list = NULL };
    struct sheet summary;
    struct spaces s = { .run = run, .products = p, .summary = &summary };
    sheet_init(&summary, "namespaces", "hozen-firewall/1", "generated");
    buf_puts(&summary.text, "   NAMESPACE  TABLES  CHAINS   RULES    SETS  IPSETS LEGACY TABLES\n");
    int rc = sheet_first(&summary, err);
    if (rc == HZ_OK)
        rc = netns_find(run, &found, err);
    if (rc == HZ_OK)
        rc = take_spaces(&s, &found, err);
    for (size_t i = 0; i < s.count; i++) /* those that the batch did not come to */
        fw_space_free(s.list[i]);
    free(s.list);
    if (rc == HZ_OK)
        rc = sheet_give(&summary, run, p, NULL, err);
    sheet_free(&summary);
    netns_free(&found);
    return rc;
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    struct products *p = NULL;
    int rc = fw_tools_take(run, err); /* "+" stands before all other names of this source */
    if (rc == HZ_OK)
        rc = products_open(&p, run, err);
    if (rc == HZ_OK)
        rc = settle(run, take_all(run, p, err), err);
    if (rc == HZ_OK)
        rc = products_write(p, tree, err);
    products_free(p);
    return rc;
}

const struct source source_firewall = {
    .name = "firewall", .wanted = wanted, .makes = makes, .take = take, .live = true
};

#include "collector/firewall/fw_tools.h"

#include <errno.h>
#include <string.h>

#include "base/io_proc.h"
#include "base/lang.h"
#include "collector/absence.h"
#include "collector/firewall/fw_gate.h"
#include "collector/stop.h"
#include "collector/take.h"
#include "collector/tool.h"

struct listing {
    const char *places[2]; /* of the program */
    const char *argv[6];   /* behind its path */
    const char *path, *about;
    const char *names; /* of the tables that must be there; NULL: nftables */
};

static int absent(struct run *run, const char *about, const struct hz_error *why, struct hz_error *err)
{
    HZ_CLEANUP(buf_free) struct buf reason = BUF_INIT(1200);
    const bool missing = why->code == HZ_E_NOTFOUND;
    if (why->code == HZ_E_NOMEM || why->code == HZ_E_CRYPTO || absence_is_ours(why->sys_errno)) {
        *err = *why;
        return why->code;
    }
    buf_printf(&reason, "%s: %s", about, missing ? N_("it is not on this host") : N_("it cannot be read"));
    const struct walk_absence row = { .status = missing ? W_UNAVAILABLE : absence_status(why->sys_errno),
                                      .reason = buf_text(&reason),
                                      .sys_errno = why->sys_errno,
                                      .failure = !missing };
    return row.reason == NULL ? buf_check(&reason, err) : take_absence(run, &row, err);
}

/* Are there tables of this kind in our own namespace, so that asking makes none? */
static bool is_there(const struct run *run, const struct fw_gate *gate, const char *names)
{
    HZ_CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
    struct hz_error ignored;
    if (names == NULL)
        return gate->nf_tables;
    return io_proc_read(run->root, names, 4096, &text, NULL, &ignored) == HZ_OK && text.len > 0;
}

static int take_one(struct run *run, const struct listing *l, struct hz_error *err)
{
    const char *argv[8] = { NULL };
    struct tool tool;
    struct hz_error why;
    int rc = tool_find(run->root, l->places, 2, &tool, &why);
    if (rc != HZ_OK)
        return absent(run, l->about, &why, err);
    argv[0] = tool.path;
    for (size_t i = 0; i < 6 && l->argv[i] != NULL; i++)
        argv[i + 1] = l->argv[i];
    const struct tool_command command = { .argv = argv, .path = l->path, .about = l->about };
    return tool_take(run, &tool, &command, err);
}

int fw_tools_take(struct run *run, struct hz_error *err)
{
    /* In the order of their paths. The legacy programs alone: those of nftables would read what nft reads. -M: where
     * the program would look for a way to load modules. */
    static const struct listing listings[] = {
        { { "/usr/sbin/ip6tables-legacy-save", "/sbin/ip6tables-legacy-save" },
          { "-c", "-M", "/bin/false" },
          "data/firewall/+ip6tables-save/ip6tables-save.txt",
          "ip6tables-legacy-save",
          "proc/thread-self/net/ip6_tables_names" },
        { { "/usr/sbin/iptables-legacy-save", "/sbin/iptables-legacy-save" },
          { "-c", "-M", "/bin/false" },
          "data/firewall/+iptables-save/iptables-save.txt",
          "iptables-legacy-save",
          "proc/thread-self/net/ip_tables_names" },
        { { "/usr/sbin/nft", "/sbin/nft" },
          { "-j", "list", "ruleset" },
          "data/firewall/+nft/ruleset.json",
          "nft",
          NULL },
    };
    struct fw_gate gate;
    int rc = run->options->host_tools ? fw_gate_find(run, &gate, err) : HZ_OK;
    for (size_t i = 0; run->options->host_tools && rc == HZ_OK && i < sizeof listings / sizeof listings[0]; i++)
        if (stop_now(run) == STOP_NONE && is_there(run, &gate, listings[i].names))
            rc = take_one(run, &listings[i], err);
    return rc;
}

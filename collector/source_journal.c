/* journal: the files of journald as they are, and what journalctl of this host says of the units asked for
 * (formats/spec/sources.md). */
#include <string.h>

#include "base/io_open.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "collector/journal_header.h"
#include "collector/journal_units.h"
#include "collector/log_age.h"
#include "collector/plan.h"
#include "collector/source.h"

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return log_age_wanted(options, "journal");
}

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    (void)options;
    int rc = plan_add(tree, root, "/run/log/journal", false, err); /* a host has one of them, or both */
    return rc == HZ_OK ? plan_add(tree, root, "/var/log/journal", false, err) : rc;
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    if (i / 2 >= options->unit_count || options_rooted(options))
        return false;
    buf_printf(out, "journalctl --unit=%s%s", options->units[i / 2], i % 2 == 0 ? " --output=export" : "");
    return true;
}

/* Does its own header say so, too? journald writes through a mapping: the file's times may lag behind. */
static bool says_old(const struct collect_options *options, const struct walk_item *item)
{
    HZ_CLEANUP(io_close) int fd = -1;
    struct hz_error ignored;
    struct journal_header header;
    unsigned char bytes[JOURNAL_HEADER_SIZE];
    size_t got;
    int noatime;
    return io_evidence_reopen(item->fd, &fd, &noatime, &ignored) == HZ_OK &&
           io_read(fd, bytes, sizeof bytes, &got, &ignored) == HZ_OK &&
           journal_header_parse(bytes, got, item->stat.stx_size, &header) == HZ_OK && !header.online &&
           log_age_before_stamp(options, header.tail);
}

static const char *skip(const struct collect_options *options, const struct walk_item *item, bool content)
{
    bool old = S_ISREG(item->stat.stx_mode) && log_age_before(options, &item->stat.stx_mtime) &&
               log_age_before(options, &item->stat.stx_ctime);
    return old && (!content || says_old(options, item)) ? N_("its last entry was written before the time asked for")
                                                        : NULL;
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    int rc = journal_units_take(run, tree, err);
    return rc == HZ_OK ? source_walk(run, tree, err) : rc;
}

const struct source source_journal = {
    .name = "journal", .wanted = wanted, .plan = plan, .makes = makes, .skip = skip, .take = take
};

/* kernel: modules, BPF programs, kernel log, settings, mounts (formats/spec/sources/kernel.md). */
#include "collector/kernel/kern_listings.h"
#include "collector/sheet.h"
#include "collector/source.h"

static const struct sheet_maker makers[] = {
    { "modules", "hozen-modules/1", "procfs", kern_modules_make, false },
    { "kmsg", "hozen-kmsg/1", "read", kern_kmsg_make, false },
    { "bpf", "hozen-bpf/1", "generated", kern_bpf_make, false },
    { "mounts", "hozen-mounts/1", "procfs", kern_mounts_make, false },
    { "state", "hozen-kernel-state/1", "procfs", kern_state_make, false },
    { "sysctl", "hozen-sysctl/1", "procfs", kern_sysctl_make, false },
};
#define MAKERS (sizeof makers / sizeof makers[0])

/* The kernel's own words, taken whole. What this kernel does not have is absent and nothing amiss. */
static const char *const files[] = {
    "/proc/cgroups",     "/proc/cmdline",     "/proc/config.gz",   "/proc/consoles",    "/proc/crypto",
    "/proc/devices",     "/proc/diskstats",   "/proc/execdomains", "/proc/filesystems", "/proc/interrupts",
    "/proc/iomem",       "/proc/ioports",     "/proc/key-users",   "/proc/keys",        "/proc/loadavg",
    "/proc/locks",       "/proc/mdstat",      "/proc/meminfo",     "/proc/misc",        "/proc/modules",
    "/proc/partitions",  "/proc/softirqs",    "/proc/stat",        "/proc/swaps",       "/proc/sysvipc/msg",
    "/proc/sysvipc/sem", "/proc/sysvipc/shm", "/proc/tty/drivers", "/proc/version",     "/proc/vmstat",
    "/sys/kernel/notes",
};

static int plan(const struct collect_options *options, int root, struct tree_node *tree, struct hz_error *err)
{
    (void)options;
    return sheet_plan(tree, root, files, sizeof files / sizeof files[0], err);
}

static bool makes(const struct collect_options *options, size_t i, struct buf *out)
{
    (void)options;
    return sheet_makes(makers, MAKERS, i, out);
}

static bool wanted(const struct collect_options *options, size_t deferred)
{
    (void)deferred;
    return options_chosen(options, "kernel");
}

static int take(struct run *run, const struct tree_node *tree, struct hz_error *err)
{
    return sheet_take(run, tree, makers, MAKERS, err);
}

const struct source source_kernel = {
    .name = "kernel", .live = true, .wanted = wanted, .plan = plan, .makes = makes, .take = take
};

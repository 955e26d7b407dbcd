#include "collector/profiles/source_title.h"

#include <stddef.h>
#include <string.h>

#include "base/lang.h"

static const struct {
    const char *source, *title;
} titles[] = {
    { "system", N_("identity and clock of the host; always taken") },
    { "network",
      N_("sockets with their owners, interfaces, routes, neighbours and connection tracking of every network "
         "namespace") },
    { "processes",
      N_("process table and tree, descriptors, hidden processes, executables that were deleted or are only "
         "in memory") },
    { "memory", N_("memory of the processes that --process-memory names") },
    { "firewall", N_("rules, sets and counters of nftables and of the legacy tables") },
    { "kernel", N_("modules, BPF programs, kernel log, settings and mounts") },
    { "sessions", N_("logins: who is here, who was, who tried") },
    { "databases", N_("SQLite databases as they were at one moment") },
    { "journal", N_("files of the systemd journal; with --unit what journalctl prints") },
    { "logs", N_("everything below /var/log") },
    { "recent", N_("a list of what was created or changed lately") },
    { "accounts", N_("users, groups, what they may do, shell histories") },
    { "persistence",
      N_("what starts by itself: cron, systemd, start files, keys that open a login, setuid and capability "
         "files") },
    { "recent-files", N_("the files that recent lists, with their content") },
    { "packages", N_("installed packages, and files of theirs that were altered") },
    { "containers", N_("containers without their tools: processes, writable layers, configuration, logs") },
    { "files", N_("files and trees that --path or a profile names") },
    { "long", N_("files whose paths are too long for their place in the bundle") },
    { "closing", N_("sockets and processes once more at the end, and what the collection itself did to the host") },
};

const char *source_title(const char *source)
{
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (strcmp(titles[i].source, source) == 0)
            return titles[i].title;
    return "";
}

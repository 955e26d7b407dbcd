#include "collector/network/net_tools.h"

#include "collector/take.h"
#include "collector/tool.h"

#define ARGUMENTS 10

struct command {
    const char *path, *about;
    const char *argv[ARGUMENTS];
};

static const struct command ip_commands[] = {
    { "data/network/+ip/address.txt", "ip address", { "ip", "-details", "address", "show" } },
    { "data/network/+ip/link.txt", "ip link", { "ip", "-details", "-statistics", "-statistics", "link", "show" } },
    { "data/network/+ip/neighbour.txt", "ip neighbour", { "ip", "-statistics", "neighbour", "show" } },
    { "data/network/+ip/route.txt", "ip route", { "ip", "-details", "route", "show", "table", "all" } },
    { "data/network/+ip/route6.txt", "ip -6 route", { "ip", "-6", "-details", "route", "show", "table", "all" } },
    { "data/network/+ip/rule.txt", "ip rule", { "ip", "-details", "rule", "show" } },
};

static const struct command ss_commands[] = {
    { "data/network/+ss/sockets.txt",
      "ss",
      { "ss", "--numeric", "--all", "--processes", "--extended", "--memory", "--options", "--info" } },
};

struct program {
    const char *paths[4];
    const struct command *commands;
    size_t count;
};

static int take_all(struct run *run, const struct program *program, struct hz_error *err)
{
    struct tool tool;
    struct hz_error why = { .code = HZ_OK };
    int rc = tool_find(run->root, program->paths, 4, &tool, &why);
    if (rc != HZ_OK) {
        const struct walk_absence row = { .status = W_UNAVAILABLE,
                                          .reason = program->commands == ss_commands ? "ss: this host does not have it"
                                                                                     : "ip: this host does not have it",
                                          .sys_errno = why.sys_errno };
        return take_absence(run, &row, err);
    }
    for (size_t i = 0; rc == HZ_OK && i < program->count; i++) {
        const struct tool_command command = { .argv = program->commands[i].argv,
                                              .path = program->commands[i].path,
                                              .about = program->commands[i].about };
        rc = tool_take(run, &tool, &command, err);
    }
    return rc;
}

int net_tools_take(struct run *run, struct hz_error *err)
{
    static const struct program programs[] = {
        { { "/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip" },
          ip_commands,
          sizeof ip_commands / sizeof ip_commands[0] },
        { { "/usr/bin/ss", "/bin/ss", "/usr/sbin/ss", "/sbin/ss" },
          ss_commands,
          sizeof ss_commands / sizeof ss_commands[0] },
    };
    int rc = HZ_OK;
    for (size_t i = 0; rc == HZ_OK && run->options->host_tools && i < sizeof programs / sizeof programs[0]; i++)
        rc = take_all(run, &programs[i], err);
    return rc;
}

#include "collector/processes/proc_tools.h"

#include "collector/take.h"
#include "collector/tool.h"

int proc_tools_take(struct run *run, struct hz_error *err)
{
    static const char *const paths[] = { "/usr/bin/ps", "/bin/ps" };
    static const char *const argv[] = { "ps", "auxfww", NULL };
    const struct tool_command command = { .argv = argv, .path = "data/processes/+ps/processes.txt", .about = "ps" };
    struct tool tool;
    struct hz_error why = { .code = HZ_OK };
    if (!run->options->host_tools)
        return HZ_OK;
    if (tool_find(run->root, paths, sizeof paths / sizeof paths[0], &tool, &why) == HZ_OK)
        return tool_take(run, &tool, &command, err);
    const struct walk_absence row = { .status = W_UNAVAILABLE,
                                      .reason = "ps: this host does not have it",
                                      .sys_errno = why.sys_errno };
    return take_absence(run, &row, err);
}

/* hozen-collect: from a live host to a signed bundle. */
#include "base/lang.h"
#include "cli/dispatch.h"
#include "cli/table_collect.h"
#include "collector/cmd_collect.h"

int main(int argc, char **argv)
{
    static const struct cli_entry entries[] = { { &table_collect, cmd_collect } };
    static const struct cli_program program = { "hozen-collect",
                                                N_("preserve evidence from this host in a signed bundle"), entries, 1 };
    return cli_dispatch(&program, argc, argv);
}

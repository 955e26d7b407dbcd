/* hozen-collect: from a live host to a signed bundle. */
#include <malloc.h>

#include "base/lang.h"
#include "cli/dispatch.h"
#include "cli/table_collect.h"
#include "collector/cmd_collect.h"

int main(int argc, char **argv)
{
    static const struct cli_entry entries[] = { { &table_collect, cmd_collect } };
    static const struct cli_program program = { "hozen-collect",
                                                N_("preserve evidence from this host in a signed bundle"), entries, 1 };
    mallopt(M_MMAP_THRESHOLD, 256 << 10); /* what listings needed goes back to the host between two sources */
    return cli_dispatch(&program, argc, argv);
}

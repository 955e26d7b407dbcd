#include "base/lang.h"
#include "cli/dispatch.h"
#include "cli/table_verify.h"
#include "verify/commands.h"

int main(int argc, char **argv)
{
    static const struct cli_entry entries[] = {
        { &table_verify_verify, cmd_verify }, { &table_verify_list, cmd_list },
        { &table_verify_show, cmd_show },     { &table_verify_extract, cmd_extract },
        { &table_verify_diff, cmd_diff },     { &table_verify_disclose, cmd_disclose },
        { &table_verify_heads, cmd_heads },
    };
    static const struct cli_program program = { "hozen-verify", N_("check evidence bundles, list them, take files out"),
                                                entries, sizeof entries / sizeof entries[0] };

    return cli_dispatch(&program, argc, argv);
}

#include "base/lang.h"
#include "cli/table_custody.h"
#include "custody/cmd.h"

int main(int argc, char **argv)
{
    static const struct cli_entry entries[] = {
        { &table_custody_key_new, cmd_key_new },

        { &table_custody_init, cmd_init },       { &table_custody_person_add, cmd_person_add },

        { &table_custody_show, cmd_show },       { &table_custody_log, cmd_log },
        { &table_custody_audit, cmd_audit },     { &table_custody_checkpoint, cmd_checkpoint },
    };
    static const struct cli_program program = { "hozen-custody", N_("keys, countersignatures and the custody ledger"),
                                                entries, sizeof entries / sizeof entries[0] };

    return cli_dispatch(&program, argc, argv);
}

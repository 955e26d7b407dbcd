#include "base/lang.h"
#include "cli/out.h"
#include "cli/table_archive.h"
#include "cli/table_custody.h"
#include "cli/table_custody_life.h"
#include "custody/cmd.h"
#include "custody/cmd_archive.h"
#include "formats/read/hash.h"

static const struct cli_entry entries[] = {
    { &table_custody_key_new, cmd_key_new },
    { &table_custody_countersign, cmd_countersign },
    { &table_custody_timestamp, cmd_timestamp },
    { &table_custody_timestamp_record, cmd_custody_timestamp },
    { &table_custody_init, cmd_init },
    { &table_custody_person_add, cmd_person_add },
    { &table_custody_intake, cmd_intake },
    { &table_custody_offer, cmd_offer },
    { &table_custody_accept, cmd_accept },
    { &table_custody_decline, cmd_decline },
    { &table_custody_record, cmd_record },
    { &table_custody_case, cmd_life },
    { &table_custody_note, cmd_life },
    { &table_custody_photograph, cmd_life },
    { &table_custody_courier, cmd_life },
    { &table_custody_withdraw, cmd_life },
    { &table_custody_settle, cmd_life },
    { &table_custody_reassign, cmd_life },
    { &table_custody_copy, cmd_life },
    { &table_custody_checkout, cmd_life },
    { &table_custody_return, cmd_life },
    { &table_custody_move, cmd_life },
    { &table_custody_recheck, cmd_recheck },
    { &table_custody_resolve, cmd_life },
    { &table_custody_destroy, cmd_life },
    { &table_custody_hold, cmd_life },
    { &table_custody_lift, cmd_life },
    { &table_custody_dispose, cmd_life },
    { &table_custody_owner_return, cmd_life },
    { &table_custody_person_rotate, cmd_person_rotate },
    { &table_custody_person_revoke, cmd_life },
    { &table_custody_policy, cmd_life },
    { &table_custody_cosign, cmd_cosign },
    { &table_custody_show, cmd_show },
    { &table_custody_log, cmd_log },
    { &table_custody_audit, cmd_audit },
    { &table_custody_checkpoint, cmd_checkpoint },
    { &table_custody_prove, cmd_prove },
    { &table_custody_witness, cmd_witness },
    { &table_custody_export, cmd_export },
    { &table_custody_report, cmd_report },
    { &table_archive_put, cmd_archive_put },
    { &table_archive_status, cmd_archive_status },
    { &table_archive_check, cmd_archive_check },
    { &table_archive_repair, cmd_archive_repair },
    { &table_archive_get, cmd_archive_get },
    { &table_archive_index, cmd_archive_index },
    { &table_archive_renew, cmd_archive_renew },
};

int main(int argc, char **argv)
{
    struct hz_error err = { 0 };
    static const struct cli_program program = { "hozen-custody", N_("keys, countersignatures and the custody ledger"),
                                                entries, sizeof entries / sizeof entries[0] };

    if (r_hash_start(&err) != HZ_OK) {
        cli_message(program.name, "%s", err.text);
        return HZ_EXIT_FAILED;
    }
    return cli_dispatch(&program, argc, argv);
}

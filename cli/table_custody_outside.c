#include "cli/table_custody.h"
#include "cli/table_custody_part.h"

static const struct cli_option prove_options[] = {
    { .name = "from",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help =
          N_("what the other side knows of this ledger: a checkpoint, an offer, a receipt, or an earlier file of this "
             "command; it is proved that the log continues that one") },
    FILE_OUT(N_("the file to write, for the other side")),
    LEDGER,
    JSON,
};

const struct cli_command table_custody_prove = {
    .program = "hozen-custody",
    .name = "custody prove",
    .operand = CLI_FILE,
    .summary = N_("give another ledger's keeper a signed checkpoint with its proof"),
    .details = N_("Writes the largest signed checkpoint of this ledger into one file. Whoever has it, with custody "
                  "witness or on paper, can show later if the log was cut off or told anew."),
    CLI_OPTIONS(prove_options),
};

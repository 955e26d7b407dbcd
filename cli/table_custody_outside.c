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

static const struct cli_option witness_options[] = {
    { .name = "origin", .kind = CLI_ONE, .metavar = "TEXT", .help = N_("who gave it to you, and how it came") },
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file; whoever signed the checkpoint must be on it")),
    { .name = "cosign",
      .kind = CLI_ONE,
      .value = CLI_OUTPUT,
      .metavar = "FILE",
      .help = N_("writes your own signature over the checkpoint, for its keeper: that it was seen here") },
    LEDGER,
    KEY,
    JSON,
};

const struct cli_command table_custody_witness = {
    .program = "hozen-custody",
    .name = "custody witness",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("keep a checkpoint of another organisation's ledger"),
    .details =
        N_("FILE is a checkpoint with its signatures beside it, a file of custody prove, an offer or a receipt. "
           "It is recorded in your ledger and held against the checkpoints of that ledger that are known here. "
           "One that contradicts them is recorded too, and the exit code is 1: it proves that somebody signed two "
           "histories."),
    CLI_OPTIONS(witness_options),
};

static const struct cli_option export_options[] = {
    { .name = "item",
      .kind = CLI_ONE,
      .value = CLI_ITEM,
      .metavar = "ITEM",
      .help =
          N_("only what the ledger holds about this item, and the persons who signed it; nothing about other items") },
    LEDGER,
    KEY,
    JSON,
};

const struct cli_command table_custody_export = {
    .program = "hozen-custody",
    .name = "custody export",
    .operands = "DIR",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_DIRECTORY,
    .summary = N_("write the ledger, or one item of it, as a folder that anybody can check"),
    .details = N_("The folder holds the entries byte for byte, a signed checkpoint, for an item the proof that its "
                  "entries are in the log, the keys, and a text that says how to check it with ssh-keygen and a short "
                  "script. hozen verify DIR checks it too. DIR must not exist yet."),
    CLI_OPTIONS(export_options),
};

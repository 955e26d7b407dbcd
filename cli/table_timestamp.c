#include "cli/table_custody.h"
#include "cli/table_custody_part.h"

static const struct cli_option timestamp_options[] = {
    STAMPING,
    STAMPING_ROOTS,
    JSON,
};

const struct cli_command table_custody_timestamp = {
    .program = "hozen-custody",
    .name = "timestamp",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("have somebody else's clock prove that a signature or checkpoint exists"),
    .details =
        N_("FILE is a checkpoint, a signature (.sshsig) or a bundle, which stands for the signatures beside it, "
           "or where there are none for those inside. Only a digest goes to the authority (RFC 3161). The answer "
           "lies beside what it is about as .tsr, further ones as .2.tsr and so on; hozen verify and hozen "
           "custody audit find it there."),
    CLI_OPTIONS(timestamp_options),
};

static const struct cli_option record_options[] = {
    { .name = "token",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help = N_("the time stamp, when it is not CHECKPOINT.tsr") },
    { .name = "roots",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help = N_("whose time stamps you trust: PEM certificates; one that they do not prove is not recorded") },
    LEDGER,
    KEY,
    JSON,
};

const struct cli_command table_custody_timestamp_record = {
    .program = "hozen-custody",
    .name = "custody timestamp",
    .operands = "CHECKPOINT",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("record the time stamp of a checkpoint in the ledger"),
    .details = N_("CHECKPOINT is one of this ledger, with the answer of hozen timestamp beside it. Nothing recorded "
                  "behind it can be dated back before it: hozen custody audit compares the times."),
    CLI_OPTIONS(record_options),
};

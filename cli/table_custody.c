#include "cli/table_custody.h"

#include "base/lang.h"
#include "cli/table_custody_part.h"

static const struct cli_option key_new_options[] = {
    { .name = "for",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "collect custody",
      .required = true,
      .help = N_("what the key may sign: bundles on examined hosts, or custody records; never both") },
    { .name = "name",
      .kind = CLI_ONE,
      .metavar = "NAME",
      .required = true,
      .help = N_("whose key it is, with a mail address: \"Sato Hanako <sato@csirt.example>\"") },
    { .name = "out",
      .kind = CLI_ONE,
      .value = CLI_OUTPUT,
      .metavar = "NAME",
      .required = true,
      .help = N_("makes NAME.key (private), NAME.key.pub and NAME.signers; none of them may exist") },
    { .name = "algorithm",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "p256 ed25519",
      .help = N_("p256 is ECDSA on NIST P-256, the default; OpenSSH before 9.6 cannot load the private file of an "
                 "ed25519 key") },
    { .name = "passphrase-file",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help = N_("first line protects the private key; without it you are asked on the terminal, where there is one") },
    JSON,
};

const struct cli_command table_custody_key_new = {
    .program = "hozen-custody",
    .name = "key new",
    .operand = CLI_FILE,
    .summary = N_("make a signing key"),
    .details = N_("Give NAME.signers to those who shall trust you; they pass it to hozen verify --signers. Without a "
                  "passphrase the private key is protected by its file mode (0600) only."),
    CLI_OPTIONS(key_new_options),
};

static const struct cli_option countersign_options[] = {
    { .name = "fingerprint",
      .kind = CLI_ONE,
      .value = CLI_FINGERPRINT,
      .metavar = "SHA256:...",
      .required = true,
      .help = N_("fingerprint that you noted when the bundle was made; the signature inside must be by this key") },
    KEY,
    JSON,
};

const struct cli_command table_custody_countersign = {
    .program = "hozen-custody",
    .name = "countersign",
    .operands = "BUNDLE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("put your own signature beside a bundle that a one-time key signed"),
    .details = N_("Verifies the bundle first. The signature becomes a file beside the bundle, which itself stays as it "
                  "is."),
    CLI_OPTIONS(countersign_options),
};

static const struct cli_option init_options[] = {
    { .name = "organisation",
      .kind = CLI_ONE,
      .metavar = "NAME",
      .required = true,
      .help = N_("organisation that keeps the ledger") },
    TEXT("name", "NAME", N_("your name; what the key's comment says when not given")),
    PERSON,
    KEY,
    JSON,
};

const struct cli_command table_custody_init = {
    .program = "hozen-custody",
    .name = "custody init",
    .operands = "LEDGER",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_OUTPUT,
    .summary = N_("start a custody ledger"),
    .details = N_("The first statement of the ledger is signed by you and names you as the first person."),
    CLI_OPTIONS(init_options),
};

static const struct cli_option person_add_options[] = {
    TEXT("name", "NAME", N_("the person's name; what the key's comment says when not given")),
    PERSON,
    TEXT("organisation", "NAME", N_("the person's organisation")),
    VALIDITY,
    { .name = "checkpoint-signer",
      .kind = CLI_FLAG,
      .help = N_("the person may sign checkpoints, and so offer items without help; needs two signatures, of which one "
                 "may be that of the person added") },
    COMMON,
};

const struct cli_command table_custody_person_add = {
    .program = "hozen-custody",
    .name = "custody person add",
    .operands = "KEYFILE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("record a person and their public key"),
    CLI_OPTIONS(person_add_options),
};

static const struct cli_option offer_options[] = {
    { .name = "to",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "KEYFILE",
      .required = true,
      .help = N_("public key of the receiver") },
    { .name = "purpose",
      .kind = CLI_ONE,
      .metavar = "TEXT",
      .required = true,
      .help = N_("what the evidence is handed over for") },
    TEXT("condition", "TEXT", N_("the state in which it is handed over")),
    TEXT("seal", "NO", N_("number of the seal")),
    TEXT("transport", "TEXT", N_("how it travels, or by whom")),
    TEXT("tracking", "NO", N_("tracking number")),
    { .name = "expires",
      .kind = CLI_ONE,
      .value = CLI_TIME,
      .metavar = "TIME",
      .help = N_("the offer cannot be accepted later than this (RFC 3339); 14 days from now when not given") },
    FILE_OUT(N_("the offer file to write, for the receiver")),
    LEDGER,
    KEY,
    JSON,
};

const struct cli_command table_custody_offer = {
    .program = "hozen-custody",
    .name = "custody offer",
    .operands = "ITEM",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("offer an item to another person"),
    .details = N_("Custody moves only when the receiver has signed an acceptance (custody accept) and it is recorded "
                  "here (custody record)."),
    CLI_OPTIONS(offer_options),
};

static const struct cli_option accept_options[] = {
    { .name = "bundle",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help = N_("the evidence as it arrived; a bundle is verified and hashed again, any other file is hashed") },
    TEXT("compared", "TEXT",
         N_("what you held a thing against that was not hashed: its serial number, its seal, the photograph")),
    TEXT("condition", "TEXT", N_("the state in which it arrived")),
    TEXT("location", "TEXT", N_("where the evidence is kept from now on")),
    FILE_OUT(N_("the receipt to write, for the releaser")),
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file; the bundle, the offer and its checkpoint are checked "
               "against it")),
    { LEDGER_FIELDS, .help = N_("your own ledger, where the acceptance is recorded too") },
    { .name = "as",
      .kind = CLI_ONE,
      .value = CLI_ITEM,
      .metavar = "ITEM",
      .needs = "ledger",
      .help = N_("the item's name in your own ledger, where that is to be another than in the offer") },
    KEY,
    JSON,
};

const struct cli_command table_custody_accept = {
    .program = "hozen-custody",
    .name = "custody accept",
    .operands = "OFFER",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("accept an offered item and sign a receipt"),
    .details =
        N_("A device or a paper of which nothing was hashed has no file to give: --compared says what it was "
           "held against, and stands in the receipt. Where --ledger says that the same offer was accepted already, "
           "the receipt of then is written again, and nothing else is done."),
    CLI_OPTIONS(accept_options),
};

static const struct cli_option decline_options[] = {
    { .name = "reason", .kind = CLI_ONE, .metavar = "TEXT", .required = true, .help = N_("why it is declined") },
    { .name = "bundle",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "BUNDLE",
      .help = N_("the evidence as it arrived; what is wrong with it is put into the refusal") },
    TEXT("condition", "TEXT", N_("the state in which it arrived")),
    FILE_OUT(N_("the signed refusal to write, for the releaser")),
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file; the bundle, the offer and its checkpoint are checked "
               "against it")),
    { LEDGER_FIELDS, .help = N_("the ledger of the offer, when you share it: the refusal is recorded there at once") },
    KEY,
    JSON,
};

const struct cli_command table_custody_decline = {
    .program = "hozen-custody",
    .name = "custody decline",
    .operands = "OFFER",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("refuse an offered item and sign the refusal"),
    CLI_OPTIONS(decline_options),
};

static const struct cli_option record_options[] = { LEDGER, KEY, JSON };

const struct cli_command table_custody_record = {
    .program = "hozen-custody",
    .name = "custody record",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("record the receiver's answer, or a statement that all have signed"),
    .details = N_("FILE is a receipt (custody accept, custody decline), or a statement of --out to which everybody has "
                  "added their signature (custody cosign)."),
    CLI_OPTIONS(record_options),
};

static const struct cli_option show_options[] = {
    { .name = "case", .kind = CLI_ONE, .metavar = "CASE", .help = N_("facts of a case, and its items") },
    LEDGER,
    CSV(N_("csv: a row for each item, for spreadsheets and scripts, made inert")),
    JSON,
};

const struct cli_command table_custody_show = {
    .program = "hozen-custody",
    .name = "custody show",
    .operands = "[ITEM]",
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("show who holds what"),
    CLI_OPTIONS(show_options),
};

static const struct cli_option log_options[] = {
    LEDGER,
    CSV(N_("csv: a row for each entry, for spreadsheets and scripts, made inert")),
    JSON,
};

const struct cli_command table_custody_log = {
    .program = "hozen-custody",
    .name = "custody log",
    .operands = "[ITEM]",
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("list the entries of the ledger, or of one item"),
    CLI_OPTIONS(log_options),
};

static const struct cli_option audit_options[] = {
    { .name = "checkpoint",
      .kind = CLI_MANY,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help = N_("an earlier checkpoint kept outside the ledger, or a file of custody prove; only with one can a "
                 "cut-off tail be seen") },
    { .name = "offer",
      .kind = CLI_MANY,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help = N_("an offer of this ledger that somebody holds, or the receipt for one: it must be in the log, and the "
                 "checkpoint inside must be the log's") },
    TIMESTAMP_ROOTS(N_("whose time stamps you trust: PEM certificates; what the ledger says of times is held against "
                       "those that they prove")),
    LEDGER,
    JSON,
};

const struct cli_command table_custody_audit = {
    .program = "hozen-custody",
    .name = "custody audit",
    .operand = CLI_FILE,
    .summary = N_("check the whole ledger from its signed bytes"),
    CLI_OPTIONS(audit_options),
};

static const struct cli_option checkpoint_options[] = {
    { .name = "out",
      .kind = CLI_ONE,
      .value = CLI_OUTPUT,
      .metavar = "FILE",
      .help = N_("the checkpoint file to write, with its signatures as FILE.<keyid>.sshsig beside it") },
    LEDGER,
    KEY,
    JSON,
};

const struct cli_command table_custody_checkpoint = {
    .program = "hozen-custody",
    .name = "custody checkpoint",
    .operand = CLI_FILE,
    .summary = N_("sign the present head of the ledger"),
    .details = N_("Keep the file outside: printed, mailed, or with another organisation. It is what a later audit "
                  "compares the ledger with."),
    CLI_OPTIONS(checkpoint_options),
};

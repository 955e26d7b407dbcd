#include "cli/table_archive.h"

#include "cli/table_custody_part.h"

#define RECORDING OVERRIDE, SECOND(NULL), LEDGER, KEY, JSON
#define COPY(explained)                                                                                                \
    {                                                                                                                  \
        .name = "copy", .kind = CLI_ONE, .value = CLI_ITEM, .metavar = "ID", .help = (explained)                       \
    }
#define AT                                                                                                             \
    {                                                                                                                  \
        .name = "at", .kind = CLI_MANY, .value = CLI_DIRECTORY, .metavar = "DIR",                                      \
        .help = N_("where a medium is mounted now that was somewhere else when the copy was made; repeatable")         \
    }
#define PARITY                                                                                                         \
    {                                                                                                                  \
        .name = "parity", .kind = CLI_ONE, .metavar = "PERCENT",                                                       \
        .help = N_("recovery data of par2: from 1 to 100 percent of the bundle, or none; 10 when not given. In an "    \
                   "object store there is none")                                                                       \
    }

static const struct cli_option put_options[] = {
    { .name = "bundle",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .required = true,
      .help = N_("the evidence itself; it is verified first") },
    { .name = "to",
      .kind = CLI_ONE,
      .value = CLI_DIRECTORY,
      .metavar = "DIR",
      .required = true,
      .help = N_(
          "the target: an existing folder, as a rule where a medium is mounted, or s3://BUCKET[/PREFIX] in an object "
          "store with Object Lock") },
    { .name = "new-medium",
      .kind = CLI_FLAG,
      .help = N_("another medium is mounted where copies were put before, and it has no archive yet, or none of this "
                 "ledger") },
    { .name = "retain-until",
      .kind = CLI_ONE,
      .value = CLI_TIME,
      .metavar = "TIME",
      .needs = "confirm",
      .excludes = "legal-hold",
      .help = N_("in an object store: nobody, its administrator included, can delete or shorten before this time "
                 "(COMPLIANCE)") },
    { .name = "confirm",
      .kind = CLI_ONE,
      .value = CLI_TIME,
      .metavar = "TIME",
      .needs = "retain-until",
      .help = N_("the same time once more: it cannot be taken back") },
    { .name = "legal-hold",
      .kind = CLI_FLAG,
      .help = N_("in an object store: a hold without an end, which who may can lift") },
    COPY(N_("a name for the copy, used once in the item; archive-1 and so on when not given")),
    TEXT("medium", "TEXT", N_("what kind of medium it lies on: disk, tape, NFS")),
    TEXT("place", "TEXT", N_("where that medium is kept; the target when not given")),
    PARITY,
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file")),
    RECORDING,
};

const struct cli_command table_archive_put = {
    .program = "hozen-custody",
    .name = "archive put",
    .operands = "ITEM",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("put a copy of an item where nobody shall change it, and record how it is sealed"),
    .details = N_(
        "Verifies the bundle, copies it, reads the copy back from the medium and compares, makes it read-only "
        "and, where the file system can, immutable; signatures, time stamps, recovery data, the custody "
        "records so far and the texts that tell how to check lie beside it. Signatures and time stamps are read back, "
        "too. An evidence record that lies beside the bundle and does not hold is left there, and the exit code is 4. "
        "A "
        "put that was interrupted goes on where it was when it is run again."),
    CLI_OPTIONS(put_options),
};

static const struct cli_option status_options[] = { AT, LEDGER, JSON };

const struct cli_command table_archive_status = {
    .program = "hozen-custody",
    .name = "archive status",
    .operands = "[ITEM]",
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("compare the archive with the ledger and the policy: what is there, due, missing"),
    .details =
        N_("Lists the targets afresh; no copy is read. The exit code is 1 when a copy or something that the policy "
           "asks for is missing, a copy is not sealed as it was recorded, or what proves its time is to be renewed "
           "(archive renew), 3 when a target could not be reached."),
    CLI_OPTIONS(status_options),
};

static const struct cli_option check_options[] = {
    { .name = "all", .kind = CLI_FLAG, .excludes = "due", .help = N_("every copy, due or not") },
    { .name = "due", .kind = CLI_FLAG, .help = N_("those that are due by the policy, as when nothing is said") },
    { .name = "max-rate",
      .kind = CLI_ONE,
      .value = CLI_SIZE,
      .metavar = "SIZE",
      .help = N_("bytes a second, at most") },
    { .name = "since",
      .kind = CLI_ONE,
      .value = CLI_TIME,
      .metavar = "TIME",
      .needs = "all",
      .help = N_("leave out what was checked from then on (RFC 3339): goes on with a check that was interrupted") },
    AT,
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file")),
    RECORDING,
};

const struct cli_command table_archive_check = {
    .program = "hozen-custody",
    .name = "archive check",
    .operands = "[ITEM]",
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("read copies of the archive again and record what was found"),
    .details =
        N_("Copies that have their recorded digest are recorded together, with one signature; one that has not, or "
           "is missing, in an entry of its own, and what could mend it is told (archive repair). All that lies beside "
           "a copy is compared, too: signatures, time stamps, the export, the texts, the recovery data. One that is "
           "not as it was recorded is a finding, and so is a copy that is no longer sealed as it was, which is told, "
           "not recorded. What was read longest ago is read first, and what was checked is recorded as it goes on: "
           "after an interruption run it again, with --all and the --since that is told. When it is time for archive "
           "renew, that is told, too, and the exit code is 1."),
    CLI_OPTIONS(check_options),
};

static const struct cli_option repair_options[] = {
    COPY(
        N_("which copy; when not given, the first that failed at its latest check, or else that is no longer sealed as "
           "it was")),
    { .name = "from",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help =
          N_("a good copy to take the bytes from; when not given, the recovery data, then other copies of the archive "
             "are tried") },
    AT,
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file")),
    RECORDING,
};

const struct cli_command table_archive_repair = {
    .program = "hozen-custody",
    .name = "archive repair",
    .operands = "ITEM",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("mend a copy of the archive from recovery data or from a good copy"),
    .details = N_(
        "The mended copy takes the place of the damaged one only when it has the recorded digest and hozen "
        "verify found it as it was when it was taken in. What lies beside it is brought again, too; when no "
        "copy has one of these files as it was recorded, the exit code is 4. A copy of which only the seal was "
        "lost is read back and sealed again where it lies. The mark of a folder (hozen-archive.json) that was lost or "
        "altered is written anew from the ledger when the bundle of a copy there has its recorded digest."),
    CLI_OPTIONS(repair_options),
};

static const struct cli_option get_options[] = {
    { .name = "to",
      .kind = CLI_ONE,
      .value = CLI_DIRECTORY,
      .metavar = "DIR",
      .required = true,
      .help = N_("existing folder for the working copy") },
    COPY(N_("which copy of the archive; when not given, the first that is good")),
    { .name = "as",
      .kind = CLI_ONE,
      .value = CLI_ITEM,
      .metavar = "ID",
      .help = N_("a name for the working copy, used once in the item; working-1 and so on when not given") },
    TEXT("place", "TEXT", N_("where the working copy is kept; DIR when not given")),
    AT,
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file")),
    RECORDING,
};

const struct cli_command table_archive_get = {
    .program = "hozen-custody",
    .name = "archive get",
    .operands = "ITEM",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("take a working copy out of the archive: retrieved, verified, recorded"),
    .details =
        N_("Signatures and time stamps come along, each with its recorded digest. One that no copy has so is left "
           "out, and the exit code is 4."),
    CLI_OPTIONS(get_options),
};

static const struct cli_option index_options[] = { LEDGER, KEY, JSON };

const struct cli_command table_archive_index = {
    .program = "hozen-custody",
    .name = "archive export-index",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_OUTPUT,
    .summary = N_("write a signed catalogue of all copies in the archive"),
    .details = N_("Lines of JSON, and your signature beside them, which ssh-keygen checks."),
    CLI_OPTIONS(index_options),
};

static const struct cli_option renew_options[] = {
    STAMPING,
    { .name = "roots",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .required = true,
      .environment = "HOZEN_TIMESTAMP_ROOTS",
      .help =
          N_("whose time stamps you trust, those of before and the new one: PEM certificates; an answer that they do "
             "not prove is not kept, and nothing is written") },
    { .name = "digest",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "sha512",
      .help = N_("go over from SHA-256 to this digest: every bundle is read once and covered anew, together with what "
                 "proved it so far") },
    AT,
    RECORDING,
};

const struct cli_command table_archive_renew = {
    .program = "hozen-custody",
    .name = "archive renew",
    .summary = N_("have all digests and all earlier time stamps stamped again, before what proves them ages"),
    .details =
        N_("One time stamp over all copies that can be reached: over the digests of a bundle and of the signatures and "
           "time stamps beside it, or over the last time stamp of the evidence record that is there. The new record "
           "(RFC 4998) lies beside each copy, where hozen verify finds it, and its digest is recorded. Once a record "
           "has SHA-512, all go on with it. The exit code is 4 when a copy was left out."),
    CLI_OPTIONS(renew_options),
};

#include "cli/table_custody.h"
#include "cli/table_custody_part.h"

#define TIME(option, explained)                                                                                        \
    {                                                                                                                  \
        .name = (option), .kind = CLI_ONE, .value = CLI_TIME, .metavar = "TIME", .help = (explained)                   \
    }

static const struct cli_option intake_options[] = {
    { .name = "location",
      .kind = CLI_ONE,
      .metavar = "TEXT",
      .required = true,
      .help = N_("where the evidence is kept from now on") },
    SIGNERS(N_("whom you trust: an OpenSSH allowed_signers file")),
    { .name = "fingerprint",
      .kind = CLI_ONE,
      .value = CLI_FINGERPRINT,
      .metavar = "SHA256:...",
      .help = N_("fingerprint of the one-time key as you noted it; the bundle is countersigned when it matches") },
    { .name = "file",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help =
          N_("what is taken in is this file, which is no bundle: it is hashed where it lies, and nothing is copied") },
    { .name = "kind",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "device paper other file image export screenshot archive",
      .help = N_("what is taken in when it is no bundle; the first three need no file, and a file is of the kind file "
                 "when not given") },
    { .name = "wrap",
      .kind = CLI_MANY,
      .value = CLI_FILE,
      .metavar = "PATH",
      .needs = "out",
      .help = N_("a file or tree: put into a bundle now, signed with a one-time key and countersigned by you, and that "
                 "is taken in; repeatable") },
    { .name = "out",
      .kind = CLI_ONE,
      .value = CLI_DIRECTORY,
      .metavar = "DIR",
      .needs = "wrap",
      .help = N_("existing directory for the bundle that --wrap makes") },
    { .name = "sha512", .kind = CLI_FLAG, .needs = "file", .help = N_("records the SHA-512 of the file too") },
    { .name = "listing",
      .kind = CLI_ONE,
      .value = CLI_OUTPUT,
      .metavar = "FILE",
      .needs = "file",
      .help =
          N_("for an archive: the file to write that lists its members; LEDGER.ITEM.listing.jsonl when not given") },
    { .name = "item",
      .kind = CLI_ONE,
      .value = CLI_ITEM,
      .metavar = "ITEM",
      .help = N_("name of the item, for what is no bundle, or too damaged to tell it") },
    TEXT("case", "CASE", N_("id of the case, where a bundle does not tell it")),
    TEXT("exhibit", "NO", N_("exhibit number")),
    TEXT("condition", "TEXT", N_("the state in which it was received")),
    TEXT("description", "TEXT", N_("what it is, in words")),
    TEXT("make", "TEXT", N_("who made the device that it is, or comes from")),
    TEXT("model", "TEXT", N_("model of the device")),
    TEXT("serial", "NO", N_("serial number of the device")),
    TEXT("asset-tag", "NO", N_("number that its owner keeps it under")),
    TEXT("host-name", "NAME", N_("name of the host")),
    TEXT("machine-id", "ID", N_("machine-id of the host")),
    TEXT("mac", "ADDRESS", N_("MAC address of the host")),
    TEXT("ip", "ADDRESS", N_("IP address of the host")),
    TEXT("os", "TEXT", N_("operating system of the host")),
    TEXT("seal", "NO", N_("number of the seal that it came under")),
    TIME("discovered-at", N_("when it was found (RFC 3339)")),
    TEXT("discovered-location", "TEXT", N_("where it was found")),
    TEXT("discovered-by", "NAME", N_("who found it")),
    TIME("collected-at", N_("when it was taken (RFC 3339)")),
    TEXT("collected-location", "TEXT", N_("where it was taken")),
    TEXT("collected-by", "NAME", N_("who took it")),
    TEXT("collected-with", "TEXT", N_("the tool that took it, with its version")),
    TEXT("command-line", "TEXT", N_("command line of that tool")),
    TEXT("authority", "TEXT", N_("on whose order, or with whose consent, it was taken")),
    TEXT("reason", "TEXT", N_("why it was taken")),
    TEXT("method", "TEXT", N_("how it was taken")),
    TEXT("gaps", "TEXT", N_("what could not be had")),
    TEXT("changes", "TEXT", N_("what taking it changed on the source")),
    TEXT("clock-offset", "TEXT", N_("how far the clock of the source was from UTC")),
    { .name = "clock-known-by",
      .kind = CLI_ONE,
      .metavar = "TEXT",
      .needs = "clock-offset",
      .help = N_("how that is known") },
    { .name = "witness",
      .kind = CLI_MANY,
      .metavar = "NAME",
      .help = N_("who was present as a witness; at most sixteen") },
    TEXT("responsible", "NAME", N_("the responsible officer")),
    OVERRIDE,
    SECOND("statement"),
    { .name = "statement",
      .kind = CLI_ONE,
      .value = CLI_OUTPUT,
      .metavar = "FILE",
      .help = N_("record nothing yet: write the statement with your signature into this file, for somebody else to "
                 "sign (custody cosign) and for custody record") },
    LEDGER,
    KEY,
    JSON,
};

const struct cli_command table_custody_intake = {
    .program = "hozen-custody",
    .name = "custody intake",
    .operands = "[BUNDLE]",
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("take a bundle, a file or a thing into custody"),
    .details = N_(
        "Verifies the bundle and records the result. Evidence that fails is not refused: it is recorded as it "
        "was found, and the exit code is 0, since the intake is done.\n\n"
        "What is no bundle is taken in with --item and --kind: a file (--file), of which hozen knows nothing but its "
        "digest, or a thing without one. What is not given here stands as not recorded.\n\n"
        "Loose files are put into a bundle of their own with --wrap, by the hozen-collect that stands beside this "
        "program; your countersignature is laid beside it. Where something of them could not be taken, the exit code "
        "is "
        "4.\n\n"
        "An archive of another collector (tar, also packed with gzip, bzip2, xz or zstd; zip; 7z) is listed member by "
        "member, with digests, into a file of its own whose digest is recorded. Keep that file."),
    CLI_OPTIONS(intake_options),
};

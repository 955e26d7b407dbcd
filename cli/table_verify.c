#include "cli/table_verify.h"

#include "base/lang.h"

#define SIGNERS                                                                                                        \
    { .name = "signers",                                                                                               \
      .kind = CLI_ONE,                                                                                                 \
      .value = CLI_FILE,                                                                                               \
      .metavar = "FILE",                                                                                               \
      .environment = "HOZEN_SIGNERS",                                                                                  \
      .help = N_("whom you trust: an OpenSSH allowed_signers file; a key inside the bundle is never enough") },        \
        { .name = "revoked",                                                                                           \
          .kind = CLI_ONE,                                                                                             \
          .value = CLI_FILE,                                                                                           \
          .metavar = "FILE",                                                                                           \
          .needs = "signers",                                                                                          \
          .help = N_("keys that are trusted no longer: a public key or SHA256: fingerprint on each line") },           \
        { .name = "timestamp-roots",                                                                                   \
          .kind = CLI_ONE,                                                                                             \
          .value = CLI_FILE,                                                                                           \
          .metavar = "FILE",                                                                                           \
          .environment = "HOZEN_TIMESTAMP_ROOTS",                                                                      \
          .help = N_("whose time stamps you trust: PEM certificates; a key is then judged at the time that one "       \
                     "proves") },                                                                                      \
        { .name = "timestamp",                                                                                         \
          .kind = CLI_MANY,                                                                                            \
          .value = CLI_FILE,                                                                                           \
          .metavar = "FILE",                                                                                           \
          .help = N_("a time stamp (.tsr) kept apart from the bundle; repeatable; those that lie beside the bundle "   \
                     "are found without this") },                                                                      \
    {                                                                                                                  \
        .name = "signature", .kind = CLI_MANY, .value = CLI_FILE, .metavar = "FILE",                                   \
        .help = N_("a signature kept apart from the bundle; repeatable; those that lie beside the bundle are found "   \
                   "without this")                                                                                     \
    }

#define JSON                                                                                                           \
    {                                                                                                                  \
        .name = "json", .kind = CLI_FLAG, .help = N_("print the result as JSON")                                       \
    }

static const struct cli_option verify_options[] = { SIGNERS, JSON };

const struct cli_command table_verify_verify = {
    .program = "hozen-verify",
    .name = "verify",
    .operands = "BUNDLE|DIR|-",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("check a bundle, or a folder of custody export: is it intact, and who says so"),
    .details = N_("Gives two answers. Integrity: intact, altered or undetermined. Authenticity: trusted, untrusted, "
                  "invalid or absent. Verified means intact and trusted. All findings are listed; - reads the bundle "
                  "from standard input.\n\n"
                  "Without --signers nobody is trusted: an intact bundle is then undetermined (exit 3)."),
    CLI_OPTIONS(verify_options),
};

static const struct cli_option list_options[] = {
    { .name = "format",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "csv hashdeep dfxml",
      .excludes = "json",
      .help = N_("csv: everything, for spreadsheets and scripts, made inert; hashdeep: sizes and SHA-256 of the files "
                 "under their names in the bundle, for hashdeep -l -r -a -k LIST data where it was extracted; dfxml: "
                 "Digital Forensics XML") },
    { .name = "bom",
      .kind = CLI_FLAG,
      .needs = "format",
      .help = N_("begin with a byte order mark, by which spreadsheets know UTF-8; with --format csv") },
    JSON,
};

const struct cli_command table_verify_list = {
    .program = "hozen-verify",
    .name = "list",
    .operands = "BUNDLE|-",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("list the files of a bundle"),
    .details =
        N_("Shows type, size, time of modification, status and original name of every file, of the directories and "
           "links that were recorded, and of what was not taken. It is the bundle's own account: the exit code says "
           "whether the bundle is intact, and who signed it is for verify to say."),
    CLI_OPTIONS(list_options),
};

static const struct cli_option extract_options[] = {
    { .name = "to",
      .kind = CLI_ONE,
      .value = CLI_DIRECTORY,
      .metavar = "DIR",
      .required = true,
      .help = N_("directory to make for the files; it must not exist yet, and nothing is written outside it") },
    { .name = "only",
      .kind = CLI_FLAG,
      .help =
          N_("read and check nothing but the files named, the lists and the signatures: quick for a few files out of "
             "a large bundle, but says nothing about the others; not with --json") },
    SIGNERS,
    JSON,
};

const struct cli_command table_verify_extract = {
    .program = "hozen-verify",
    .name = "extract",
    .operands = "BUNDLE|- [PATH...]",
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .operand = CLI_FILE,
    .summary = N_("take files out of a bundle, verified on the way"),
    .details =
        N_("Takes all files, or those whose name in the bundle (data/...) is PATH or lies below it; list --json shows "
           "these names beside the original ones. DIR appears only when everything was verified to the end, "
           "with --only everything but the contents of the other files. "
           "Without --signers it is enough that the bundle is intact and its signature valid, whoever made it."),
    CLI_OPTIONS(extract_options),
};

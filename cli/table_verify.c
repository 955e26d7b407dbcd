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
        { .name = "require",                                                                                           \
          .kind = CLI_ONE,                                                                                             \
          .value = CLI_CHOICE,                                                                                         \
          .choices = "1 2 3 4 5 6 7 8 9",                                                                              \
          .needs = "signers",                                                                                          \
          .help = N_("how many different persons of those whom you trust must have signed, in the bundle or beside "   \
                     "it; 1 when this is not given") },                                                                \
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
    { .name = "columns",
      .kind = CLI_ONE,
      .value = CLI_TEXT,
      .metavar = "LIST",
      .help = N_("what the table shows, in this order, with commas between: type size time status source mode owner "
                 "method sha256 path real-size name; path is the name in the bundle, real-size what was read of a file "
                 "on the host") },
    { .name = "type",
      .kind = CLI_MANY,
      .value = CLI_CHOICE,
      .choices = "file absent directory symlink fifo socket character-device block-device",
      .help = N_("only entries of this type; repeatable") },
    { .name = "status",
      .kind = CLI_MANY,
      .value = CLI_TEXT,
      .metavar = "STATUS",
      .help = N_("only entries of this status: collected changed grew shrunk limited; vanished denied timeout "
                 "over-budget excluded unavailable io-error; recorded (directories, links, devices); repeatable") },
    { .name = "source",
      .kind = CLI_MANY,
      .value = CLI_TEXT,
      .metavar = "NAME",
      .help = N_("only entries of this source, logs for example; repeatable") },
    { .name = "name",
      .kind = CLI_MANY,
      .value = CLI_TEXT,
      .metavar = "PATTERN",
      .help =
          N_("only entries whose whole name fits: * stands for anything, slashes too, ? for one byte; repeatable") },
    { .name = "since",
      .kind = CLI_ONE,
      .value = CLI_SINCE,
      .metavar = "TIME",
      .help = N_("only entries that were modified at this time or later: 24h back from now, or a time like "
                 "2026-11-20T21:34:56+09:00") },
    { .name = "until",
      .kind = CLI_ONE,
      .value = CLI_SINCE,
      .metavar = "TIME",
      .help = N_("only entries that were modified at this time or earlier") },
    { .name = "time",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "mtime ctime atime btime",
      .help = N_("the time that --since and --until look at and the table shows: of modification (mtime, the default), "
                 "change, access or birth") },
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

static const struct cli_option show_options[] = {
    { .name = "raw",
      .kind = CLI_FLAG,
      .help = N_("write the bytes as they are, to a file or another program; never to a terminal") },
    { .name = "no-pager", .kind = CLI_FLAG, .help = N_("do not start $PAGER, which shows the file on a terminal") },
    SIGNERS,
};

const struct cli_command table_verify_show = {
    .program = "hozen-verify",
    .name = "show",
    .operands = "BUNDLE|- PATH",
    .min_operands = 2,
    .max_operands = 2,
    .operand = CLI_FILE,
    .summary = N_("show one file of a bundle"),
    .details = N_(
        "PATH is the name on the host (/etc/passwd), as it is or as list prints it, or in the bundle "
        "(data/files/etc/passwd). The file, the lists and the signatures are checked first; the contents of the other "
        "files are not read. On a terminal it is shown by $PAGER (less, where that is not set). Control characters, "
        "bytes that are no text and characters that hide or reorder text stand there as \\xNN, a backslash as two. "
        "Without --signers it is enough that the bundle is intact and its signature valid, whoever made it."),
    CLI_OPTIONS(show_options),
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
             "a large bundle, unless gzip packed it, but says nothing about the others; not with --json") },
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

static const struct cli_option disclose_options[] = {
    { .name = "to",
      .kind = CLI_ONE,
      .value = CLI_OUTPUT,
      .metavar = "FILE",
      .required = true,
      .help = N_("file to make, a tar; it must not exist yet") },
    SIGNERS,
    JSON,
};

const struct cli_command table_verify_disclose = {
    .program = "hozen-verify",
    .name = "disclose",
    .operands = "BUNDLE|- PATH",
    .min_operands = 2,
    .max_operands = 2,
    .operand = CLI_FILE,
    .summary = N_("hand out one file of a bundle with the proof that it belongs to it"),
    .details =
        N_("PATH is the name on the host (/etc/passwd), as it is or as list prints it, or in the bundle "
           "(data/files/etc/passwd). FILE holds that file, its catalog line and what proves that they belong to the "
           "signed bundle, and neither name nor digest of any other file of it. hozen verify FILE checks it, without "
           "the bundle. FILE appears only when "
           "the lists and the signatures of the bundle held; the contents of its other files are not read. "
           "Without --signers it is enough that the signature is valid, whoever made it."),
    CLI_OPTIONS(disclose_options),
};

static const struct cli_option diff_options[] = {
    { .name = "only",
      .kind = CLI_MANY,
      .value = CLI_TEXT,
      .metavar = "KIND",
      .help = N_("compare nothing but these: files accounts groups rights listeners units cron autostart privileged "
                 "modules packages; repeatable") },
    SIGNERS,
    JSON,
};

const struct cli_command table_verify_diff = {
    .program = "hozen-verify",
    .name = "diff",
    .operands = "OLD|- NEW|-",
    .min_operands = 2,
    .max_operands = 2,
    .operand = CLI_FILE,
    .summary = N_("show what appeared, vanished or changed between two bundles"),
    .details =
        N_("Both bundles are checked as verify does, and their verdicts come first; nothing is compared where one does "
           "not hold. Files are compared by their names on the host: content, type, mode, owner, time of modification, "
           "target of a link. Accounts, groups, sudo rights, listeners, units, cron, everything else that starts by "
           "itself, setuid files, kernel modules and packages are compared where both collections made a list of them. "
           "A file that one collection did not look for is counted, not called new or gone.\n\n"
           "Differences are no findings: the exit code is 0 when both bundles are verified, 3 when nobody was named "
           "whom you trust or something could not be compared, 1 when a bundle does not hold."),
    CLI_OPTIONS(diff_options),
};

static const struct cli_option heads_options[] = { SIGNERS };

const struct cli_command table_verify_heads = {
    .program = "hozen-verify",
    .name = "heads",
    .operands = "BUNDLE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("what hozen-custody asks for, to look inside a bundle"),
    .internal = true,
    CLI_OPTIONS(heads_options),
};

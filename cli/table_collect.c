#include "cli/table_collect.h"

#include "base/lang.h"

static const struct cli_option options[] = {
    { .name = "case",
      .kind = CLI_ONE,
      .metavar = "ID",
      .required = true,
      .help = N_("case or incident this belongs to") },
    { .name = "operator",
      .kind = CLI_ONE,
      .metavar = "NAME",
      .required = true,
      .help = N_("who collects; stands in the record as written") },
    { .name = "out",
      .kind = CLI_ONE,
      .value = CLI_DIRECTORY,
      .metavar = "DIR",
      .required = true,
      .unless = "plan",
      .help = N_("existing directory for the bundle, best on a medium of your own; nothing there is overwritten") },
    { .name = "path",
      .kind = CLI_MANY,
      .value = CLI_FILE,
      .metavar = "PATH",
      .help = N_("file or tree to collect; repeatable; overlapping ones are merged") },
    { .name = "cross-mounts",
      .kind = CLI_FLAG,
      .needs = "path",
      .help = N_("follow a tree into other file systems mounted below it; without this each mount point is listed as "
                 "excluded") },
    { .name = "item",
      .kind = CLI_ONE,
      .value = CLI_ITEM,
      .metavar = "ID",
      .help = N_("name of the evidence item and of the bundle file; made from host name and UTC time when not given") },
    { .name = "exhibit", .kind = CLI_ONE, .metavar = "NO", .help = N_("exhibit number") },
    { .name = "authority",
      .kind = CLI_ONE,
      .metavar = "TEXT",
      .help = N_("authority or consent under which the host is examined") },
    { .name = "reason", .kind = CLI_ONE, .metavar = "TEXT", .help = N_("why the host is examined") },
    { .name = "location", .kind = CLI_ONE, .metavar = "TEXT", .help = N_("where the host stands") },
    { .name = "witness", .kind = CLI_MANY, .metavar = "NAME", .help = N_("who witnesses the collection; repeatable") },
    { .name = "organisation", .kind = CLI_ONE, .metavar = "NAME", .help = N_("organisation of the operator") },
    { .name = "key",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .help =
          N_("collection key that signs the bundle; without it a one-time key is made, its fingerprint printed, and "
             "the key wiped") },
    { .name = "passphrase-file",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "FILE",
      .needs = "key",
      .help = N_("first line is the passphrase of the key; asked for on the terminal when the key has one and this is "
                 "not given") },
    { .name = "reference-time",
      .kind = CLI_ONE,
      .value = CLI_TIME,
      .metavar = "TIME",
      .help = N_("what a trusted clock showed when the command was started (RFC 3339, for example "
                 "2026-11-20T21:34:56+09:00)") },
    { .name = "reference-source",
      .kind = CLI_ONE,
      .metavar = "TEXT",
      .needs = "reference-time",
      .help = N_("which clock that was") },
    { .name = "compress",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "none",
      .help = N_("compression of the bundle; this version writes uncompressed bundles only") },
    { .name = "plan",
      .kind = CLI_FLAG,
      .help = N_("show what would be taken and in what order, and stop; no file content is read, nothing is written") },
    { .name = "json", .kind = CLI_FLAG, .help = N_("print the result as one JSON object") },
};

const struct cli_command table_collect = {
    .program = "hozen-collect",
    .operands = NULL,
    .operand = CLI_FILE,
    .summary = N_("preserve evidence from this host in a signed bundle"),
    .details =
        N_("Reads what --path names and the identity and clock of the host, as root without changing the times of "
           "files. Writes DIR/ITEM.tar, under the name ITEM.tar.partial until it is signed, and prints its "
           "path, its SHA-256, its content id and the fingerprint of the signing key. Write digest and "
           "fingerprint into your notes: they tie the bundle to you.\n\n"
           "Everything asked for is in the bundle as collected, recorded (not a regular file) or absent with "
           "its reason. Exit 4 means sealed and valid, but something asked for could not be taken."),
    CLI_OPTIONS(options),
};

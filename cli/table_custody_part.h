/* Options that many commands of custody have, for the tables alone. */
#ifndef HZ_CLI_TABLE_CUSTODY_PART_H
#define HZ_CLI_TABLE_CUSTODY_PART_H

#include "base/lang.h"
#include "cli/option.h"

#define LEDGER_FIELDS                                                                                                  \
    .name = "ledger", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE", .environment = "HOZEN_LEDGER"

#define LEDGER                                                                                                         \
    {                                                                                                                  \
        LEDGER_FIELDS, .required = true, .help = N_("the custody ledger")                                              \
    }

#define KEY                                                                                                            \
    { .name = "key",                                                                                                   \
      .kind = CLI_ONE,                                                                                                 \
      .value = CLI_FILE,                                                                                               \
      .metavar = "FILE",                                                                                               \
      .required = true,                                                                                                \
      .help = N_("your own custody key, which signs; or agent:SHA256:... for a key that ssh-agent holds") },           \
    {                                                                                                                  \
        .name = "passphrase-file", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE",                              \
        .help =                                                                                                        \
            N_("first line is the passphrase of the key; asked for on the terminal when the key has one and this is "  \
               "not given")                                                                                            \
    }

#define JSON                                                                                                           \
    {                                                                                                                  \
        .name = "json", .kind = CLI_FLAG, .help = N_("print the result as JSON")                                       \
    }

#define TEXT(option, what, explained)                                                                                  \
    {                                                                                                                  \
        .name = (option), .kind = CLI_ONE, .metavar = (what), .help = (explained)                                      \
    }

#define FILE_OUT(explained)                                                                                            \
    {                                                                                                                  \
        .name = "out", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE", .required = true, .help = (explained)    \
    }

#define BUNDLE(explained)                                                                                              \
    {                                                                                                                  \
        .name = "bundle", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "BUNDLE", .required = true,                   \
        .help = (explained)                                                                                            \
    }

#define SIGNERS(explained)                                                                                             \
    {                                                                                                                  \
        .name = "signers", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE", .environment = "HOZEN_SIGNERS",      \
        .help = (explained)                                                                                            \
    }

#define PERSON                                                                                                         \
    TEXT("title", "TEXT", N_("the person's title or position")),                                                       \
        TEXT("role", "TEXT", N_("the person's role, as it shall stand in records")),                                   \
        TEXT("contact", "TEXT", N_("telephone or mail address of the person"))

#define VALIDITY                                                                                                       \
    TEXT("valid-from", "TIME", N_("the key signs nothing before this (RFC 3339)")),                                    \
        TEXT("valid-until", "TIME", N_("the key signs nothing after this (RFC 3339)"))

#endif

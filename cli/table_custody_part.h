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

/* --format csv --bom, beside --json. */
#define CSV(explained)                                                                                                 \
    { .name = "format",                                                                                                \
      .kind = CLI_ONE,                                                                                                 \
      .value = CLI_CHOICE,                                                                                             \
      .choices = "csv",                                                                                                \
      .excludes = "json",                                                                                              \
      .help = (explained) },                                                                                           \
    {                                                                                                                  \
        .name = "bom", .kind = CLI_FLAG, .needs = "format",                                                            \
        .help = N_("begin with a byte order mark, by which spreadsheets know UTF-8; with --format csv")                \
    }

#define SECOND_PASSPHRASE                                                                                              \
    {                                                                                                                  \
        .name = "second-passphrase-file", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE",                       \
        .needs = "second-key", .help = N_("first line is the passphrase of that key")                                  \
    }

/* A second person, beside --key; other: what cannot stand beside it, or NULL. */
#define SECOND(other)                                                                                                  \
    { .name = "second-key",                                                                                            \
      .kind = CLI_ONE,                                                                                                 \
      .value = CLI_FILE,                                                                                               \
      .metavar = "FILE",                                                                                               \
      .excludes = (other),                                                                                             \
      .help = N_("custody key of a second person who signs with you here and now") },                                  \
        SECOND_PASSPHRASE

/* An exception from the policy. */
#define OVERRIDE                                                                                                       \
    { .name = "override",                                                                                              \
      .kind = CLI_ONE,                                                                                                 \
      .metavar = "RULE",                                                                                               \
      .needs = "override-reason",                                                                                      \
      .help = N_("name of a rule of the policy that this goes against; a checkpoint signer signs too") },              \
    {                                                                                                                  \
        .name = "override-reason", .kind = CLI_ONE, .metavar = "TEXT", .needs = "override",                            \
        .help = N_("why the rule is not kept this time")                                                               \
    }

/* Of every command that signs one statement, which two persons may have to sign. */
#define COMMON                                                                                                         \
    OVERRIDE, SECOND("out"),                                                                                           \
        { .name = "out",                                                                                               \
          .kind = CLI_ONE,                                                                                             \
          .value = CLI_OUTPUT,                                                                                         \
          .metavar = "FILE",                                                                                           \
          .help =                                                                                                      \
              N_("record nothing yet: write the statement with your signature into this file, for somebody else to "   \
                 "sign (custody cosign) and for custody record") },                                                    \
        LEDGER, KEY, JSON

#define TEXT(option, what, explained)                                                                                  \
    {                                                                                                                  \
        .name = (option), .kind = CLI_ONE, .metavar = (what), .help = (explained)                                      \
    }

#define FILE_OUT(explained)                                                                                            \
    {                                                                                                                  \
        .name = "out", .kind = CLI_ONE, .value = CLI_OUTPUT, .metavar = "FILE", .required = true, .help = (explained)  \
    }

#define SIGNERS(explained)                                                                                             \
    {                                                                                                                  \
        .name = "signers", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE", .environment = "HOZEN_SIGNERS",      \
        .help = (explained)                                                                                            \
    }

#define TIMESTAMP_ROOTS(explained)                                                                                     \
    {                                                                                                                  \
        .name = "timestamp-roots", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE",                              \
        .environment = "HOZEN_TIMESTAMP_ROOTS", .help = (explained)                                                    \
    }

#define PERSON                                                                                                         \
    TEXT("title", "TEXT", N_("the person's title or position")),                                                       \
        TEXT("role", "TEXT", N_("the person's role, as it shall stand in records")),                                   \
        TEXT("contact", "TEXT", N_("telephone or mail address of the person"))

#define VALIDITY                                                                                                       \
    TEXT("valid-from", "TIME", N_("the key signs nothing before this (RFC 3339)")),                                    \
        TEXT("valid-until", "TIME", N_("the key signs nothing after this (RFC 3339)"))

/* From an authority, or carried to it and back. */
#define STAMPING                                                                                                       \
    { .name = "authority",                                                                                             \
      .kind = CLI_ONE,                                                                                                 \
      .metavar = "URL",                                                                                                \
      .required = true,                                                                                                \
      .unless = "query",                                                                                               \
      .or_unless = "response",                                                                                         \
      .excludes = "response",                                                                                          \
      .help = N_("ask this time-stamp authority, over http: or https:") },                                             \
        { .name = "query",                                                                                             \
          .kind = CLI_ONE,                                                                                             \
          .value = CLI_OUTPUT,                                                                                         \
          .metavar = "FILE",                                                                                           \
          .excludes = "authority",                                                                                     \
          .help =                                                                                                      \
              N_("write the question to this file, to be carried to an authority; with --response: the question that " \
                 "was sent, to which the answer must belong") },                                                       \
    {                                                                                                                  \
        .name = "response", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE",                                     \
        .help = N_("what an authority answered, as a file")                                                            \
    }

#define STAMPING_ROOTS                                                                                                 \
    {                                                                                                                  \
        .name = "roots", .kind = CLI_ONE, .value = CLI_FILE, .metavar = "FILE",                                        \
        .help = N_("whose time stamps you trust: PEM certificates; an answer that they do not prove is not kept")      \
    }

#endif

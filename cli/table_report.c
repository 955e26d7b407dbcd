#include "cli/table_custody.h"

#include "cli/table_custody_part.h"

static const struct cli_option report_options[] = {
    { .name = "form",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "custody acquisition receipt certificate disposal case",
      .help = N_("which form: custody for an item, case for a case when not given") },
    { .name = "case", .kind = CLI_ONE, .metavar = "CASE", .help = N_("about a case, in place of an item") },
    { .name = "bundle",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "BUNDLE",
      .help = N_("for the acquisition: the evidence itself, which is verified and read") },
    { .name = "entry",
      .kind = CLI_ONE,
      .metavar = "NUMBER",
      .help = N_("for the receipt: the entry of the acceptance; the latest when not given") },
    TIMESTAMP_ROOTS(N_("whose time stamps you trust: PEM certificates; without them no time on the form is proven")),
    { .name = "format",
      .kind = CLI_ONE,
      .value = CLI_CHOICE,
      .choices = "html case-uco",
      .help =
          N_("html when not given; case-uco is the item's custody as a CASE/UCO 1.4 graph in JSON-LD, for programs") },
    FILE_OUT(N_("the page to write: one file without scripts, to be read or printed on A4; or the graph")),
    LEDGER,
};

const struct cli_command table_custody_report = {
    .program = "hozen-custody",
    .name = "report",
    .operands = "[ITEM]",
    .max_operands = 1,
    .operand = CLI_ITEM,
    .summary = N_("make a form from the ledger, in Japanese or English"),
    .details = N_("Audits the ledger first and takes every value from its signed records, with the number of the entry "
                  "that says it. The language is that of --lang."),
    CLI_OPTIONS(report_options),
};

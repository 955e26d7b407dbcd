/* What a program of ours looks like, with handlers that only say what they got. */
#include <stdio.h>

#include "base/lang.h"
#include "cli/dispatch.h"
#include "cli/out.h"

static const struct cli_option options[] = {
    { .name = "case", .kind = CLI_ONE, .metavar = "ID", .required = true, .help = N_("a case") },
    { .name = "fail", .kind = CLI_FLAG, .help = N_("fail") },
};
static const struct cli_command take = {
    .program = "probe",
    .name = "thing take",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .operand = CLI_FILE,
    .summary = N_("take a thing"),
    CLI_OPTIONS(options),
};
static const struct cli_command show = { .program = "probe", .name = "show", .summary = N_("show nothing") };

static int do_take(const struct cli_args *args)
{
    struct hz_error err = { 0 };

    if (cli_flag(args, "fail")) {
        hz_error_set(&err, HZ_E_INVALID, "%s is \033[1mwrong", cli_operand(args, 0));
        return cli_fail(args, &err);
    }
    printf("took %s for %s in %s\n", cli_operand(args, 0), cli_value(args, "case"),
           lang_selected() == LANG_JA ? "ja" : "en");
    return HZ_EXIT_OK;
}

static int do_show(const struct cli_args *args)
{
    cli_note(args, "%s", "nothing to show");
    cli_out_field(stdout, 8, "label", "value");
    cli_out_field(stdout, 8, "ラベル", "va\nlue");
    cli_out_field(stdout, 8, "none", NULL);
    return HZ_EXIT_PARTIAL;
}

int main(int argc, char **argv)
{
    static const struct cli_entry entries[] = { { &take, do_take }, { &show, do_show } };
    static const struct cli_program program = { "probe", N_("a program to look at"), entries, 2 };

    return cli_dispatch(&program, argc, argv);
}

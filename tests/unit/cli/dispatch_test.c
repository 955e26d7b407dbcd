#include "tests/unit/test.h"

#include "tests/unit/cli/run.h"

static void finds_the_command_and_its_arguments(void **state)
{
    (void)state;
    run_expect("$HOZEN_PROBE thing take a.txt --case C", 0, "took a.txt for C in en\n");
    run_expect("$HOZEN_PROBE --lang ja thing take --case C a.txt", 0, "in ja\n");
    run_expect("$HOZEN_PROBE thing take --case C a.txt --lang=ja", 0, "in ja\n");
    run_expect("LANG=ja_JP.UTF-8 $HOZEN_PROBE thing take --case C a.txt", 0, "in ja\n");
    run_expect("LANG=ja_JP.UTF-8 $HOZEN_PROBE thing take --case C a.txt --lang en", 0, "in en\n");
    run_expect("$HOZEN_PROBE thing take --case C -- --help", 0, "took --help for C");
}

static void exit_codes_are_those_of_the_handler_and_of_errors(void **state)
{
    (void)state;
    run_expect("$HOZEN_PROBE show", 4, "probe: nothing to show\n");
    run_expect("$HOZEN_PROBE thing take a --case C --fail", 1, "probe: a is \\x1b[1mwrong\n");
    run_expect("$HOZEN_PROBE thing take a", 2, "--case is missing; see hozen thing take --help");
    run_expect("$HOZEN_PROBE show --lang xx", 2, "--lang takes one of these: en ja");
}

static void fields_line_up_and_are_escaped(void **state)
{
    (void)state;
    run_expect("$HOZEN_PROBE show 2>/dev/null", 4,
               "label:    value\n"
               "ラベル:   va\\x0alue\n");
}

static void says_which_commands_there_are(void **state)
{
    (void)state;
    run_expect("$HOZEN_PROBE", 2, "no command is given");
    run_expect("$HOZEN_PROBE thing", 2, "no command is given");
    run_expect("$HOZEN_PROBE thing --case C", 2, "no command is given");
    run_expect("$HOZEN_PROBE thing tak x", 2, "unknown command \"tak\"");
    run_expect("$HOZEN_PROBE things take x", 2, "unknown command \"things\"");
    run_expect("$HOZEN_PROBE --help 2>/dev/null", 0, "thing take");
    run_expect("$HOZEN_PROBE thing --help 2>/dev/null", 0, "usage: hozen thing COMMAND");
    run_expect("$HOZEN_PROBE thing take --bad --help 2>/dev/null", 0, "--case ID");
    run_expect("$HOZEN_PROBE --version 2>/dev/null", 0, "probe " HOZEN_VERSION "\n");
    run_expect("$HOZEN_PROBE show --version 2>/dev/null", 0, "probe " HOZEN_VERSION "\n");
}

static void lost_output_is_a_failure(void **state)
{
    (void)state;
    run_expect("$HOZEN_PROBE thing take a --case C >/dev/full", 3, "standard output: No space left on device");
    run_expect("$HOZEN_PROBE --help >/dev/full", 3, "standard output: ");
    /* A reader that is gone before we begin: the exit code tells, the process is not killed by SIGPIPE. */
    run_expect("exec 3>&1; { while (echo) 2>/dev/null; do sleep 0.1; done; $HOZEN_PROBE thing take a --case C 2>&3; "
               "echo status $? >&3; } | :",
               0, "status 3");
}

static void closed_standard_descriptors_are_refused(void **state)
{
    (void)state;
    run_expect("$HOZEN_PROBE thing take a --case C <&-", 3, "must be open");
    run_expect("$HOZEN_PROBE thing take a --case C >&-", 3, "must be open");
    run_expect("$HOZEN_PROBE thing take a --case C --lang ja <&-", 3, "開いている必要があります");
    run_expect("$HOZEN_PROBE thing take a --case C 2>&-; echo status $?", 0, "status 3");
}

TEST_MAIN(cmocka_unit_test(finds_the_command_and_its_arguments),
          cmocka_unit_test(exit_codes_are_those_of_the_handler_and_of_errors),
          cmocka_unit_test(fields_line_up_and_are_escaped), cmocka_unit_test(says_which_commands_there_are),
          cmocka_unit_test(lost_output_is_a_failure), cmocka_unit_test(closed_standard_descriptors_are_refused))

#include "tests/unit/test.h"

#include "tests/unit/cli/run.h"

/* A copy of hozen among siblings that only print how they were called. */
#define STAGE                                                                                                          \
    "d=$(mktemp -d) && trap 'rm -r $d' EXIT && cp \"$HOZEN_BIN/hozen\" $d/ && "                                        \
    "for p in collect verify custody; do printf '#!/bin/sh\\nprintf \"%%s|\" \"${0##*/}\" \"$@\"\\nexit 4\\n' "        \
    ">$d/hozen-$p; chmod +x $d/hozen-$p; done; "

static void runs_the_sibling_that_has_the_command(void **state)
{
    (void)state;
    run_expect(STAGE "$d/hozen verify 'a b' --json", 4, "hozen-verify|verify|a b|--json|");
    run_expect(STAGE "$d/hozen list X", 4, "hozen-verify|list|X|");
    run_expect(STAGE "$d/hozen extract X", 4, "hozen-verify|extract|X|");
    run_expect(STAGE "$d/hozen collect --case C", 4, "hozen-collect|--case|C|");
    run_expect(STAGE "$d/hozen custody init L", 4, "hozen-custody|custody|init|L|");
    run_expect(STAGE "$d/hozen key new", 4, "hozen-custody|key|new|");
    run_expect(STAGE "$d/hozen countersign B", 4, "hozen-custody|countersign|B|");
    run_expect(STAGE "$d/hozen --lang ja collect --plan", 4, "hozen-collect|--lang|ja|--plan|");
    run_expect(STAGE "$d/hozen --lang=ja verify X", 4, "hozen-verify|--lang=ja|verify|X|");
}

static void help_goes_to_the_sibling_too(void **state)
{
    (void)state;
    run_expect(STAGE "$d/hozen help verify", 4, "hozen-verify|verify|--help|");
    run_expect(STAGE "$d/hozen help custody intake", 4, "hozen-custody|custody|intake|--help|");
    run_expect(STAGE "$d/hozen --lang ja help collect", 4, "hozen-collect|--lang|ja|--help|");
    run_expect(STAGE "$d/hozen help --lang ja collect", 4, "hozen-collect|--lang|ja|--help|");
    run_expect("$HOZEN_BIN/hozen help 2>/dev/null", 0, "custody checkpoint");
    run_expect("$HOZEN_BIN/hozen --help 2>/dev/null", 0, "custody checkpoint");
    run_expect("$HOZEN_BIN/hozen --help >/dev/full", 3, "standard output");
    run_expect("$HOZEN_BIN/hozen --version 2>/dev/null", 0, "hozen " HOZEN_VERSION "\n");
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    run_expect("$HOZEN_BIN/hozen", 2, "no command is given");
    run_expect("$HOZEN_BIN/hozen --lang ja", 2, "custody checkpoint");
    run_expect("$HOZEN_BIN/hozen collec", 2, "unknown command \"collec\"");
    run_expect("$HOZEN_BIN/hozen help ../x", 2, "unknown command \"../x\"");
    run_expect("$HOZEN_BIN/hozen \"$(printf '\\033')\"", 2, "unknown command \"\\x1b\"");
    run_expect("d=$(mktemp -d) && cp $HOZEN_BIN/hozen $d && $d/hozen verify x; s=$?; rm -r $d; exit $s", 3,
               "hozen-verify");
}

TEST_MAIN(cmocka_unit_test(runs_the_sibling_that_has_the_command), cmocka_unit_test(help_goes_to_the_sibling_too),
          cmocka_unit_test(refuses_what_it_does_not_know))

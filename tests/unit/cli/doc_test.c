#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "cli/complete.h"
#include "cli/man.h"
#include "tests/unit/cli/run.h"

#define COMPLETE(words, expected)                                                                                      \
    do {                                                                                                               \
        struct run run_complete;                                                                                       \
        run_bash(&run_complete, "source $HOZEN_COMPLETIONS/bash/hozen; COMP_WORDS=(" words ");"                        \
                                "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _hozen; echo \"${COMPREPLY[*]}\"");            \
        assert_string_equal(run_text(&run_complete), expected "\n");                                                   \
        run_free(&run_complete);                                                                                       \
    } while (0)

static void bash_completes_words_options_and_values(void **state)
{
    (void)state;
    COMPLETE("hozen c", "collect countersign custody");
    COMPLETE("hozen custody per", "person");
    COMPLETE("hozen he", "help");
    COMPLETE("hozen help custody per", "person");
    COMPLETE("hozen custody person ''", "add rotate revoke");
    COMPLETE("hozen custody record --", "--ledger --key --passphrase-file --json --lang --help --version");
    COMPLETE("hozen collect --pl", "--plan");
    COMPLETE("hozen key new --for ''", "collect custody");
    COMPLETE("hozen key new --for = cu", "custody");
    COMPLETE("hozen verify /dev/nul", "/dev/null");
    COMPLETE("hozen extract b --to /dev/nul", "");
    COMPLETE("hozen extract b --to /de", "/dev");
    COMPLETE("hozen custody show /dev/nul", "");
}

static void bash_reads_all_of_them(void **state)
{
    (void)state;
    run_expect("for f in $HOZEN_COMPLETIONS/bash/*; do bash -n \"$f\" && echo ok; done", 0, "ok\nok\nok\nok\n");
}

static char *made(void (*make)(FILE *, const char *), const char *program)
{
    char *got = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&got, &len);

    assert_non_null(stream);
    make(stream, program);
    assert_int_equal(fclose(stream), 0);
    return got;
}

static void zsh_and_fish_know_the_kinds_of_values(void **state)
{
    char *zsh = made(complete_zsh, "hozen-verify"), *fish = made(complete_fish, "hozen-verify");

    (void)state;
    assert_non_null(strstr(zsh, "#compdef hozen-verify\n"));
    assert_non_null(strstr(zsh, "'--to=[directory to make for the files; it must not exist yet, and nothing is "
                                "written outside it]:DIR:_files -/'"));
    assert_non_null(strstr(zsh, "'*--signature=["));
    assert_non_null(strstr(zsh, ":lang:(en ja)'"));
    assert_null(strstr(zsh, "countersign"));
    assert_non_null(strstr(fish, "complete -c hozen-verify -n '_hozen_verify_in \"extract \"' -l to -x -a "
                                 "'(__fish_complete_directories)'"));
    assert_non_null(strstr(fish, "-n '_hozen_verify_at \"\"' -a verify -d 'check a bundle"));
    free(zsh);
    free(fish);
}

static void quoting_keeps_text_inside_its_quotes(void **state)
{
    char *got = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&got, &len);

    (void)state;
    complete_quoted(stream, "it's [a:b] \\", "'\\''", "[]:\\");
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(got, "it'\\''s \\[a\\:b\\] \\\\");
    free(got);
}

static void a_man_page_gets_its_options(void **state)
{
    char *got = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&got, &len);

    (void)state;
    assert_int_equal(man_page(stream, "hozen-collect", ".Dd x\n@OPTIONS@\n.Sh FILES\n"), 0);
    assert_int_equal(man_page(stream, "hozen-collect", ".Dd x\n.Sh FILES\n"), -1);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(strncmp(got, ".Dd x\n.Sh OPTIONS\n", 18), 0);
    assert_non_null(strstr(
        got, ".It Fl Fl case Ar ID\nCase or incident this belongs to.\nRequired, unless\n.Fl Fl list\nis given.\n"));
    assert_non_null(strstr(got, "Required, unless\n.Fl Fl plan\nor\n.Fl Fl list\nis given.\n"));
    assert_non_null(strstr(got, ".It Fl Fl lang Cm en | Cm ja\n"));
    assert_non_null(strstr(got, "sources, \\-\\-db, \\-\\-since")); /* a dash, not a hyphen */
    assert_non_null(strstr(got, ".El\n.Sh FILES\n"));
    free(got);
}

static void a_japanese_man_page_can_be_filled(void **state)
{
    /* Breaks between characters but not in a word in katakana nor before a mark; no blank behind a mark. */
    static const char begin[] = ".Sh 説明\n\\%証\\:拠、\\:ログ\\:を。\\c\n.Fl Fl key\n\\%は\\:鍵 \\%key\n";
    char *got = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&got, &len);

    (void)state;
    lang_select(LANG_JA);
    assert_int_equal(man_page(stream, "hozen-collect", ".Sh 説明\n証拠、\nログを。\n.Fl Fl key\nは鍵 key\n@OPTIONS@\n"),
                     0);
    lang_select(LANG_EN);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(strncmp(got, begin, sizeof begin - 1), 0);
    assert_non_null(strstr(got, ".Sh オプション\n"));
    assert_non_null(strstr(got, ".It Fl Fl case Ar ID\n"));
    assert_null(strstr(got, "Required"));
    free(got);
}

TEST_MAIN(cmocka_unit_test(bash_completes_words_options_and_values), cmocka_unit_test(bash_reads_all_of_them),
          cmocka_unit_test(zsh_and_fish_know_the_kinds_of_values),
          cmocka_unit_test(quoting_keeps_text_inside_its_quotes), cmocka_unit_test(a_man_page_gets_its_options),
          cmocka_unit_test(a_japanese_man_page_can_be_filled))

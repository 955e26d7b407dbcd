#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "base/width.h"
#include "cli/help.h"
#include "cli/table_all.h"

static char *help_of(const struct cli_command *command)
{
    char *got = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&got, &len);

    assert_non_null(stream);
    help_command(stream, command);
    assert_int_equal(fclose(stream), 0);
    return got;
}

static void no_line_over_80_columns(const struct cli_command *command)
{
    char *help = help_of(command), *rest = help;

    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
        if (width_text(line) > HELP_COLUMNS)
            fail_msg("%s %s: %u columns: %s", command->program, command->name != NULL ? command->name : "",
                     width_text(line), line);
    free(help);
}

static void every_command_fits_in_both_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        lang_select(LANG_EN);
        no_line_over_80_columns(table_all[i]);
        lang_select(LANG_JA);
        no_line_over_80_columns(table_all[i]);
    }
    lang_select(LANG_EN);
}

static void every_option_is_shown(void **state)
{
    char words[80];

    (void)state;
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        char *help = help_of(table_all[i]);
        for (size_t k = 0; k < table_all[i]->option_count; k++)
            assert_non_null(strstr(help, help_option_words(&table_all[i]->options[k], words, sizeof words)));
        assert_non_null(strstr(help, "--lang en|ja"));
        assert_non_null(strstr(help, "--help"));
        free(help);
    }
}

/* What the parser would trip over, or silently never check. */
static void tables_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < TABLE_ALL_COUNT; i++) {
        const struct cli_command *c = table_all[i];
        assert_true(c->operands != NULL || c->max_operands == 0);
        assert_true(c->operands == NULL || c->max_operands > 0);
        assert_true(c->min_operands <= c->max_operands);
        for (size_t k = 0; k < c->option_count; k++) {
            const struct cli_option *o = &c->options[k];
            const char *named[] = { o->unless, o->needs, o->excludes };
            assert_ptr_equal(cli_option_find(c, o->name, strlen(o->name)), o); /* no name twice */
            assert_null(cli_option_find(NULL, o->name, strlen(o->name)));      /* none of the common ones */
            assert_true((o->value == CLI_CHOICE && o->kind != CLI_FLAG) == (o->choices != NULL));
            assert_true(o->kind == CLI_FLAG || o->choices != NULL || o->metavar != NULL);
            assert_non_null(o->help);
            for (size_t n = 0; n < 3; n++)
                assert_true(named[n] == NULL || cli_option_find(c, named[n], strlen(named[n])) != NULL);
        }
    }
}

static void words_of_commands(void **state)
{
    char out[32];

    (void)state;
    assert_int_equal(table_all_count(""), 0);
    assert_int_equal(table_all_count("custody person add"), 3);
    assert_int_equal(table_all_length("custody person add", 2), 14);
    assert_string_equal(table_all_word("custody person add", 2, out, sizeof out), "add");
    assert_string_equal(table_all_word("custody person add", 0, out, sizeof out), "custody");
    assert_true(table_all_same("custody init", "custody log", 1));
    assert_false(table_all_same("custody init", "custodyx log", 1));
    assert_false(table_all_same("custody", "custody log", 2));
}

TEST_MAIN(cmocka_unit_test(every_command_fits_in_both_languages), cmocka_unit_test(every_option_is_shown),
          cmocka_unit_test(tables_are_sound), cmocka_unit_test(words_of_commands))

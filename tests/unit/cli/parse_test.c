#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/lang.h"
#include "cli/parse.h"

static const struct cli_option options[] = {
    { .name = "case", .kind = CLI_ONE, .metavar = "ID", .required = true, .unless = "plan", .help = "h" },
    { .name = "path", .kind = CLI_MANY, .value = CLI_FILE, .metavar = "PATH", .help = "h" },
    { .name = "paths", .kind = CLI_FLAG, .help = "h" },
    { .name = "plan", .kind = CLI_FLAG, .help = "h" },
    { .name = "for", .kind = CLI_ONE, .value = CLI_CHOICE, .choices = "collect custody", .help = "h" },
    { .name = "ledger",
      .kind = CLI_ONE,
      .value = CLI_FILE,
      .metavar = "F",
      .environment = "HOZEN_LEDGER",
      .help = "h" },
    { .name = "out", .kind = CLI_ONE, .value = CLI_OUTPUT, .metavar = "F", .help = "h" },
    { .name = "note", .kind = CLI_ONE, .metavar = "T", .needs = "path", .excludes = "plan", .help = "h" },
    { .name = "when", .kind = CLI_ONE, .value = CLI_TIME, .metavar = "T", .help = "h" },
    { .name = "fingerprint", .kind = CLI_ONE, .value = CLI_FINGERPRINT, .metavar = "F", .help = "h" },
    { .name = "item", .kind = CLI_ONE, .value = CLI_ITEM, .metavar = "I", .environment = "HOZEN_ITEM", .help = "h" },
};
static const struct cli_command command = {
    .program = "hozen-test",
    .name = "try",
    .operands = "A B",
    .min_operands = 1,
    .max_operands = 2,
    .operand = CLI_FILE,
    .summary = "s",
    CLI_OPTIONS(options),
};

#define WORDS(...)                                                                                                     \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

static int parse(const char *const *words, struct cli_args *args, struct hz_error *err)
{
    char *argv[32];
    int argc = 0;

    for (; words[argc] != NULL; argc++)
        memcpy(&argv[argc], &words[argc], sizeof *argv);
    return cli_parse(&command, argc, argv, args, err);
}

static void refused(const char *const *words, const char *message)
{
    struct cli_args args = { 0 };
    struct hz_error err = { 0 };

    assert_int_equal(parse(words, &args, &err), HZ_E_USAGE);
    assert_null(args.command);
    if (strstr(err.text, message) == NULL || strstr(err.text, "; see hozen try --help") == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, message);
}

static void accepted(const char *const *words, struct cli_args *args)
{
    struct hz_error err = { 0 };

    if (parse(words, args, &err) != HZ_OK)
        fail_msg("%s", err.text);
}

static void values_in_both_forms(void **state)
{
    struct cli_args args;
    const char *const *paths;
    size_t count;

    (void)state;
    accepted(WORDS("--path", "/b", "one", "--case=C=1", "--path=/a", "--paths", "--path", "-x", "two"), &args);
    assert_string_equal(cli_value(&args, "case"), "C=1");
    assert_true(cli_flag(&args, "paths"));
    assert_false(cli_flag(&args, "plan"));
    assert_null(cli_value(&args, "for"));
    paths = cli_values(&args, "path", &count);
    assert_int_equal(count, 3);
    assert_string_equal(paths[0], "/b");
    assert_string_equal(paths[1], "/a");
    assert_string_equal(paths[2], "-x");
    assert_string_equal(cli_operand(&args, 0), "one");
    assert_string_equal(cli_operand(&args, 1), "two");
    assert_null(cli_operand(&args, 2));
    cli_args_free(&args);
    cli_args_free(&args);
    cli_args_free(NULL);
}

static void operands(void **state)
{
    struct cli_args args;

    (void)state;
    accepted(WORDS("-", "--case", "C", "--", "--plan"), &args);
    assert_string_equal(cli_operand(&args, 0), "-");
    assert_string_equal(cli_operand(&args, 1), "--plan");
    assert_false(cli_flag(&args, "plan"));
    cli_args_free(&args);
    refused(WORDS("--case", "C"), "A B is missing");
    refused(WORDS("--case", "C", "a", "b", "c"), "\"c\" is one argument too many");
    refused(WORDS("--case", "C", ""), "A B is empty");
}

static void wrong_options(void **state)
{
    (void)state;
    refused(WORDS("a", "--cas", "C"), "unknown option --cas;");
    refused(WORDS("a", "--cases=C"), "unknown option --cases;");
    refused(WORDS("a", "--=C"), "unknown option --;");
    refused(WORDS("a", "-c"), "unknown option -c ");
    refused(WORDS("a", "--case"), "--case needs a value");
    refused(WORDS("a", "--case", "--plan"), "write --case=--plan");
    refused(WORDS("a", "--case", "C", "--case=C"), "--case is given twice");
    refused(WORDS("a", "--case", "C", "--plan=yes"), "--plan takes no value");
    refused(WORDS("a", "--lang", "ja", "--lang", "ja", "--case", "C"), "--lang is given twice");
}

static void values_that_do_not_fit(void **state)
{
    char longest[502];

    (void)state;
    memset(longest, 'x', 501);
    longest[501] = '\0';
    refused(WORDS("a", "--case", longest), "--case must be one line of at most 500 bytes");
    refused(WORDS("a", "--case", ""), "--case is empty");
    refused(WORDS("a", "--case", " C"), "--case must be one line");
    refused(WORDS("a", "--case", "C\n"), "--case must be one line");
    refused(WORDS("a", "--case", "C\xff"), "--case must be one line");
    refused(WORDS("a", "--case", "C", "--path", ""), "--path is empty");
    refused(WORDS("a", "--case", "C", "--out", "-"), "--out takes the name of a file; standard output is not");
    refused(WORDS("a", "--case", "C", "--out=-"), "--out takes the name of a file");
    refused(WORDS("a", "--case", "C", "--out", ""), "--out is empty");
    refused(WORDS("a", "--case", "C", "--for", "collect custody"), "--for takes one of these: collect custody");
    refused(WORDS("a", "--case", "C", "--for", "cust"), "--for takes one of these");
    refused(WORDS("a", "--case", "C", "--when", "yesterday"), "--when takes a time");
    refused(WORDS("a", "--case", "C", "--fingerprint", "SHA256:abc"), "--fingerprint takes SHA256:");
    refused(WORDS("a", "--case", "C", "--fingerprint", "MD5:0123456789012345678901234567890123456789012345"),
            "--fingerprint takes SHA256:");
    refused(WORDS("a", "--case", "C", "--item", "a.tar."), "--item takes");
    refused(WORDS("a", "--case", "C", "--item", "-a"), "--item takes");
    refused(WORDS("a", "--case", "C", "--item", "a/b"), "--item takes");
    longest[101] = '\0';
    refused(WORDS("a", "--case", "C", "--item", longest), "--item takes");
}

static void values_that_fit(void **state)
{
    struct cli_args args;
    char longest[501];

    (void)state;
    memset(longest, 'x', 500);
    longest[500] = '\0';
    accepted(WORDS("a", "--case", longest, "--for", "custody", "--when", "2026-11-20T21:34:56+09:00", "--fingerprint",
                   "SHA256:0123456789abcdefghijABCDEFGHIJ+/01234567890", "--item", longest + 400, "--path", "\xff"),
             &args);
    assert_string_equal(cli_value(&args, "for"), "custody");
    cli_args_free(&args);
    accepted(WORDS("a", "--case", "事件 42"), &args);
    cli_args_free(&args);
}

static void options_beside_each_other(void **state)
{
    struct cli_args args;

    (void)state;
    refused(WORDS("a"), "--case is missing");
    refused(WORDS("a", "--plan", "--note", "n"), "--note means nothing without --path");
    refused(WORDS("a", "--plan", "--path", "p", "--note", "n"), "--note and --plan cannot stand together");
    accepted(WORDS("a", "--plan"), &args);
    assert_null(cli_value(&args, "case"));
    cli_args_free(&args);
    accepted(WORDS("a", "--case", "C", "--path", "p", "--note", "n"), &args);
    cli_args_free(&args);
}

static void the_environment_stands_in(void **state)
{
    struct cli_args args;

    (void)state;
    assert_int_equal(setenv("HOZEN_LEDGER", "/env", 1), 0);
    accepted(WORDS("a", "--plan"), &args);
    assert_string_equal(cli_value(&args, "ledger"), "/env");
    cli_args_free(&args);
    accepted(WORDS("a", "--plan", "--ledger", "/typed"), &args);
    assert_string_equal(cli_value(&args, "ledger"), "/typed");
    cli_args_free(&args);
    assert_int_equal(setenv("HOZEN_LEDGER", "", 1), 0);
    accepted(WORDS("a", "--plan"), &args);
    assert_null(cli_value(&args, "ledger"));
    cli_args_free(&args);
    assert_int_equal(unsetenv("HOZEN_LEDGER"), 0);
    assert_int_equal(setenv("HOZEN_ITEM", "a/b", 1), 0);
    refused(WORDS("a", "--plan"), "HOZEN_ITEM takes up to 100 of");
    accepted(WORDS("a", "--plan", "--item", "ab"), &args);
    cli_args_free(&args);
    assert_int_equal(unsetenv("HOZEN_ITEM"), 0);
}

TEST_MAIN(cmocka_unit_test(values_in_both_forms), cmocka_unit_test(operands), cmocka_unit_test(wrong_options),
          cmocka_unit_test(values_that_do_not_fit), cmocka_unit_test(values_that_fit),
          cmocka_unit_test(options_beside_each_other), cmocka_unit_test(the_environment_stands_in))

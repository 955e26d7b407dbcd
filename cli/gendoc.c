/* Runs on the building machine: completions and man pages from the option tables, to standard output.
 *
 *     gendoc bash|zsh|fish PROGRAM
 *     gendoc man PROGRAM PAGE.1.in en|ja */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/io_rw.h"
#include "base/lang.h"
#include "cli/complete.h"
#include "cli/man.h"

#define PAGE_MAX (1024 * 1024)

static int usage(void)
{
    fputs("usage: gendoc bash|zsh|fish PROGRAM, or gendoc man PROGRAM PAGE.1.in en|ja\n", stderr);
    return 2;
}

static int page(const char *program, const char *path, const char *language)
{
    HZ_CLEANUP(buf_free) struct buf in = BUF_INIT(PAGE_MAX);
    struct hz_error err = { 0 };
    enum lang lang;

    if (lang_parse(language, &lang) != HZ_OK)
        return usage();
    lang_select(lang);
    if (io_read_file(path, &in, &err) != HZ_OK) {
        fprintf(stderr, "gendoc: %s\n", err.text);
        return 1;
    }
    const char *text = buf_text(&in);
    if (text == NULL || man_page(stdout, program, text) != 0) {
        fprintf(stderr, "gendoc: %s: no line @OPTIONS@\n", path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int rc = 0;

    if (argc == 3 && strcmp(argv[1], "bash") == 0)
        complete_bash(stdout, argv[2]);
    else if (argc == 3 && strcmp(argv[1], "zsh") == 0)
        complete_zsh(stdout, argv[2]);
    else if (argc == 3 && strcmp(argv[1], "fish") == 0)
        complete_fish(stdout, argv[2]);
    else if (argc == 5 && strcmp(argv[1], "man") == 0)
        rc = page(argv[2], argv[3], argv[4]);
    else
        rc = usage();
    return fclose(stdout) == 0 ? rc : 1;
}

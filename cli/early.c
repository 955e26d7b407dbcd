#include "cli/early.h"

#include <string.h>

#include "base/error.h"
#include "base/lang.h"

static bool begins(const char *word, const char *start)
{
    return strncmp(word, start, strlen(start)) == 0;
}

struct early early_look(int argc, char *const *argv)
{
    struct early early = { false, false };
    enum lang lang = lang_from_environment(), named;

    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *value = NULL;
        if (begins(argv[i], "--lang="))
            value = argv[i] + strlen("--lang=");
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            value = argv[i + 1];
        if (value != NULL && lang_parse(value, &named) == HZ_OK)
            lang = named;
        early.help = early.help || strcmp(argv[i], "--help") == 0;
        early.version = early.version || strcmp(argv[i], "--version") == 0;
    }
    lang_select(lang);
    return early;
}

int early_leading(int argc, char *const *argv)
{
    int i = 0;

    while (i < argc && begins(argv[i], "--") && argv[i][2] != '\0')
        i += strcmp(argv[i], "--lang") == 0 && i + 1 < argc ? 2 : 1;
    return i;
}

#include "base/lang.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lang_table.h"

static enum lang selected = LANG_EN;

/* "ja", or "ja" with a territory, encoding or modifier behind it. */
static bool names_japanese(const char *locale)
{
    return strncmp(locale, "ja", 2) == 0 && strchr("_.@", locale[2]) != NULL;
}

enum lang lang_from_environment(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return names_japanese(value) ? LANG_JA : LANG_EN;
    }
    return LANG_EN;
}

int lang_parse(const char *name, enum lang *out)
{
    if (strcmp(name, "en") == 0)
        *out = LANG_EN;
    else if (strcmp(name, "ja") == 0)
        *out = LANG_JA;
    else
        return HZ_E_USAGE;
    return HZ_OK;
}

void lang_select(enum lang lang)
{
    selected = lang;
}

enum lang lang_selected(void)
{
    return selected;
}

const char *lang_text(const char *english)
{
    return lang_text_in(selected, english);
}

static int compare(const void *key, const void *entry)
{
    return strcmp(key, ((const struct lang_entry *)entry)->english);
}

const char *lang_text_in(enum lang lang, const char *english)
{
    if (lang != LANG_JA)
        return english;
    const struct lang_entry *found = bsearch(english, lang_table, lang_table_len, sizeof lang_table[0], compare);
    return found == NULL ? english : found->japanese;
}

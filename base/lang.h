/* Messages in two languages. English stands in the code, Japanese in base/po/ja.po, compiled into a table at build time
 * (a static binary has no locale files, and a fresh Debian has no Japanese locale).
 *
 * The language is the process's one setting: chosen once in main() before any thread or child exists. */
#ifndef HZ_BASE_LANG_H
#define HZ_BASE_LANG_H

#include <stddef.h>

enum lang { LANG_EN = 0, LANG_JA = 1 };

/* Looks at LC_ALL, LC_MESSAGES, LANG, in this order; the first that is set and not empty decides: "ja..." is Japanese.
 */
enum lang lang_from_environment(void);
/* "en" or "ja"; HZ_OK or HZ_E_USAGE. */
int lang_parse(const char *name, enum lang *out);
void lang_select(enum lang lang);
enum lang lang_selected(void);
/* The message in the selected language; the argument itself where there is none. */
const char *lang_text(const char *english) __attribute__((format_arg(1)));
const char *lang_text_in(enum lang lang, const char *english) __attribute__((format_arg(2)));

#define _(english) lang_text(english)
#define N_(english) (english) /* marks for extraction, translates later */

#endif

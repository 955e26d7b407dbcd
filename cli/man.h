/* The option lists of the man pages, in mdoc(7), from the tables. */
#ifndef HZ_CLI_MAN_H
#define HZ_CLI_MAN_H

#include <stdio.h>

/* Sections COMMANDS (several commands) or OPTIONS (one) of a program's page. For "hozen" the list of commands. */
void man_options(FILE *stream, const char *program);
/* Copies a page, and puts these sections, in the selected language, in the place of the line "@OPTIONS@". HZ_OK, or -1
 * when there is no such line or no memory. */
int man_page(FILE *stream, const char *program, const char *page);
/* Copies a page of Japanese text so that man(1), which runs groff without its Japanese macros, can fill the lines: says
 * where a line may end, and takes away the blank that a new line would become between two wide characters or behind a
 * mark that has its own. */
void man_fill(FILE *stream, const char *page);

#endif

/* Shell completions of a program ("hozen", "hozen-verify", ...), from the tables, in English, to a stream. */
#ifndef HZ_CLI_COMPLETE_H
#define HZ_CLI_COMPLETE_H

#include <stdio.h>

void complete_bash(FILE *stream, const char *program);
void complete_zsh(FILE *stream, const char *program);
void complete_fish(FILE *stream, const char *program);

/* The program's name with its dashes made underscores, for names of shell functions. */
const char *complete_function(const char *program, char *out, size_t size);
/* Text for the inside of single quotes: ' becomes '\'' (in fish \'). Other characters of `also` get a backslash. */
void complete_quoted(FILE *stream, const char *text, const char *quote, const char *also);

#endif
